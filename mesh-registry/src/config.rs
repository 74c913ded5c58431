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
    /// What events say that they come from: a URI, the address at which others know this registry; or relative.
    pub source: String,
    /// How events are delivered to webhooks.
    pub webhooks: Webhooks,
    /// The clock that leases and time stamps are judged by, in place of the store's own: this machine's for the embedded
    /// store, the database's for PostgreSQL.
    pub clock: Option<Arc<dyn Clock>>,
}

/// How events are delivered to webhooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Webhooks {
    /// Whether webhooks may lead to addresses inside this network: loopback, private, link-local and the like. Whoever may set
    /// a webhook could else make the registry speak to what only the registry reaches.
    pub allow_private: bool,
    /// How often an event is tried before it goes to the list of those that could not be delivered.
    pub attempts: u32,
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

/// Bounds that keep one caller from taking everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The longest body, in bytes.
    pub body: usize,
    /// How long a request may take, its body and its answer's head included.
    pub request: Duration,
    /// How many requests are worked on at once; more wait for their turn within their time.
    pub requests: usize,
    /// How many connections are open at once; more wait to be accepted.
    pub connections: usize,
    /// How many clients follow the feed as a stream at once, each on a connection of its own; more are refused.
    pub streams: usize,
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
            source: "/registry".to_owned(),
            webhooks: Webhooks::default(),
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
            request: Duration::from_secs(30),
            requests: 256,
            connections: 1024,
            streams: 256,
            grace: Duration::from_secs(10),
            cache: 64 * 1024 * 1024,
        }
    }
}
