//! What the platform asks of every product.

use axum::Json;
use axum::extract::State;
use mesh_contract::wire::{Page, Policies, PoliciesRevision, PoliciesTrial, SetPolicies, TryPolicies};

use super::AppState;
use super::body::body;
use super::extract::{Caller, Document, Query, Tenant, WindowQuery, id_text};
use super::gate::RequestId;
use super::problem::Refusal;
use super::route::Route;
use crate::access::Action;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::at("/api/v1/policies").get(Action::Browse, show).put(Action::ManagePolicies, set),
        Route::at("/api/v1/policies/history").get(Action::Browse, history),
        Route::at("/api/v1/policies/test").post(Action::ManagePolicies, test),
        Route::at("/api/v1/policies/findings").get(Action::Browse, findings),
    ]
}

async fn show(State(state): State<AppState>, Tenant(tenant): Tenant) -> Result<Json<Policies>, Refusal> {
    Ok(Json(state.registry.show_policies(&tenant).await?))
}

async fn set(
    State(state): State<AppState>,
    Caller(caller): Caller,
    id: Option<RequestId>,
    Document(document): Document,
) -> Result<Json<Policies>, Refusal> {
    let set = body::<SetPolicies>(&document)?;
    let (tenant, by) = (caller.tenant(), caller.principal());
    Ok(Json(state.registry.set_policies(tenant, set, by, id_text(id)).await?))
}

async fn history(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Query(window): Query<WindowQuery>,
) -> Result<Json<Page<PoliciesRevision>>, Refusal> {
    Ok(Json(state.registry.policy_history(&tenant, &window.window()?).await?))
}

async fn test(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Document(document): Document,
) -> Result<Json<PoliciesTrial>, Refusal> {
    let TryPolicies { document } = body(&document)?;
    Ok(Json(state.registry.try_policies(&tenant, &document).await?))
}

async fn findings(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
) -> Result<Json<PoliciesTrial>, Refusal> {
    Ok(Json(state.registry.policy_findings(&tenant).await?.as_ref().clone()))
}
