//! Contracts by what they say.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use mesh_contract::Digest;

use super::AppState;
use super::conditional::{Lasting, contract};
use super::extract::{Names, Tenant};
use super::problem::Refusal;
use super::route::Route;
use crate::access::Action;
use crate::store::ContractKey;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::at("/api/v1/contracts/{digest}").get(Action::Browse, show)]
}

async fn show(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Names(digest): Names<Digest>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let found = state.registry.contract(&tenant, &ContractKey::Digest(digest)).await?;
    Ok(contract(&headers, found, Lasting::Forever))
}
