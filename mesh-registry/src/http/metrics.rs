//! The counters, for whoever watches.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::extract::Caller;
use super::problem::{self, Refusal};
use super::route::Route;
use super::{AppState, unknown_path};
use crate::access::Action;
use crate::metrics::{MEDIA_TYPE, Metrics};
use crate::store::TenantId;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::at("/metrics").get(Action::ReadMetrics, show)]
}

async fn show(State(state): State<AppState>, Caller(caller): Caller, uri: Uri) -> Result<Response, Refusal> {
    // What is counted is of all tenants together, and the process is run by the first of them.
    if *caller.tenant() != TenantId::default() {
        return Err(Refusal::new(problem::FORBIDDEN, "the counters are for whoever runs this registry"));
    }
    match &state.metrics {
        Some(metrics) => Ok(told(metrics)),
        None => Err(unknown_path(uri).await),
    }
}

/// What is answered on an address of its own.
pub(crate) fn alone(metrics: Arc<Metrics>) -> Router {
    Router::new().route("/metrics", get(async move || told(&metrics)))
}

fn told(metrics: &Metrics) -> Response {
    let headers = [(header::CONTENT_TYPE, MEDIA_TYPE), (header::CACHE_CONTROL, "no-store")];
    (headers, metrics.text()).into_response()
}
