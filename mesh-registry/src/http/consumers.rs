//! Registered readers, and lineage, which they are a part of.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use mesh_contract::wire::{Lineage, Page, RegisteredConsumer};
use mesh_contract::{Address, ConsumerName, EnvironmentName};
use serde::Deserialize;

use super::AppState;
use super::extract::{Document, Names, Query, Tenant, WindowQuery, id_text};
use super::gate::RequestId;
use super::problem::Refusal;
use super::route::Route;
use crate::access::Action;
use crate::service::Registration;
use crate::store::ExpectationKey;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::at("/api/v1/consumers/{consumer}").get(Action::Browse, show),
        Route::at("/api/v1/consumers/{consumer}/expectations/{address}")
            .put(Action::Expect.of("consumer"), register)
            .delete(Action::Expect.of("consumer"), forget),
        Route::at("/api/v1/products/{address}/consumers").get(Action::Browse, of_product),
        Route::at("/api/v1/products/{address}/lineage").get(Action::Browse, lineage),
    ]
}

async fn show(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Names(consumer): Names<ConsumerName>,
    Query(window): Query<WindowQuery>,
) -> Result<Json<Page<RegisteredConsumer>>, Refusal> {
    Ok(Json(state.registry.expectations_of(&tenant, &consumer, &window.window()?).await?))
}

async fn register(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Names((consumer, address)): Names<(ConsumerName, Address)>,
    request_id: Option<RequestId>,
    Document(document): Document,
) -> Result<Json<RegisteredConsumer>, Refusal> {
    let registration = Registration { consumer, address, document, request_id: id_text(request_id) };
    Ok(Json(state.registry.register_expectation(&tenant, registration).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(rename_all = "camelCase")]
struct ForgetQuery {
    consumer_version: Option<String>,
    environment: Option<EnvironmentName>,
    purpose: Option<String>,
}

async fn forget(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Names((consumer, address)): Names<(ConsumerName, Address)>,
    Query(query): Query<ForgetQuery>,
    request_id: Option<RequestId>,
) -> Result<StatusCode, Refusal> {
    let ForgetQuery { consumer_version, environment, purpose } = query;
    let key = ExpectationKey { consumer, address, consumer_version, environment, purpose };
    state.registry.forget_expectations(&tenant, &key, id_text(request_id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn of_product(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Names(address): Names<Address>,
    Query(window): Query<WindowQuery>,
) -> Result<Json<Page<RegisteredConsumer>>, Refusal> {
    Ok(Json(state.registry.consumers_of(&tenant, &address, &window.window()?).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LineageQuery {
    depth: Option<u32>,
}

async fn lineage(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Names(address): Names<Address>,
    Query(query): Query<LineageQuery>,
) -> Result<Json<Lineage>, Refusal> {
    /// What fits on a screen.
    const USUAL: u32 = 3;
    Ok(Json(state.registry.lineage(&tenant, &address, query.depth.unwrap_or(USUAL)).await?))
}
