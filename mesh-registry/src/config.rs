//! What is set of a registry, read once and handed down.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::store::Clock;
use crate::store_url::StoreUrl;

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
    /// The bounds within which requests are served.
    pub limits: Limits,
    /// The clock that leases and time stamps are judged by, in place of the store's own: this machine's for the embedded
    /// store, the database's for PostgreSQL.
    pub clock: Option<Arc<dyn Clock>>,
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
    /// How many connections are open at once; more wait to be accepted.
    pub connections: usize,
    /// How long requests that are under way may take once the registry is told to stop.
    pub grace: Duration,
    /// How many bytes of published contracts are kept in memory.
    pub cache: u64,
}

impl Config {
    /// The usual settings for a data folder, on the address that [`Config::USUAL_PORT`] gives on this machine alone.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, Self::USUAL_PORT)),
            data: data.into(),
            store: None,
            limits: Limits::default(),
            clock: None,
        }
    }

    /// The port that a registry listens on unless told otherwise.
    pub const USUAL_PORT: u16 = 7474;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 2 * 1024 * 1024,
            head: Duration::from_secs(30),
            stalled: Duration::from_secs(30),
            request: Duration::from_secs(30),
            requests: 256,
            connections: 1024,
            grace: Duration::from_secs(10),
            cache: 64 * 1024 * 1024,
        }
    }
}
