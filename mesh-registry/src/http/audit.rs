//! The audit: as batches that can be verified, and as a page.

use axum::Json;
use axum::extract::State;
use mesh_contract::wire::{AuditBatch, Page};
use serde::Deserialize;

use super::AppState;
use super::extract::{Query, Tenant, WindowQuery};
use super::pages::Html;
use super::problem::Refusal;
use super::route::Route;
use crate::access::Action;
use crate::web::{page, url};

/// How many batches a page of people shows.
const SHOWN: usize = 20;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::at("/api/v1/audit/batches").get(Action::ReadAudit, batches)]
}

/// The page, which is no part of the API.
pub(super) fn pages() -> Vec<Route> {
    vec![Route::at(url::AUDIT).get(Action::ReadAudit, show)]
}

async fn batches(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Query(window): Query<WindowQuery>,
) -> Result<Json<Page<AuditBatch>>, Refusal> {
    Ok(Json(state.registry.audit_page(&tenant, &window.window()?).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AuditQuery {
    before: Option<u64>,
}

async fn show(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Query(AuditQuery { before }): Query<AuditQuery>,
) -> Result<Html, Refusal> {
    Ok(Html(page::audit(&state.registry.latest_audit_batches(&tenant, before, SHOWN).await?)))
}
