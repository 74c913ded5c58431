//! Webhooks: set, shown, and what could not be delivered.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use mesh_contract::wire::{FailedEvent, Page, Resending, Webhook};

use super::AppState;
use super::extract::{Document, Names, Query, Tenant, WindowQuery, id_text};
use super::gate::RequestId;
use super::problem::Refusal;
use super::route::Route;
use crate::access::Action;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::at("/api/v1/webhooks").get(Action::ManageWebhooks, list),
        Route::at("/api/v1/webhooks/{webhook}")
            .get(Action::ManageWebhooks, show)
            .put(Action::ManageWebhooks, put)
            .delete(Action::ManageWebhooks, remove),
        Route::at("/api/v1/webhooks/{webhook}/failed").get(Action::ManageWebhooks, failed),
        Route::at("/api/v1/webhooks/{webhook}/failed/resend").post(Action::ManageWebhooks, resend_all),
        Route::at("/api/v1/webhooks/{webhook}/failed/{sequence}/resend").post(Action::ManageWebhooks, resend),
    ]
}

async fn list(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Query(window): Query<WindowQuery>,
) -> Result<Json<Page<Webhook>>, Refusal> {
    Ok(Json(state.registry.list_webhooks(&tenant, &window.window()?).await?))
}

async fn show(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Names(name): Names<String>,
) -> Result<Json<Webhook>, Refusal> {
    Ok(Json(state.registry.webhook(&tenant, &name).await?))
}

async fn put(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Names(name): Names<String>,
    request_id: Option<RequestId>,
    Document(document): Document,
) -> Result<Json<Webhook>, Refusal> {
    Ok(Json(state.registry.put_webhook(&tenant, &name, document, id_text(request_id)).await?))
}

async fn remove(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Names(name): Names<String>,
    request_id: Option<RequestId>,
) -> Result<StatusCode, Refusal> {
    state.registry.remove_webhook(&tenant, &name, id_text(request_id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn failed(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Names(name): Names<String>,
    Query(window): Query<WindowQuery>,
) -> Result<Json<Page<FailedEvent>>, Refusal> {
    Ok(Json(state.registry.failed_deliveries(&tenant, &name, &window.window()?).await?))
}

async fn resend_all(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Names(name): Names<String>,
) -> Result<Json<Resending>, Refusal> {
    Ok(Json(Resending { events: state.registry.resend_failed(&tenant, &name, None).await? }))
}

async fn resend(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Names((name, sequence)): Names<(String, u64)>,
) -> Result<Json<Resending>, Refusal> {
    Ok(Json(Resending { events: state.registry.resend_failed(&tenant, &name, Some(sequence)).await? }))
}
