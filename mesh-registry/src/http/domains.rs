//! Domains.

use axum::Json;
use axum::extract::State;
use mesh_contract::DomainName;
use mesh_contract::wire::{DomainSummary, Page};

use super::AppState;
use super::extract::{Names, Query, Tenant, WindowQuery};
use super::problem::Refusal;
use super::route::Route;
use crate::access::Action;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::at("/api/v1/domains").get(Action::Browse, list),
        Route::at("/api/v1/domains/{domain}").get(Action::Browse, show),
    ]
}

async fn list(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Query(window): Query<WindowQuery>,
) -> Result<Json<Page<DomainSummary>>, Refusal> {
    Ok(Json(state.registry.domains(&tenant, &window.window()?).await?))
}

async fn show(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Names(domain): Names<DomainName>,
) -> Result<Json<DomainSummary>, Refusal> {
    Ok(Json(state.registry.domain(&tenant, &domain).await?))
}
