//! A host that runs, and how it ends.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use mesh_contract::DomainName;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::{JoinHandle, JoinSet};

use super::announce::{Announcer, Standing};
use super::config::{Access, HostConfig};
use super::context::Context;
use super::http::access::Gate;
use super::http::{self, App, Domain};
use super::known_trust::KnownTrust;
use super::position::Secret;
use super::product::{self, Product};
use super::reads::Reads;
use super::refresh::Refresh;
use super::server::Server;
use super::{Host, HostError, expectations};
use crate::client::{Client, Retry, Url};

/// A host that serves. Dropping it ends everything at once; [`RunningHost::shutdown`] ends it in order.
#[derive(Debug)]
pub struct RunningHost {
    address: SocketAddr,
    base_url: Url,
    instance: String,
    products: Vec<Arc<Product>>,
    now: Arc<Notify>,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
    announcer: Option<JoinHandle<()>>,
    loading: JoinSet<()>,
}

pub(crate) async fn start(host: Host, config: HostConfig) -> Result<RunningHost, HostError> {
    let address = config.listen;
    let listening = |source| HostError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(listening)?;
    let address = listener.local_addr().map_err(listening)?;
    let base_url = base_url(&config, address)?;
    if config.access == Access::Open && !(address.ip().is_loopback() && is_local(&base_url)) {
        return Err(HostError::OpenToAll { address, base_url });
    }
    let domain = Domain::of(&host.manifest)?;
    let secret = match &config.token {
        Some(token) if !token.is_empty() => Secret::of_token(token.expose()),
        _ => Secret::random().map_err(HostError::Random)?,
    };
    let usual_data = default_data(&host);
    let mut reader = config.client.clone();
    // What a domain reads, it reads in its own name.
    reader.consumer = reader.consumer.or_else(|| domain.name.as_str().parse().ok());
    let client = Client::new(reader)?;
    let expectations = expectations::of(&host.manifest, &domain.name, &config)?;
    let products: Vec<_> = product::products(host, &base_url, &secret)?.into_iter().map(Arc::new).collect();

    let instance = config.instance.clone().unwrap_or_else(|| instance_name(&domain.name, &base_url));
    let standing = watch::Sender::new(match client.registry() {
        Ok(_) => Standing::Seeking,
        Err(_) => Standing::Alone,
    });
    let stop = watch::Sender::new(false);
    let trust = Arc::new(KnownTrust::load(&config.client, &domain.name).await);
    let reads = Arc::new(Reads::default());
    let gate = Gate::of(&config, Arc::clone(&trust), standing.subscribe(), Arc::clone(&reads));
    let app = App::new(domain, &products, &config, gate, standing.subscribe(), stop.subscribe());
    let name = app.domain.name.clone();

    let now = Arc::new(Notify::new());
    let context = Context::new(config.data.clone(), usual_data, client.clone());
    let mut loading = JoinSet::new();
    for product in &products {
        loading.spawn(Refresh::of(product, &context, &config, &now).run());
    }
    let announcer = client.registry().ok().map(|registry| {
        let announcer = Announcer {
            registry: registry.retrying(Retry::NEVER),
            instance: instance.clone(),
            epoch: epoch(),
            accepted: false,
            may_hold: false,
            domain: name,
            environment: config.environment().clone(),
            base_url: base_url.as_str().trim_end_matches('/').to_owned(),
            lease: config.lease,
            retry: config.retry,
            products: products.clone(),
            expectations,
            trust,
            reads,
            standing,
            stop: stop.subscribe(),
        };
        tokio::spawn(announcer.run())
    });
    let server = Server::of(&config, listener, stop.subscribe());
    let server = tokio::spawn(server.run(http::router(app)));
    Ok(RunningHost { address, base_url, instance, products, now, stop, server, announcer, loading })
}

impl RunningHost {
    /// The address listened on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address that readers use.
    pub fn base_url(&self) -> &Url {
        &self.base_url
    }

    /// The name of this instance at the registry.
    pub fn instance(&self) -> &str {
        &self.instance
    }

    /// Waits until every product is loaded.
    pub async fn loaded(&self) {
        for product in &self.products {
            let mut state = product.state.subscribe();
            // The sender lives as long as the product does.
            let _ = state.wait_for(|state| state.snapshot.is_some()).await;
        }
    }

    /// Asks every source for its records now, and waits until each has answered, well or not.
    pub async fn refresh(&self) {
        let mut before: Vec<_> = self
            .products
            .iter()
            .map(|product| product.state.subscribe())
            .map(|state| {
                let loads = state.borrow().loads;
                (state, loads)
            })
            .collect();
        self.now.notify_waiters();
        for (state, loads) in &mut before {
            let loads = *loads;
            let _ = state.wait_for(|state| state.loads > loads).await;
        }
    }

    /// Ends in order: the registry is told, nothing new is accepted, and requests that are being answered are answered,
    /// for as long as [`HostConfig::drain`] allows.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(true);
        self.loading.abort_all();
        // Neither fails but by a panic, which the log has told of.
        if let Some(announcer) = &mut self.announcer {
            let (_, _) = tokio::join!(&mut self.server, announcer);
        } else {
            let _ = (&mut self.server).await;
        }
    }
}

impl Drop for RunningHost {
    fn drop(&mut self) {
        self.server.abort();
        if let Some(announcer) = &self.announcer {
            announcer.abort();
        }
    }
}

fn base_url(config: &HostConfig, address: SocketAddr) -> Result<Url, HostError> {
    match &config.base_url {
        Some(url) => Ok(url.clone()),
        None if address.ip().is_unspecified() => Err(HostError::NoBaseUrl { address }),
        None => Ok(format!("http://{address}").parse().expect("a socket address is a host and a port")),
    }
}

/// Whether an address is one that this machine alone reaches.
fn is_local(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn default_data(host: &Host) -> PathBuf {
    let built = host.manifest.folder().join("data");
    if built.is_dir() { built } else { PathBuf::from("data") }
}

/// Readable, and the same whenever the same address is served: `sales-127.0.0.1-4100`.
fn instance_name(domain: &DomainName, base_url: &Url) -> String {
    let host = base_url.host_str().unwrap_or_default();
    let port = base_url.port_or_known_default().unwrap_or_default();
    let path = base_url.path().trim_matches('/');
    let name = format!("{domain}-{host}-{port}-{path}");
    let plain = |character: char| {
        if character.is_ascii_alphanumeric() || ".-_".contains(character) { character } else { '-' }
    };
    name.trim_end_matches('-').chars().map(plain).take(200).collect()
}

/// Larger for each start: the milliseconds since 1970.
fn epoch() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    u64::try_from(since.as_millis()).unwrap_or(0)
}
