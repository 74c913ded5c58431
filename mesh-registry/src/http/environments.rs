//! Environments: what is recorded to run in them, and what may.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use mesh_contract::wire::{CanDeploy, Deployed, Page};
use mesh_contract::{ConsumerName, EnvironmentName};

use super::AppState;
use super::extract::{Caller, Names, Query, Tenant, WindowQuery, id_text};
use super::gate::RequestId;
use super::problem::Refusal;
use super::route::Route;
use crate::access::Action;
use crate::service::Placement;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::at("/api/v1/environments/{environment}/deployed").get(Action::Browse, list),
        Route::at("/api/v1/environments/{environment}/deployed/{subject}/{release}")
            .put(Action::RecordDeployment.of("subject"), record)
            .delete(Action::RecordDeployment.of("subject"), forget),
        Route::at("/api/v1/environments/{environment}/can-deploy/{subject}/{release}")
            .get(Action::Browse, can_deploy),
    ]
}

type Place = (EnvironmentName, ConsumerName, String);

fn placement((environment, subject, version): Place) -> Placement {
    Placement { subject, version, environment }
}

async fn list(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Names(environment): Names<EnvironmentName>,
    Query(window): Query<WindowQuery>,
) -> Result<Json<Page<Deployed>>, Refusal> {
    Ok(Json(state.registry.deployed_in(&tenant, &environment, &window.window()?).await?))
}

async fn record(
    State(state): State<AppState>,
    Caller(caller): Caller,
    Names(place): Names<Place>,
    request_id: Option<RequestId>,
) -> Result<Json<Deployed>, Refusal> {
    caller.may_in(Action::RecordDeployment, &place.0)?;
    Ok(Json(state.registry.record_deployed(caller.tenant(), placement(place), id_text(request_id)).await?))
}

async fn forget(
    State(state): State<AppState>,
    Caller(caller): Caller,
    Names(place): Names<Place>,
    request_id: Option<RequestId>,
) -> Result<StatusCode, Refusal> {
    caller.may_in(Action::RecordDeployment, &place.0)?;
    state.registry.forget_deployed(caller.tenant(), placement(place), id_text(request_id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn can_deploy(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Names(place): Names<Place>,
) -> Result<Json<CanDeploy>, Refusal> {
    Ok(Json(state.registry.can_deploy(&tenant, placement(place)).await?))
}
