//! The registry over HTTP: what an address means, and nothing of what is decided.

mod access_pages;
mod admit;
mod agreements;
mod audit;
mod body;
mod conditional;
mod consumers;
mod contracts;
mod deployments;
mod domains;
mod doors;
mod environments;
mod events;
mod extract;
mod form;
mod gate;
mod headers;
mod health;
mod identify;
mod identities;
mod lifecycle;
mod metrics;
mod openapi;
mod openapi_agreements;
mod openapi_feed;
mod openapi_identities;
mod openapi_lifecycle;
mod openapi_policies;
mod openapi_schemas;
mod pace;
mod pages;
mod patient;
#[cfg(test)]
mod permission_tests;
mod policies;
mod problem;
mod products;
mod route;
mod seen;
mod serve;
mod sign_in;
mod state;
mod turns;
mod webhooks;

use std::sync::Arc;

use axum::Router;
use axum::http::{Method, Uri};
use tower_http::catch_panic::CatchPanicLayer;

use crate::config::Limits;

use self::problem::Refusal;
use self::route::Route;

pub(crate) use doors::Doors;
pub(crate) use events::Feed;
pub(crate) use metrics::alone as metrics_alone;
pub(crate) use serve::serve;
pub use state::AppState;

/// Every route of the API. The router is made of this list and the OpenAPI document is held against it.
fn routes() -> Vec<Route> {
    [
        products::routes(),
        contracts::routes(),
        domains::routes(),
        deployments::routes(),
        consumers::routes(),
        environments::routes(),
        lifecycle::routes(),
        agreements::routes(),
        events::routes(),
        webhooks::routes(),
        identities::routes(),
        audit::routes(),
        policies::routes(),
        openapi::routes(),
        health::routes(),
        metrics::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Every route of the pages, which are no part of the API.
fn page_routes() -> impl Iterator<Item = Route> {
    [pages::routes(), access_pages::routes(), sign_in::routes(), audit::pages()].into_iter().flatten()
}

/// The whole of what a registry answers.
pub(crate) fn router(state: AppState, limits: Limits) -> Router {
    let metrics = Arc::clone(state.registry.metrics());
    let gate = gate::Gate::new(limits, metrics, state.leave.clone(), state.secure);
    let admission = admit::Admission::new(limits, Arc::clone(state.registry.metrics()));
    let routes = routes().into_iter().chain(page_routes());
    routes
        .fold(Router::new(), |router, route| route.add_to(router))
        .fallback(unknown_path)
        .method_not_allowed_fallback(unknown_method)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(axum::Extension(extract::BodyLimit(limits.body)))
        .layer(axum::middleware::from_fn_with_state(admission, admit::admit))
        .layer(axum::middleware::from_fn_with_state(state.clone(), identify::identify))
        .layer(axum::middleware::from_fn_with_state(gate, gate::pass))
        .with_state(state)
}

async fn unknown_path(uri: Uri) -> Refusal {
    Refusal::new(
        problem::UNKNOWN_PATH,
        format!(
            "there is nothing at `{}`; `/api/v1/openapi.json` lists every path of this registry",
            shown(uri.path())
        ),
    )
}

async fn unknown_method(method: Method, uri: Uri) -> Refusal {
    Refusal::new(
        problem::METHOD_NOT_ALLOWED,
        format!(
            "`{}` does not take {}; the `Allow` header says what it takes, and `/api/v1/openapi.json` what for",
            shown(uri.path()),
            shown(method.as_str())
        ),
    )
}

/// The beginning of what somebody sent, so that an answer is never longer than the question.
fn shown(text: &str) -> String {
    text.chars().take(120).collect()
}

fn panicked(payload: Box<dyn std::any::Any + Send>) -> axum::response::Response {
    let message = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    tracing::error!("a handler panicked: {message}");
    let refusal = Refusal::new(
        problem::INTERNAL,
        "the registry failed at this request; tell whoever runs it the request's id",
    );
    axum::response::IntoResponse::into_response(refusal)
}
