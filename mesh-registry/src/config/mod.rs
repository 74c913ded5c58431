//! What is set of a registry, read once and handed down.
//!
//! Every setting is one entry of `table`: from it come what a file may say, the names in the environment, the reference
//! page and the example file. [`Sources`] reads them all and tells everything that is wrong at once.

mod file;
mod finding;
mod kind;
mod load;
mod probe;
#[cfg(test)]
mod reference;
mod size;
mod table;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::access::Identity;
use crate::store::Clock;
use crate::store_url::StoreUrl;

pub use finding::{Finding, Place};
pub use kind::{AccessMode, Endpoint, EndpointError, LogFormat};
pub use load::{Effective, Loaded, Origin, Sources};
pub use probe::probe;

/// How a registry runs. [`Config::new`] sets what suits most.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Config {
    /// Where to listen; port 0 takes any that is free.
    pub listen: SocketAddr,
    /// The folder with the embedded database; made when it is not there. Unused when `store` names another one.
    pub data: PathBuf,
    /// The database that keeps everything, which other registries may serve too; `None` for the embedded one.
    pub store: Option<StoreUrl>,
    /// How many connections to that database are open at most.
    pub pool: usize,
    /// Who may do what.
    pub access: Access,
    /// TLS on the address.
    pub tls: Tls,
    /// The bounds within which requests are served.
    pub limits: Limits,
    /// What events say that they come from: a URI, the address at which others know this registry; or relative.
    pub source: String,
    /// How events are delivered to webhooks.
    pub webhooks: Webhooks,
    /// How a registry that is told to stop takes leave.
    pub drain: Drain,
    /// How long the store may take to answer before the registry says that it is not ready.
    pub ready: Duration,
    /// What is written while it runs.
    pub log: Log,
    /// What is counted while it runs.
    pub metrics: Metrics,
    /// Where the traces of requests go.
    pub traces: Traces,
    /// The clock that leases and time stamps are judged by, in place of the store's own: this machine's for the embedded
    /// store, the database's for PostgreSQL.
    pub clock: Option<Arc<dyn Clock>>,
    /// Finds out who makes a request, in place of the registry's own way, as tests do. No file and no variable can set it.
    pub callers: Option<FindCaller>,
}

/// Who may do what to a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Access {
    /// Whether the registry asks who somebody is.
    pub mode: AccessMode,
    /// Where the first start keeps the token of the administrator that it makes; `administrator.token` in the data folder
    /// unless set.
    pub administrator: Option<PathBuf>,
    /// How long somebody stays signed in on the pages.
    pub session: Duration,
}

impl Default for Access {
    fn default() -> Self {
        Self { mode: AccessMode::Closed, administrator: None, session: Duration::from_secs(12 * 60 * 60) }
    }
}

impl Access {
    /// For one machine: everybody may do everything.
    pub fn open() -> Self {
        Self { mode: AccessMode::Open, ..Self::default() }
    }
}
/// Finds out who makes a request, by its headers.
pub type FindCaller = fn(&axum::http::HeaderMap) -> Identity;

/// How events are delivered to webhooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Webhooks {
    /// Whether webhooks may lead to addresses inside this network: loopback, private, link-local and the like. Whoever may set
    /// a webhook could else make the registry speak to what only the registry reaches.
    pub allow_private: bool,
    /// How often an event is tried before it goes to the list of those that could not be delivered.
    pub attempts: usize,
    /// How long it takes to the second try; to each after it thrice as long as to the one before ...
    pub first_delay: Duration,
    /// ... but no longer than this.
    pub longest_delay: Duration,
    /// How long a try may take.
    pub time: Duration,
    /// How long a process that has died keeps a webhook from the others.
    pub claim: Duration,
    /// To how many webhooks is delivered at once.
    pub at_once: usize,
}

impl Default for Webhooks {
    /// Ten tries within about five hours.
    fn default() -> Self {
        Self {
            allow_private: false,
            attempts: 10,
            first_delay: Duration::from_secs(5),
            longest_delay: Duration::from_secs(2 * 60 * 60),
            time: Duration::from_secs(15),
            claim: Duration::from_secs(30),
            at_once: 16,
        }
    }
}

/// TLS on the registry's own address: both files, or neither where something before the registry does it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tls {
    /// The certificate and those that lead to an authority, in PEM.
    pub certificate: Option<PathBuf>,
    /// Its key, in PEM, which nobody else on the machine may read.
    pub key: Option<PathBuf>,
}

/// Bounds that keep one caller from taking everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The longest body, in bytes.
    pub body: usize,
    /// How long the head of a request may take to arrive, and how long a connection may wait for its next request.
    pub head: Duration,
    /// How long an answer may wait for its reader to take some more of it.
    pub stalled: Duration,
    /// How long a request may take, its body and its answer's head included.
    pub request: Duration,
    /// How many requests are worked on at once; more wait for their turn within their time.
    pub requests: usize,
    /// How many of them are one tenant's at most ...
    pub tenant_requests: usize,
    /// ... and one principal's. More wait, and hold up nobody else.
    pub principal_requests: usize,
    /// How many requests of one principal wait for their turn at once; more are refused.
    pub waiting: usize,
    /// How many requests a second are taken of a tenant; 0 for any number.
    pub tenant_rate: usize,
    /// How many at once after a pause.
    pub tenant_burst: usize,
    /// How many requests a second are taken of one principal of a tenant; 0 for any number.
    pub principal_rate: usize,
    /// How many at once after a pause.
    pub principal_burst: usize,
    /// How many connections are open at once; more wait to be accepted.
    pub connections: usize,
    /// How many clients follow the feed as a stream at once, each on a connection of its own; more are refused.
    pub streams: usize,
    /// How long requests that are under way may take once the registry is told to stop.
    pub grace: Duration,
    /// How many bytes of published contracts are kept in memory.
    pub cache: u64,
}

/// How a registry takes leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drain {
    /// How long it serves on after it has said that it is not ready any more, so that balancers notice.
    pub delay: Duration,
}

/// What is written while a registry runs.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Log {
    /// For people or for programs.
    pub format: LogFormat,
    /// Which lines, in the notation of `tracing-subscriber`: `info`, `mesh_registry=debug`.
    pub filter: String,
}

/// What is counted while a registry runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Metrics {
    /// Whether `/metrics` is answered.
    pub enabled: bool,
    /// An address of its own for it; then it is not answered where everything else is.
    pub listen: Option<SocketAddr>,
}

/// Where the traces of requests go.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Traces {
    /// The collector, by OTLP over HTTP; `None` for no traces. Needs the feature `traces`.
    pub endpoint: Option<Endpoint>,
    /// Which part of the traces that begin here is kept, 0 to 1. One that a caller began is kept if the caller keeps it.
    pub sample: f64,
}

impl Config {
    /// The usual settings for a data folder, on the address that [`Config::USUAL_PORT`] gives on this machine alone.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, Self::USUAL_PORT)),
            data: data.into(),
            store: None,
            // A server of usual settings takes 100 connections, for every registry and whoever else uses it.
            pool: 16,
            access: Access::default(),
            tls: Tls::default(),
            limits: Limits::default(),
            source: "/registry".to_owned(),
            webhooks: Webhooks::default(),
            drain: Drain { delay: Duration::ZERO },
            ready: Duration::from_secs(2),
            log: Log { format: LogFormat::Text, filter: "warn".to_owned() },
            metrics: Metrics { enabled: true, listen: None },
            traces: Traces { endpoint: None, sample: 1.0 },
            clock: None,
            callers: None,
        }
    }

    /// The port that a registry listens on unless told otherwise.
    pub const USUAL_PORT: u16 = 7474;

    /// The data folder of a registry that nobody told of another one.
    pub const USUAL_DATA: &str = ".mesh/registry";
}

impl Default for Config {
    fn default() -> Self {
        Self::new(Self::USUAL_DATA)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 2 * 1024 * 1024,
            head: Duration::from_secs(30),
            stalled: Duration::from_secs(30),
            request: Duration::from_secs(30),
            requests: 256,
            tenant_requests: 100_000,
            principal_requests: 100_000,
            waiting: 10_000,
            tenant_rate: 0,
            tenant_burst: 1_000,
            principal_rate: 0,
            principal_burst: 200,
            connections: 1024,
            streams: 256,
            grace: Duration::from_secs(10),
            cache: 64 * 1024 * 1024,
        }
    }
}
