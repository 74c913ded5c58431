//! What the registry decides. It knows stores and contracts, and nothing of HTTP.

mod agreements;
mod audit;
mod can_deploy;
mod consumers;
mod deployed;
mod deployments;
mod error;
mod feed;
mod follow;
mod identity;
mod judging;
mod lifecycle;
mod line;
mod lineage;
mod lookup;
mod matrix;
mod ownership;
mod policies;
mod publish;
mod tenants;
mod verdict;
mod webhooks;
mod window;

use std::sync::Arc;

use bytes::Bytes;
use quick_cache::sync::Cache;

use crate::config::Webhooks;
use crate::metrics::Metrics;
use crate::store::{ContractKey, Metered, Store, StoreError, StoredContract, TenantId};

use self::judging::Judgements;
use self::line::Lines;
use self::verdict::Verdicts;

pub use agreements::{AgreementFilter, End};
pub use audit::Decision;
pub use consumers::Registration;
pub use deployed::Placement;
pub use deployments::DeploymentFilter;
pub use error::ServiceError;
pub(crate) use feed::cloud_event;
pub use feed::{EventFilter, Events};
pub use identity::{Fresh, SignedIn};
pub use lifecycle::Act;
pub use lookup::{Drafts, ProductFilter};
pub use policies::PoliciesInForce;
pub use publish::Publication;
#[cfg(feature = "postgres")]
pub(crate) use publish::search_text;
pub(crate) use tenants::Newest;
pub use window::{Window, WindowError};

/// The registry: where products are announced and found. A clone is the same registry.
#[derive(Clone)]
pub struct Registry {
    store: Arc<dyn Store>,
    contracts: Arc<Cache<(TenantId, ContractKey), StoredContract, ByBytes>>,
    lines: Arc<Lines>,
    verdicts: Arc<Verdicts>,
    judgements: Arc<Judgements>,
    known: Arc<identity::KnownCache>,
    waiting: Arc<audit::Waiting>,
    policies: Arc<policies::Remembered>,
    webhooks: Arc<webhooks::Shared>,
    /// Who signs grants: the `iss` in them.
    issuer: Arc<str>,
    metrics: Arc<Metrics>,
}

/// Weighs a contract by the memory that it takes.
#[derive(Debug, Clone)]
struct ByBytes;

impl quick_cache::Weighter<(TenantId, ContractKey), StoredContract> for ByBytes {
    fn weight(&self, _: &(TenantId, ContractKey), contract: &StoredContract) -> u64 {
        // Keys and the cache's own record of an entry take about as much as this.
        contract.document.len() as u64 + 256
    }
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registry").field("store", &self.store).finish_non_exhaustive()
    }
}

impl Registry {
    /// A registry on a store, with room for so many bytes of contracts in memory.
    pub fn new(store: Arc<dyn Store>, cache_bytes: u64) -> Self {
        Self::counted(store, cache_bytes, Arc::new(Metrics::new()))
    }

    /// As [`Registry::new`], with counters that somebody else reads too.
    pub(crate) fn counted(store: Arc<dyn Store>, cache_bytes: u64, metrics: Arc<Metrics>) -> Self {
        /// Most contracts are some ten kilobytes; the estimate only sizes the cache's tables.
        const USUAL_CONTRACT: u64 = 16 * 1024;
        let items = usize::try_from(cache_bytes / USUAL_CONTRACT).unwrap_or(usize::MAX).max(16);
        Self {
            store: Arc::new(Metered::new(store, Arc::clone(&metrics))),
            contracts: Arc::new(Cache::with_weighter(items, cache_bytes, ByBytes)),
            lines: Arc::default(),
            verdicts: Arc::default(),
            judgements: Arc::default(),
            known: Arc::default(),
            waiting: Arc::default(),
            policies: Arc::default(),
            webhooks: Arc::default(),
            issuer: Arc::from("/registry"),
            metrics,
        }
    }

    /// The same registry with other bounds for webhooks.
    #[must_use]
    pub fn with_webhooks(self, config: Webhooks) -> Self {
        Self { webhooks: Arc::new(webhooks::Shared::new(config)), ..self }
    }

    /// The same registry under another name in the grants that it signs.
    #[must_use]
    pub fn with_issuer(self, issuer: &str) -> Self {
        Self { issuer: Arc::from(issuer), ..self }
    }

    /// What is counted of it.
    pub(crate) fn metrics(&self) -> &Arc<Metrics> {
        &self.metrics
    }

    /// The time that the registry goes by.
    pub fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.store.now()
    }

    /// Whether the registry can do its work now.
    ///
    /// # Errors
    /// When its store does not answer.
    pub async fn ready(&self) -> Result<(), ServiceError> {
        self.store.ready().await.map_err(ServiceError::Store)
    }
}

/// Documents of more than this many bytes are read on a thread of their own, so that they hold up nobody else. Reading one of
/// this length takes half a millisecond; going to another thread and back costs a short one as much as reading it.
const LONG_DOCUMENT: usize = 32 * 1024;

/// Reads a document that somebody sent.
async fn read_document<T: Send + 'static>(
    document: Bytes,
    read: impl FnOnce(&str) -> Result<T, ServiceError> + Send + 'static,
) -> Result<T, ServiceError> {
    let short = document.len() <= LONG_DOCUMENT;
    let work = move || {
        let text = std::str::from_utf8(&document).map_err(|error| {
            let byte = error.valid_up_to();
            let line = document[..byte].iter().filter(|byte| **byte == b'\n').count() + 1;
            ServiceError::NotText { line, byte }
        })?;
        read(text)
    };
    if short {
        return work();
    }
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| ServiceError::Store(StoreError::unavailable(error)))?
}
