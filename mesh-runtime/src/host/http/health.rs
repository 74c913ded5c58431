//! Whether the process runs, and how each product is.
//!
//! Errors of sources are not told here: they may quote data, and stand in the log of the domain's owner.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::App;
use crate::host::product::Product;
use crate::host::snapshot::{Breach, Snapshot};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Live {
    status: &'static str,
    uptime_seconds: u64,
}

pub(super) async fn live(State(app): State<App>) -> Response {
    let live = Live { status: "alive", uptime_seconds: app.started.elapsed().as_secs() };
    ([(CACHE_CONTROL, "no-store")], Json(live)).into_response()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ready {
    /// `ready`, `degraded`, `loading` or `stopping`.
    status: &'static str,
    /// `none`, `unreachable`, `announced` or `superseded`.
    registry: &'static str,
    products: Vec<ProductHealth>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProductHealth {
    address: String,
    version: String,
    /// `loading`, `ready`, `degraded`.
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    records: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    age_seconds: Option<u64>,
    /// Whether it is older than its contract promises.
    late: bool,
    /// How often loading failed since it last succeeded.
    failures: u32,
    /// How many records break the contract's promises and are not served.
    set_aside: u64,
    violations: Vec<ViolationHealth>,
    inputs: Vec<InputHealth>,
}

#[derive(Serialize)]
struct ViolationHealth {
    pointer: String,
    rule: String,
    promised: String,
    count: u64,
}

#[derive(Serialize)]
struct InputHealth {
    address: String,
    version: String,
    records: usize,
    rejected: usize,
}

pub(super) async fn ready(State(app): State<App>) -> Response {
    let products: Vec<_> = app.products.iter().map(|product| health(product)).collect();
    let any = |state: &str| products.iter().any(|product| product.state == state);
    let status = match () {
        () if *app.stop.borrow() => "stopping",
        () if any("loading") => "loading",
        () if any("degraded") => "degraded",
        () => "ready",
    };
    // What is degraded is still served, from what was loaded last.
    let code = match status {
        "stopping" | "loading" => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::OK,
    };
    let registry = app.standing.borrow().as_str();
    (code, [(CACHE_CONTROL, "no-store")], Json(Ready { status, registry, products })).into_response()
}

fn health(product: &Product) -> ProductHealth {
    let degraded = product.is_degraded();
    let state = product.state.borrow().clone();
    let snapshot: Option<&Snapshot> = state.snapshot.as_deref();
    let violation = |(breach, count): (&Breach, &u64)| {
        let Breach { pointer, rule, promised } = breach.clone();
        ViolationHealth { pointer, rule, promised, count: *count }
    };
    let input = |input: &crate::host::context::InputRead| InputHealth {
        address: input.address.to_string(),
        version: input.version.to_string(),
        records: input.records,
        rejected: input.rejected,
    };
    ProductHealth {
        address: product.contract.address.to_string(),
        version: product.contract.version.to_string(),
        state: match (snapshot, degraded) {
            (None, _) => "loading",
            (Some(_), true) => "degraded",
            (Some(_), false) => "ready",
        },
        records: product.told_count(),
        age_seconds: snapshot.map(|snapshot| snapshot.age().as_secs()),
        late: snapshot.is_some_and(|snapshot| product.is_late(snapshot)),
        failures: state.failures,
        set_aside: snapshot.map_or(0, |snapshot| snapshot.aside.records),
        violations: snapshot
            .map(|snapshot| snapshot.aside.breaches.iter().map(violation).collect())
            .unwrap_or_default(),
        inputs: state.inputs.iter().map(input).collect(),
    }
}
