//! Deployments and their leases.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use mesh_contract::wire::{Deployment, Lease, Page};
use mesh_contract::{Address, DomainName, EnvironmentName};
use serde::Deserialize;

use super::AppState;
use super::extract::{Caller, Document, Names, Query, Tenant, WindowQuery};
use super::problem::Refusal;
use super::route::Route;
use crate::access::Action;
use crate::service::DeploymentFilter;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::at("/api/v1/deployments").get(Action::Browse, list),
        Route::at("/api/v1/deployments/{instance}")
            .put(Action::Announce, announce)
            .delete(Action::Announce, withdraw),
        Route::at("/api/v1/products/{address}/deployments").get(Action::Browse, of_product),
    ]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    domain: Option<DomainName>,
    environment: Option<EnvironmentName>,
    live: Option<bool>,
    limit: Option<String>,
    after: Option<String>,
}

async fn list(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<Deployment>>, Refusal> {
    let ListQuery { domain, environment, live, limit, after } = query;
    let window = WindowQuery { limit, after }.window()?;
    let filter = DeploymentFilter { domain, environment, live, address: None };
    Ok(Json(state.registry.deployments(&tenant, &filter, &window).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfProductQuery {
    environment: Option<EnvironmentName>,
    live: Option<bool>,
    limit: Option<String>,
    after: Option<String>,
}

async fn of_product(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Names(address): Names<Address>,
    Query(query): Query<OfProductQuery>,
) -> Result<Json<Page<Deployment>>, Refusal> {
    let OfProductQuery { environment, live, limit, after } = query;
    let window = WindowQuery { limit, after }.window()?;
    let filter = DeploymentFilter { domain: None, environment, live, address: Some(address) };
    Ok(Json(state.registry.deployments(&tenant, &filter, &window).await?))
}

async fn announce(
    State(state): State<AppState>,
    Caller(caller): Caller,
    Names(instance): Names<String>,
    Document(document): Document,
) -> Result<Json<Lease>, Refusal> {
    Ok(Json(state.registry.announce(&caller, &instance, document).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WithdrawQuery {
    epoch: u64,
}

async fn withdraw(
    State(state): State<AppState>,
    Caller(caller): Caller,
    Names(instance): Names<String>,
    Query(query): Query<WithdrawQuery>,
) -> Result<StatusCode, Refusal> {
    state.registry.withdraw(&caller, &instance, query.epoch).await?;
    Ok(StatusCode::NO_CONTENT)
}
