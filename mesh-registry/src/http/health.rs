//! Health, for whoever keeps the process running.

use axum::extract::State;
use axum::http::StatusCode;

use super::AppState;
use super::problem::Refusal;
use super::route::Route;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::at("/health/live").get(live), Route::at("/health/ready").get(ready)]
}

/// The process answers; it need not be started anew.
async fn live() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// The store answers as well; requests may come.
async fn ready(State(state): State<AppState>) -> Result<StatusCode, Refusal> {
    state.registry.ready().await?;
    Ok(StatusCode::NO_CONTENT)
}
