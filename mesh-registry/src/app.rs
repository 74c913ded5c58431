//! Starting and stopping a registry.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::config::{AccessMode, Config, Drain};
use crate::first::{self, FirstError};
use crate::http::{self, AppState, Doors, Feed};
use crate::leave::{Leave, Phase};
use crate::metrics::Metrics;
use crate::service::{Newest, Registry};
use crate::store::sqlite::{OpenError, SqliteStore};
use crate::store::{Clock, Store, SystemClock};
use crate::store_url::StoreUrl;
use crate::tls::{Served, TlsError};

/// Why a registry did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The data folder cannot be made.
    #[error("cannot make the data folder `{}`", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The database cannot be opened, or another registry has the data folder.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The PostgreSQL database cannot be used.
    #[cfg(feature = "postgres")]
    #[error(transparent)]
    Postgres(#[from] crate::store::postgres::OpenError),
    /// This build has only the embedded store.
    #[error("this build cannot use `{url}`; build it with the feature `postgres`, or leave the store out")]
    NoPostgres {
        /// The database.
        url: StoreUrl,
    },
    /// The first administrator could not be made.
    #[error(transparent)]
    First(#[from] FirstError),
    /// Everybody could do everything from other machines.
    #[error(
        "an open registry lets everybody do everything, so it must listen on this machine alone, and {address} is more than \
         that; listen on 127.0.0.1, or close it with `access.mode = \"closed\"`"
    )]
    OpenToAll {
        /// The address.
        address: SocketAddr,
    },
    /// TLS cannot be served.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// Somebody else listens on the address.
    #[error(
        "something listens on {address} already; stop it, or choose another port (0 takes any that is free)"
    )]
    AddressInUse {
        /// The address.
        address: SocketAddr,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// A registry that serves. It stops when this is shut down, or dropped.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    scheme: &'static str,
    registry: Registry,
    drain: Drain,
    phase: watch::Sender<Phase>,
    /// What runs until the registry stops: the server first, then whatever works beside it.
    tasks: Vec<(&'static str, JoinHandle<()>)>,
    watched: Option<Watched>,
    first_token: Option<PathBuf>,
}

/// The counters on an address of their own. They are told until everything else has ended.
#[derive(Debug)]
struct Watched {
    address: SocketAddr,
    phase: watch::Sender<Phase>,
    server: JoinHandle<()>,
}

/// Where a registry listens, before there is one.
struct Bound {
    here: (TcpListener, SocketAddr),
    /// Where it tells its counters, if that is an address of its own.
    counters: Option<(TcpListener, SocketAddr)>,
}

impl Registry {
    /// Opens the store and serves nobody: for what is done at the machine that keeps it.
    ///
    /// # Errors
    /// When the store is not usable, or a registry has the folder of an embedded one.
    pub async fn open(config: Config) -> Result<Self, StartError> {
        let Config { data, store, pool, clock, limits, .. } = config;
        let store = match store {
            Some(url) => open_postgres(url, clock, pool, &mut Metrics::new()).await?,
            None => open_embedded(data, clock.unwrap_or_else(|| Arc::new(SystemClock))).await?,
        };
        Ok(Self::new(store, limits.cache))
    }

    /// Opens the store and serves it.
    ///
    /// # Errors
    /// When the store is not usable, another registry has the folder of an embedded one, or an address is taken.
    pub async fn start(config: Config) -> Result<Running, StartError> {
        // First, so that nothing is opened, made or migrated for a registry that cannot be reached.
        let bound = Bound::of(&config).await?;
        let tls = Served::of(&config.tls)?;
        let mut metrics = Metrics::new();
        let clock = config.clock.clone();
        let store = match config.store.clone() {
            Some(url) => open_postgres(url, clock, config.pool, &mut metrics).await?,
            None => {
                open_embedded(config.data.clone(), clock.unwrap_or_else(|| Arc::new(SystemClock))).await?
            }
        };
        Self::serve(bound, tls, store, config, metrics).await
    }

    /// Serves a store that is open already, of whatever kind; what the settings say of a store and its clock is not used.
    ///
    /// # Errors
    /// When an address is taken.
    pub async fn start_on(store: Arc<dyn Store>, config: Config) -> Result<Running, StartError> {
        let tls = Served::of(&config.tls)?;
        Self::serve(Bound::of(&config).await?, tls, store, config, Metrics::new()).await
    }

    async fn serve(
        bound: Bound,
        tls: Option<Served>,
        store: Arc<dyn Store>,
        config: Config,
        metrics: Metrics,
    ) -> Result<Running, StartError> {
        let metrics = Arc::new(metrics);
        let registry = Self::counted(store, config.limits.cache, Arc::clone(&metrics));
        let first_token = first::administrator(&registry, &config).await?;
        let Config { access, limits, drain, ready, metrics: told, source, webhooks, callers, .. } = config;
        let Bound { here: (listener, address), counters } = bound;
        let registry = registry.with_webhooks(webhooks).with_issuer(&source);
        let (phase, leave) = Leave::new();
        let newest = Newest::default();
        let doors = Doors::new(&access, &source, tls.is_some());
        let feed = Feed::new(limits.streams, &source, newest.clone(), leave.clone());
        let sealing = registry.clone().seal_until(leave.clone());
        let working = registry.clone().for_each_tenant(leave.clone(), {
            let (registry, leave) = (registry.clone(), leave.clone());
            move |tenant| {
                let (registry, end, leave) = (registry.clone(), newest.of(&tenant), leave.clone());
                let source = source.clone();
                async move {
                    let delivering =
                        registry.clone().deliver(tenant.clone(), source, end.subscribe(), leave.clone());
                    let following = registry.clone().follow(tenant.clone(), end, leave.clone());
                    let reminding = registry.remind_until(tenant, leave);
                    tokio::join!(delivering, following, reminding);
                }
            }
        });
        let state = AppState {
            registry: registry.clone(),
            feed,
            leave: leave.clone(),
            ready,
            access: Arc::new(doors),
            callers,
            secure: tls.is_some(),
            metrics: (told.enabled && counters.is_none()).then(|| Arc::clone(&metrics)),
        };
        let router = http::router(state, limits);
        let watched = counters.map(|(listener, address)| {
            let (phase, leave) = Leave::new();
            let router = http::metrics_alone(Arc::clone(&metrics));
            let server = tokio::spawn(http::serve(listener, router, limits, leave, None, None));
            Watched { address, phase, server }
        });
        let scheme = if tls.is_some() { "https" } else { "http" };
        let keeping_up = tls.clone().map(|tls| tls.keep_up(leave.clone()));
        let server = http::serve(listener, router, limits, leave, Some(metrics), tls);
        let mut tasks = vec![
            ("server", tokio::spawn(server)),
            ("work for tenants", tokio::spawn(working)),
            ("sealer", tokio::spawn(sealing)),
        ];
        tasks.extend(keeping_up.map(|keeping_up| ("certificate", tokio::spawn(keeping_up))));
        tracing::info!(%address, "the registry listens on {scheme}://{address}");
        Ok(Running { address, scheme, registry, drain, phase, tasks, watched, first_token })
    }
}

impl Bound {
    async fn of(config: &Config) -> Result<Self, StartError> {
        if config.access.mode == AccessMode::Open && !config.listen.ip().to_canonical().is_loopback() {
            return Err(StartError::OpenToAll { address: config.listen });
        }
        let here = bind(config.listen).await?;
        let counters = match config.metrics.listen.filter(|_| config.metrics.enabled) {
            Some(address) => Some(bind(address).await?),
            None => None,
        };
        Ok(Self { here, counters })
    }
}

/// Listens, and says where: port 0 has become another.
async fn bind(listen: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::AddrInUse => StartError::AddressInUse { address: listen },
        _ => StartError::Listen { address: listen, source },
    };
    let listener = TcpListener::bind(listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

async fn open_embedded(data: PathBuf, clock: Arc<dyn Clock>) -> Result<Arc<dyn Store>, StartError> {
    let open = move || -> Result<_, StartError> {
        std::fs::create_dir_all(&data)
            .map_err(|source| StartError::Folder { folder: data.clone(), source })?;
        Ok(SqliteStore::open(&data, clock)?)
    };
    match tokio::task::spawn_blocking(open).await {
        Ok(opened) => Ok(Arc::new(opened?)),
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    }
}

#[cfg(feature = "postgres")]
async fn open_postgres(
    url: StoreUrl,
    clock: Option<Arc<dyn Clock>>,
    pool: usize,
    metrics: &mut Metrics,
) -> Result<Arc<dyn Store>, StartError> {
    let store = crate::store::postgres::PostgresStore::open_with(&url, clock, pool).await?;
    metrics.watch(store.watched());
    tracing::info!(store = %url, "everything is kept in {url}");
    Ok(Arc::new(store))
}

#[cfg(not(feature = "postgres"))]
async fn open_postgres(
    url: StoreUrl,
    _: Option<Arc<dyn Clock>>,
    _: usize,
    _: &mut Metrics,
) -> Result<Arc<dyn Store>, StartError> {
    Err(StartError::NoPostgres { url })
}

impl Running {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How it is spoken to: `http`, or `https` where TLS is served.
    pub fn scheme(&self) -> &'static str {
        self.scheme
    }

    /// Where it tells its counters, if that is an address of its own.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.watched.as_ref().map(|watched| watched.address)
    }

    /// Where the token of the administrator is that this start has made, if it has made one.
    pub fn first_token(&self) -> Option<&Path> {
        self.first_token.as_deref()
    }

    /// The registry itself, without HTTP.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Says that it will stop, serves on for as long as it should until that is noticed, then takes no more connections,
    /// finishes the requests under way within the grace and ends.
    pub async fn shutdown(self) {
        let Self { address, scheme: _, registry, drain, phase, tasks, watched, first_token: _ } = self;
        phase.send_replace(Phase::Draining);
        if !drain.delay.is_zero() {
            tracing::info!("the registry is not ready any more, and stops in {:?}", drain.delay);
            tokio::time::sleep(drain.delay).await;
        }
        phase.send_replace(Phase::Stopping);
        for (task, running) in tasks {
            end(task, running).await;
        }
        // What the last requests came to is on record before the process ends.
        registry.seal_now(true).await;
        drop(registry);
        if let Some(Watched { phase, server, .. }) = watched {
            phase.send_replace(Phase::Stopping);
            end("counters", server).await;
        }
        tracing::info!(%address, "the registry has stopped");
    }
}

async fn end(task: &str, running: JoinHandle<()>) {
    if let Err(error) = running.await {
        tracing::error!(error = &error as &dyn std::error::Error, "the {task} ended badly: {error}");
    }
}
