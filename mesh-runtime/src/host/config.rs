//! What a host is started with: read once, from flags, environment, or a test.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use mesh_contract::EnvironmentName;

use crate::client::{ClientConfig, Retry, Token, Url};

/// Who may read the records of a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Access {
    /// Whoever holds a grant, and sees what it names; and the domain's owner.
    #[default]
    Granted,
    /// Everybody on this machine, with personal data masked: for developing, and for tests. A host that others can reach does
    /// not start with it.
    Open,
}

/// What a host is started with. Start from [`HostConfig::default`] and set what differs.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct HostConfig {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The address that readers use, when it is not the one listened on.
    pub base_url: Option<Url>,
    /// The name of this instance, the same over restarts; from the base URL unless set.
    pub instance: Option<String>,
    /// How the registry and other domains are reached; `registry` and `environment` are of it.
    pub client: ClientConfig,
    /// Who may read the records.
    pub access: Access,
    /// The token with which the domain's owner shows personal data. Without one it stays masked for all.
    pub token: Option<Token>,
    /// The folder with the domain's data; unless set, `data` in the domain's package as it was built, or else here.
    pub data: Option<PathBuf>,
    /// How long the registry believes the last announcement.
    pub lease: Duration,
    /// How often sources are asked anew.
    pub refresh: Duration,
    /// How long a source may take.
    pub load_timeout: Duration,
    /// How a source that fails, and a registry that does not answer, are tried again. `attempts` does not count here.
    pub retry: Retry,
    /// How long requests that are being answered may take at a stop.
    pub drain: Duration,
    /// How many connections are open at once.
    pub most_connections: usize,
    /// How many requests are answered at once.
    pub most_requests: usize,
    /// How long a request's head may take to arrive.
    pub head_timeout: Duration,
    /// How long a connection lives before it is closed in order, so that nobody holds one for ever.
    pub connection_age: Duration,
}

impl HostConfig {
    /// The environment that the host runs in.
    pub fn environment(&self) -> &EnvironmentName {
        &self.client.environment
    }
}

impl Default for HostConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            base_url: None,
            instance: None,
            client: ClientConfig::default(),
            access: Access::default(),
            token: None,
            data: None,
            lease: Duration::from_secs(30),
            refresh: Duration::from_secs(60),
            load_timeout: Duration::from_secs(300),
            retry: Retry { attempts: 1, first: Duration::from_millis(250), longest: Duration::from_secs(30) },
            drain: Duration::from_secs(20),
            most_connections: 1_024,
            most_requests: 256,
            head_timeout: Duration::from_secs(10),
            connection_age: Duration::from_secs(600),
        }
    }
}
