//! What becomes of versions once they are published, and who owns a domain.

use axum::Json;
use axum::extract::State;
use bytes::Bytes;
use mesh_contract::wire::{
    AcceptDomain, Campaign, Deprecate, MoveLine, OfferDomain, Ownership, Page, ProductDetail, Retire, Yank,
};
use mesh_contract::{Address, ContractVersion, DomainName, Line, Scope, read};
use serde::de::DeserializeOwned;

use super::AppState;
use super::extract::{Document, Names, Query, Tenant, WindowQuery, id_text};
use super::gate::RequestId;
use super::problem::Refusal;
use super::route::Route;
use crate::access::Action;
use crate::service::{Act, ServiceError};
use crate::store::TenantId;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::at("/api/v1/products/{address}/yanks/{version}")
            .put(Action::TurnVersions.of("address"), yank)
            .delete(Action::TurnVersions.of("address"), unyank),
        Route::at("/api/v1/products/{address}/deprecations/{scope}")
            .get(Action::Browse, campaign)
            .put(Action::TurnVersions.of("address"), deprecate)
            .delete(Action::TurnVersions.of("address"), undeprecate),
        Route::at("/api/v1/products/{address}/retirements/{scope}")
            .put(Action::TurnVersions.of("address"), retire)
            .delete(Action::TurnVersions.of("address"), restore),
        Route::at("/api/v1/products/{address}/lines/{line}/current")
            .put(Action::TurnVersions.of("address"), move_line),
        Route::at("/api/v1/deprecations").get(Action::Browse, campaigns),
        Route::at("/api/v1/domains/{domain}/owner").get(Action::Browse, owner),
        Route::at("/api/v1/domains/{domain}/owner/offer")
            .put(Action::HandOver.of("domain"), offer)
            .delete(Action::HandOver.of("domain"), withdraw),
        Route::at("/api/v1/domains/{domain}/owner/acceptance").put(Action::HandOver, accept),
    ]
}

type Done = Result<Json<ProductDetail>, Refusal>;
type Id = Option<RequestId>;

/// Does something to a product, and answers with how it stands now.
async fn done(state: AppState, tenant: TenantId, address: Address, act: Act, id: Id) -> Done {
    Ok(Json(state.registry.act(&tenant, &address, &act, id_text(id)).await?))
}

/// Reads a body as strictly as any document.
pub(super) fn body<T: DeserializeOwned>(document: &Bytes) -> Result<T, ServiceError> {
    let text = std::str::from_utf8(document)
        .map_err(|error| ServiceError::NotText { line: 1, byte: error.valid_up_to() })?;
    Ok(read::read(text)?)
}

/// As [`body`], where nothing has to be said.
fn body_if_any<T: DeserializeOwned + Default>(document: &Bytes) -> Result<T, ServiceError> {
    if document.is_empty() { Ok(T::default()) } else { body(document) }
}

async fn yank(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Names((address, version)): Names<(Address, ContractVersion)>,
    id: Id,
    Document(document): Document,
) -> Done {
    done(state, tenant, address, Act::Yank(version, body_if_any::<Yank>(&document)?), id).await
}

async fn unyank(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Names((address, version)): Names<(Address, ContractVersion)>,
    id: Id,
) -> Done {
    done(state, tenant, address, Act::Unyank(version), id).await
}

async fn campaign(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Names((address, scope)): Names<(Address, Scope)>,
) -> Result<Json<Campaign>, Refusal> {
    Ok(Json(state.registry.campaign(&tenant, &address, &scope).await?))
}

async fn deprecate(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Names((address, scope)): Names<(Address, Scope)>,
    id: Id,
    Document(document): Document,
) -> Result<Json<Campaign>, Refusal> {
    let act = Act::Deprecate(scope.clone(), body::<Deprecate>(&document)?);
    state.registry.act(&tenant, &address, &act, id_text(id)).await?;
    Ok(Json(state.registry.campaign(&tenant, &address, &scope).await?))
}

async fn undeprecate(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Names((address, scope)): Names<(Address, Scope)>,
    id: Id,
) -> Done {
    done(state, tenant, address, Act::Undeprecate(scope), id).await
}

async fn retire(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Names((address, scope)): Names<(Address, Scope)>,
    id: Id,
    Document(document): Document,
) -> Done {
    done(state, tenant, address, Act::Retire(scope, body_if_any::<Retire>(&document)?), id).await
}

async fn restore(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Names((address, scope)): Names<(Address, Scope)>,
    id: Id,
) -> Done {
    done(state, tenant, address, Act::Restore(scope), id).await
}

async fn move_line(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Names((address, line)): Names<(Address, Line)>,
    id: Id,
    Document(document): Document,
) -> Done {
    done(state, tenant, address, Act::Move(line, body::<MoveLine>(&document)?), id).await
}

async fn campaigns(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Query(window): Query<WindowQuery>,
) -> Result<Json<Page<Campaign>>, Refusal> {
    Ok(Json(state.registry.campaigns(&tenant, &window.window()?).await?))
}

async fn owner(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Names(domain): Names<DomainName>,
) -> Result<Json<Ownership>, Refusal> {
    Ok(Json(state.registry.ownership(&tenant, &domain).await?))
}

async fn offer(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Names(domain): Names<DomainName>,
    id: Id,
    Document(document): Document,
) -> Result<Json<Ownership>, Refusal> {
    let offer = body::<OfferDomain>(&document)?;
    Ok(Json(state.registry.offer_domain(&tenant, &domain, &offer, id_text(id)).await?))
}

async fn withdraw(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Names(domain): Names<DomainName>,
    id: Id,
) -> Result<Json<Ownership>, Refusal> {
    Ok(Json(state.registry.withdraw_offer(&tenant, &domain, id_text(id)).await?))
}

async fn accept(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Names(domain): Names<DomainName>,
    id: Id,
    Document(document): Document,
) -> Result<Json<Ownership>, Refusal> {
    let accept = body::<AcceptDomain>(&document)?;
    Ok(Json(state.registry.accept_domain(&tenant, &domain, &accept, id_text(id)).await?))
}
