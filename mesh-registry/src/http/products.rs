//! Products and their versions.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use mesh_contract::wire::{Page, ProductDetail, ProductSummary, Resolution, VersionSummary};
use mesh_contract::{Address, ContractVersion, DomainName, EnvironmentName, ProductKind, Requirement};
use serde::Deserialize;

use super::AppState;
use super::conditional::{Lasting, contract};
use super::extract::{Document, Names, Query, Tenant, WindowQuery, id_text};
use super::gate::RequestId;
use super::problem::Refusal;
use super::route::Route;
use crate::access::Action;
use crate::service::{Drafts, ProductFilter, Publication};
use crate::store::{ContractKey, Stage};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::at("/api/v1/products").get(Action::Browse, list),
        Route::at("/api/v1/products/{address}").get(Action::Browse, show),
        Route::at("/api/v1/products/{address}/versions").get(Action::Browse, versions),
        Route::at("/api/v1/products/{address}/versions/{version}")
            .get(Action::Browse, version)
            .put(Action::Publish.of("address"), publish),
        Route::at("/api/v1/products/{address}/resolve").get(Action::Browse, resolve),
    ]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    q: Option<String>,
    domain: Option<DomainName>,
    kind: Option<ProductKind>,
    limit: Option<String>,
    after: Option<String>,
}

async fn list(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<ProductSummary>>, Refusal> {
    let ListQuery { q, domain, kind, limit, after } = query;
    let window = WindowQuery { limit, after }.window()?;
    let filter = ProductFilter { text: q, domain, kind };
    Ok(Json(state.registry.products(&tenant, &filter, &window).await?))
}

async fn show(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Names(address): Names<Address>,
) -> Result<Json<ProductDetail>, Refusal> {
    Ok(Json(state.registry.product(&tenant, &address).await?))
}

async fn versions(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Names(address): Names<Address>,
    Query(window): Query<WindowQuery>,
) -> Result<Json<Page<VersionSummary>>, Refusal> {
    Ok(Json(state.registry.versions(&tenant, &address, &window.window()?).await?))
}

async fn version(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Names((address, version)): Names<(Address, ContractVersion)>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let found = state.registry.contract(&tenant, &ContractKey::Version(address, version)).await?;
    Ok(contract(&headers, found, Lasting::Ask))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PublishQuery {
    #[serde(default)]
    draft: bool,
}

async fn publish(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Names((address, version)): Names<(Address, ContractVersion)>,
    Query(query): Query<PublishQuery>,
    request_id: Option<RequestId>,
    Document(document): Document,
) -> Result<Response, Refusal> {
    let stage = if query.draft { Stage::Draft } else { Stage::Released };
    let publication = Publication { address, version, stage, document, request_id: id_text(request_id) };
    let published = state.registry.publish(&tenant, publication).await.map_err(|error| {
        let refusal = Refusal::from(error);
        state.registry.metrics().publish("refused", refusal.kind());
        refusal
    })?;
    state.registry.metrics().publish(if published.created { "created" } else { "stands" }, "none");
    if !published.created {
        return Ok(Json(published).into_response());
    }
    let place = format!("/api/v1/products/{}/versions/{}", published.address, published.summary.version);
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], Json(published)).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ResolveQuery {
    requirement: Requirement,
    environment: Option<EnvironmentName>,
    #[serde(default)]
    drafts: bool,
}

async fn resolve(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Names(address): Names<Address>,
    Query(query): Query<ResolveQuery>,
) -> Result<Json<Resolution>, Refusal> {
    let ResolveQuery { requirement, environment, drafts } = query;
    let drafts = if drafts { Drafts::Take } else { Drafts::Leave };
    let resolution =
        state.registry.resolve(&tenant, &address, &requirement, environment.as_ref(), drafts).await?;
    Ok(Json(resolution))
}
