//! The host's routes and what they share.

pub(crate) mod access;
mod describe;
mod guard;
mod health;
mod problem;
mod records;

pub(crate) use describe::Domain;

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::{OriginalUri, State};
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use tokio::sync::watch;

use super::announce::Standing;
use super::config::HostConfig;
use super::product::Product;
use crate::client::well_known;
use access::Gate;
use guard::Guard;
use mesh_contract::EnvironmentName;
use problem::Failure;

/// What every handler may use.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) domain: Arc<Domain>,
    products: Arc<[Arc<Product>]>,
    environment: EnvironmentName,
    gate: Gate,
    guard: Guard,
    standing: watch::Receiver<Standing>,
    stop: watch::Receiver<bool>,
    started: Instant,
}

impl App {
    pub(crate) fn new(
        domain: Domain,
        products: &[Arc<Product>],
        config: &HostConfig,
        gate: Gate,
        standing: watch::Receiver<Standing>,
        stop: watch::Receiver<bool>,
    ) -> Self {
        Self {
            domain: Arc::new(domain),
            products: products.into(),
            environment: config.environment().clone(),
            gate,
            guard: Guard::of(config.most_requests),
            standing,
            stop,
            started: Instant::now(),
        }
    }

    /// The names of what is served, for those who looked for something else.
    fn names(&self) -> String {
        let names: Vec<_> = self
            .products
            .iter()
            .map(|product| format!("`{}` {}", product.contract.address.product(), product.contract.version))
            .collect();
        if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
    }
}

pub(crate) fn router(app: App) -> Router {
    Router::new()
        .route(well_known::PATH, get(describe::well_known))
        .route("/contracts/{product}/{version}", get(describe::contract))
        .route("/products/{product}/records", get(records::records))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .fallback(nowhere)
        .method_not_allowed_fallback(method)
        .layer(from_fn_with_state(app.guard.clone(), guard::guard))
        .with_state(app)
}

async fn nowhere(State(app): State<App>, OriginalUri(uri): OriginalUri) -> Failure {
    Failure::not_found(format!(
        "nothing stands at `{}`; read `{}` for what the domain `{}` offers: {}",
        uri.path(),
        well_known::PATH,
        app.domain.name,
        app.names()
    ))
}

async fn method() -> Failure {
    Failure::method_not_allowed()
}
