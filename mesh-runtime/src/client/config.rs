//! What a client is made with.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use mesh_contract::{ConsumerName, DomainName, EnvironmentName};
use reqwest::Url;

use super::{Retry, Token};

/// What a client is made with. Start from [`ClientConfig::default`], or [`ClientConfig::of_registry`], and set what differs.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ClientConfig {
    /// Where the registry is; none works with last known addresses alone.
    pub registry: Option<Url>,
    /// What the registry asks for before it lets somebody write.
    pub registry_token: Option<Token>,
    /// Where deployments are looked for: `development` unless set.
    pub environment: EnvironmentName,
    /// Who reads: its agreements are found at the registry. Without a name no grant is looked for.
    pub consumer: Option<ConsumerName>,
    /// A grant that is shown to every domain without a token below, instead of one that is found.
    pub grant: Option<Token>,
    /// The tokens with which domains' owners show everything.
    pub tokens: BTreeMap<DomainName, Token>,
    /// The folder that keeps addresses and grants for the time when no registry answers; none keeps them in memory only.
    pub cache: Option<PathBuf>,
    /// How long to wait for a connection.
    pub connect_timeout: Duration,
    /// How long to wait for the next bytes of an answer.
    pub read_timeout: Duration,
    /// How long a whole request may take.
    pub request_timeout: Duration,
    /// How long to believe the registry that something is not there before asking again; zero asks each time.
    pub believe_absent: Duration,
    /// How often to repeat a request that changes nothing when repeated.
    pub retry: Retry,
    /// How many records to ask for at once.
    pub page_records: u32,
    /// The largest page or document taken, in bytes.
    pub page_bytes: usize,
}

impl ClientConfig {
    /// A client of the registry at an address.
    pub fn of_registry(registry: Url) -> Self {
        Self { registry: Some(registry), ..Self::default() }
    }

    /// The folder in which a user's programs keep what they can learn again.
    pub fn user_cache() -> Option<PathBuf> {
        let set = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let caches = set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache")))?;
        Some(caches.join("mesh"))
    }
}

impl Default for ClientConfig {
    fn default() -> Self {
        Self {
            registry: None,
            registry_token: None,
            environment: EnvironmentName::new("development").expect("the word is kebab-case"),
            consumer: None,
            grant: None,
            tokens: BTreeMap::new(),
            cache: None,
            connect_timeout: Duration::from_secs(5),
            read_timeout: Duration::from_secs(30),
            request_timeout: Duration::from_secs(120),
            believe_absent: Duration::from_secs(2),
            retry: Retry::default(),
            page_records: 1_000,
            page_bytes: 64 * 1_024 * 1_024,
        }
    }
}
