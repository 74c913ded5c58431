//! A registry as far as a host and a reader need one: leases with epochs, expectations, resolving. What it heard is kept.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use axum::{Json, Router};
use mesh_runtime::client::{ClientConfig, Url};
use mesh_runtime::model::wire::{
    Agreement, AgreementState, Announcement, Deployment, IssuedGrant, Lease, Page, Problem, Reads,
    RegisteredConsumer, Resolution, Trust,
};
use mesh_runtime::model::{Address, Expectation, Requirement};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::soon;

/// One thing that the registry was told.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Heard {
    Announced { instance: String, announcement: Announcement },
    Withdrawn { instance: String, epoch: u64 },
    Expected(Expectation),
    Read { instance: String, reads: Reads },
}

/// What a registry knows; it outlives the process unless it is forgotten.
#[derive(Debug, Clone, Default)]
pub(crate) struct Memory {
    deployments: Arc<Mutex<BTreeMap<String, Announcement>>>,
    published: Arc<Mutex<Vec<Address>>>,
    heard: Arc<watch::Sender<Vec<Heard>>>,
    lease_seconds: Arc<Mutex<Option<u32>>>,
    resolved: Arc<std::sync::atomic::AtomicUsize>,
    trust: Arc<watch::Sender<Option<Trust>>>,
    agreements: Arc<Mutex<Vec<(Agreement, IssuedGrant)>>>,
    /// How often somebody fetched a grant.
    pub(crate) granted: Arc<std::sync::atomic::AtomicUsize>,
    /// Whether reads are refused as by a registry that is in trouble.
    pub(crate) deaf: Arc<std::sync::atomic::AtomicBool>,
}

impl Memory {
    pub(crate) fn forget(&self) {
        self.deployments.lock().unwrap().clear();
    }

    pub(crate) fn publish(&self, address: &str) {
        self.published.lock().unwrap().push(address.parse().unwrap());
    }

    /// Puts an announcement in as if its process had made it.
    pub(crate) fn remember(&self, instance: &str, announcement: Announcement) {
        self.deployments.lock().unwrap().insert(instance.to_owned(), announcement);
    }

    /// Says whose grants count.
    pub(crate) fn trusts(&self, trust: Option<Trust>) {
        self.trust.send_replace(trust);
    }

    /// Takes back a grant.
    pub(crate) fn revoke(&self, jti: &str) {
        self.trust.send_modify(|trust| trust.as_mut().unwrap().revoked.push(jti.to_owned()));
    }

    pub(crate) fn agree(&self, agreement: Agreement, grant: IssuedGrant) {
        self.agreements.lock().unwrap().push((agreement, grant));
    }

    pub(crate) fn disagree(&self) {
        self.agreements.lock().unwrap().clear();
    }

    pub(crate) fn deployed(&self) -> BTreeMap<String, Announcement> {
        self.deployments.lock().unwrap().clone()
    }

    /// How often somebody asked where a product is.
    pub(crate) fn resolved(&self) -> usize {
        self.resolved.load(std::sync::atomic::Ordering::Relaxed)
    }

    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.heard.borrow().clone()
    }

    /// Waits until what was heard, from a place on, is as wanted.
    pub(crate) async fn hears(&self, from: usize, what: &str, wanted: impl Fn(&Heard) -> bool) -> Heard {
        let mut receiver = self.heard.subscribe();
        let heard =
            soon(what, receiver.wait_for(|heard| heard.iter().skip(from).any(&wanted))).await.unwrap();
        heard.iter().skip(from).find(|heard| wanted(heard)).unwrap().clone()
    }

    pub(crate) async fn announced(&self, from: usize) -> Announcement {
        match self.hears(from, "an announcement", |heard| matches!(heard, Heard::Announced { .. })).await {
            Heard::Announced { announcement, .. } => announcement,
            other => panic!("{other:?}"),
        }
    }
}

/// A registry that runs. Dropping it is a `kill -9`.
#[derive(Debug)]
pub(crate) struct FakeRegistry {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for FakeRegistry {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl FakeRegistry {
    pub(crate) async fn start(memory: &Memory) -> Self {
        Self::at("127.0.0.1:0".parse().unwrap(), memory).await
    }

    pub(crate) async fn at(address: SocketAddr, memory: &Memory) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new()
            .route("/api/v1/deployments/{instance}", put(announce).delete(withdraw))
            .route("/api/v1/deployments", get(deployments))
            .route("/api/v1/consumers/{consumer}/expectations/{address}", put(expect))
            .route("/api/v1/products/{address}/resolve", get(resolve))
            .route("/api/v1/domains/{domain}/trust", get(trust))
            .route("/api/v1/deployments/{instance}/reads", put(reads))
            .route("/api/v1/agreements", get(agreements))
            .route("/api/v1/agreements/{id}/grant", get(grant))
            .with_state(memory.clone());
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, task }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends as a killed process does, and lets go of its address.
    pub(crate) async fn kill(mut self) -> SocketAddr {
        self.task.abort();
        let _ = (&mut self.task).await;
        self.address
    }
}

pub(crate) fn registry_url(address: SocketAddr) -> Url {
    format!("http://{address}").parse().unwrap()
}

/// A client of the registry that does not try twice.
pub(crate) fn client_config(address: SocketAddr) -> ClientConfig {
    let mut config = super::config().client;
    config.registry = Some(registry_url(address));
    config
}

fn problem(status: StatusCode, kind: &str) -> Response {
    let problem = Problem {
        kind: format!("urn:mesh:problem:{kind}"),
        title: kind.to_owned(),
        status: status.as_u16(),
        detail: String::new(),
        pointer: None,
        request_id: None,
        findings: Vec::new(),
    };
    (status, Json(problem)).into_response()
}

async fn announce(
    State(memory): State<Memory>,
    Path(instance): Path<String>,
    Json(announcement): Json<Announcement>,
) -> Response {
    let mut deployments = memory.deployments.lock().unwrap();
    if deployments.get(&instance).is_some_and(|known| known.epoch > announcement.epoch) {
        return problem(StatusCode::CONFLICT, "stale-epoch");
    }
    let lease_seconds = memory.lease_seconds.lock().unwrap().unwrap_or(announcement.lease_seconds);
    deployments.insert(instance.clone(), announcement.clone());
    drop(deployments);
    let heard = Heard::Announced { instance: instance.clone(), announcement };
    memory.heard.send_modify(|all| all.push(heard));
    Json(Lease { instance, lease_seconds }).into_response()
}

async fn withdraw(
    State(memory): State<Memory>,
    Path(instance): Path<String>,
    Query(query): Query<BTreeMap<String, u64>>,
) -> StatusCode {
    let epoch = query["epoch"];
    memory.deployments.lock().unwrap().retain(|name, known| *name != instance || known.epoch != epoch);
    memory.heard.send_modify(|all| all.push(Heard::Withdrawn { instance, epoch }));
    StatusCode::NO_CONTENT
}

fn listed(memory: &Memory) -> Vec<Deployment> {
    let entry = |(instance, announcement): (&String, &Announcement)| Deployment {
        instance: instance.clone(),
        announcement: announcement.clone(),
        seen_at: "2026-01-01T00:00:00Z".to_owned(),
        live: true,
    };
    memory.deployments.lock().unwrap().iter().map(entry).collect()
}

async fn deployments(State(memory): State<Memory>) -> Json<Page<Deployment>> {
    Json(Page { items: listed(&memory), next: None })
}

async fn expect(State(memory): State<Memory>, Json(expectation): Json<Expectation>) -> Response {
    if !memory.published.lock().unwrap().contains(&expectation.address) {
        return problem(StatusCode::NOT_FOUND, "unknown-product");
    }
    memory.heard.send_modify(|all| all.push(Heard::Expected(expectation.clone())));
    Json(RegisteredConsumer {
        expectation,
        registered_at: "2026-01-01T00:00:00Z".to_owned(),
        pending: false,
        observed: false,
    })
    .into_response()
}

async fn resolve(
    State(memory): State<Memory>,
    Path(address): Path<Address>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Response {
    memory.resolved.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let requirement: Requirement = query["requirement"].parse().unwrap();
    let serves = |deployment: &Deployment| {
        let mut products = deployment.announcement.products.clone();
        products.retain(|product| product.address == address && requirement.matches(&product.version));
        products.pop()
    };
    let mut found: Vec<_> =
        listed(&memory).into_iter().filter_map(|it| serves(&it).map(|served| (served, it))).collect();
    found.sort_by(|left, right| right.0.version.cmp(&left.0.version));
    let Some((best, _)) = found.first() else {
        return problem(StatusCode::NOT_FOUND, "unknown-product");
    };
    let (version, digest) = (best.version.clone(), best.digest);
    let environment = &query["environment"];
    let deployments = found
        .into_iter()
        .map(|(_, deployment)| deployment)
        .filter(|deployment| deployment.announcement.environment.as_str() == environment)
        .collect();
    let (deprecated, yanked) = (None, None);
    Json(Resolution { address, requirement, version, digest, deprecated, yanked, deployments })
        .into_response()
}

async fn trust(
    State(memory): State<Memory>,
    Path(_domain): Path<String>,
    headers: axum::http::HeaderMap,
) -> Response {
    let Some(trust) = memory.trust.borrow().clone() else {
        return problem(StatusCode::NOT_FOUND, "not-found");
    };
    let tag = format!("\"{}-{}\"", trust.keys.len(), trust.revoked.len());
    if headers.get("if-none-match").is_some_and(|known| known == tag.as_str()) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    ([("etag", tag)], Json(trust)).into_response()
}

async fn reads(
    State(memory): State<Memory>,
    Path(instance): Path<String>,
    Json(reads): Json<Reads>,
) -> Response {
    if memory.deaf.load(std::sync::atomic::Ordering::Relaxed) {
        return problem(StatusCode::SERVICE_UNAVAILABLE, "busy");
    }
    memory.heard.send_modify(|all| all.push(Heard::Read { instance, reads }));
    StatusCode::NO_CONTENT.into_response()
}

async fn agreements(
    State(memory): State<Memory>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Json<Page<Agreement>> {
    let fits = |agreement: &Agreement| {
        query["consumer"] == agreement.consumer.as_str()
            && query["product"] == agreement.address.to_string()
            && query["state"] == "accepted"
            && agreement.state == AgreementState::Accepted
    };
    let all = memory.agreements.lock().unwrap();
    Json(Page { items: all.iter().map(|(it, _)| it.clone()).filter(fits).collect(), next: None })
}

async fn grant(State(memory): State<Memory>, Path(id): Path<String>) -> Response {
    memory.granted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    match memory.agreements.lock().unwrap().iter().find(|(agreement, _)| agreement.id == id) {
        Some((_, grant)) => Json(grant.clone()).into_response(),
        None => problem(StatusCode::NOT_FOUND, "not-found"),
    }
}
