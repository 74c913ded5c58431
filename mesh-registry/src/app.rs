//! Starting and stopping a registry.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::config::Config;
use crate::http::{self, AppState, Feed};
use crate::service::Registry;
use crate::store::sqlite::{OpenError, SqliteStore};
use crate::store::{Clock, Store, SystemClock, TenantId};
use crate::store_url::StoreUrl;

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
    registry: Registry,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
    reminding: JoinHandle<()>,
    follower: JoinHandle<()>,
    deliverer: JoinHandle<()>,
}

impl Registry {
    /// Opens the store and serves it.
    ///
    /// # Errors
    /// When the store is not usable, another registry has the folder of an embedded one, or the address is taken.
    pub async fn start(config: Config) -> Result<Running, StartError> {
        let Config { listen, data, store, limits, source, webhooks, clock } = config;
        let listener = TcpListener::bind(listen).await.map_err(|source| match source.kind() {
            io::ErrorKind::AddrInUse => StartError::AddressInUse { address: listen },
            _ => StartError::Listen { address: listen, source },
        })?;
        let address =
            listener.local_addr().map_err(|source| StartError::Listen { address: listen, source })?;
        let store = match store {
            Some(url) => open_postgres(url, clock).await?,
            None => open_embedded(data, clock.unwrap_or_else(|| Arc::new(SystemClock))).await?,
        };
        let registry = Self::new(store, limits.cache).with_webhooks(webhooks);
        let (stop, stopped) = watch::channel(false);
        let newest = watch::Sender::new(0);
        let feed = Feed::new(limits.streams, &source, newest.subscribe(), stopped.clone());
        let delivering =
            registry.clone().deliver(TenantId::default(), source, newest.subscribe(), stopped.clone());
        let deliverer = tokio::spawn(delivering);
        // The tenant that requests are made for.
        let following = registry.clone().follow(TenantId::default(), newest, stopped.clone());
        let follower = tokio::spawn(following);
        let router = http::router(AppState { registry: registry.clone(), feed }, limits);
        let reminding = tokio::spawn(registry.clone().remind_until(stopped.clone()));
        let server = tokio::spawn(http::serve(listener, router, limits, stopped));
        tracing::info!(%address, "the registry listens on http://{address}");
        Ok(Running { address, registry, stop, server, reminding, follower, deliverer })
    }
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
async fn open_postgres(url: StoreUrl, clock: Option<Arc<dyn Clock>>) -> Result<Arc<dyn Store>, StartError> {
    let store = crate::store::postgres::PostgresStore::open(&url, clock).await?;
    tracing::info!(store = %url, "everything is kept in {url}");
    Ok(Arc::new(store))
}

#[cfg(not(feature = "postgres"))]
async fn open_postgres(url: StoreUrl, _: Option<Arc<dyn Clock>>) -> Result<Arc<dyn Store>, StartError> {
    Err(StartError::NoPostgres { url })
}

impl Running {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The registry itself, without HTTP.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Takes no more requests, finishes those under way and ends.
    pub async fn shutdown(self) {
        let Self { address, registry, stop, server, reminding, follower, deliverer } = self;
        drop(registry);
        stop.send_replace(true);
        let ended = [
            ("server", server.await),
            ("follower", follower.await),
            ("deliverer", deliverer.await),
            ("reminder", reminding.await),
        ];
        for (task, ended) in ended {
            if let Err(error) = ended {
                tracing::error!(error = &error as &dyn std::error::Error, "the {task} ended badly: {error}");
            }
        }
        tracing::info!(%address, "the registry has stopped");
    }
}
