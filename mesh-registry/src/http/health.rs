//! Health, for whoever keeps the process running.

use axum::extract::State;
use axum::http::StatusCode;

use super::AppState;
use super::problem::{self, Refusal};
use super::route::Route;
use crate::access::Action;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::at("/health/live").get(Action::Greet, live),
        Route::at("/health/ready").get(Action::Greet, ready),
    ]
}

/// The process answers; it need not be started anew.
async fn live() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// The store answers as well, and the registry is not about to stop; requests may come.
async fn ready(State(state): State<AppState>) -> Result<StatusCode, Refusal> {
    if state.leave.is_draining() {
        return Err(Refusal::new(problem::UNAVAILABLE, "the registry is about to stop; ask another one"));
    }
    match tokio::time::timeout(state.ready, state.registry.ready()).await {
        Ok(ready) => Ok(ready.map(|()| StatusCode::NO_CONTENT)?),
        Err(_) => {
            tracing::warn!("the store did not answer within {:?}", state.ready);
            let detail = format!("the store did not answer within {:?}; try again in a moment", state.ready);
            Err(Refusal::new(problem::UNAVAILABLE, detail))
        }
    }
}
