//! What publishing remembers of products: their revision and versions as they were seen last.
//!
//! Somebody else may have moved a product on meanwhile, another replica of the registry too. So nothing is answered from
//! memory alone: a commit that is decided on it succeeds only if the store still has that revision, and every other decision
//! is made again on what the store has.

use std::sync::Arc;

use mesh_contract::Address;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::{Registry, ServiceError};
use crate::store::{History, TenantId, Version};

/// So many versions of products are remembered, a few hundred bytes each.
const VERSIONS: u64 = 50_000;

/// The products that were published last.
#[derive(Debug)]
pub(super) struct Lines(Cache<(TenantId, Address), Arc<History>, ByVersions>);

#[derive(Debug, Clone)]
struct ByVersions;

impl Weighter<(TenantId, Address), Arc<History>> for ByVersions {
    fn weight(&self, _: &(TenantId, Address), history: &Arc<History>) -> u64 {
        1 + history.versions.len() as u64
    }
}

impl Default for Lines {
    fn default() -> Self {
        Self(Cache::with_weighter(4_096, VERSIONS, ByVersions))
    }
}

/// A product as a decision sees it.
pub(super) struct Seen {
    pub(super) history: Arc<History>,
    /// Whether it comes from the store just now.
    pub(super) fresh: bool,
}

impl Registry {
    /// A product as it was seen last, or as the store has it.
    pub(super) async fn line(&self, tenant: &TenantId, address: &Address) -> Result<Seen, ServiceError> {
        match self.lines.0.get(&(tenant.clone(), address.clone())) {
            Some(history) => Ok(Seen { history, fresh: false }),
            None => self.fresh_line(tenant, address).await,
        }
    }

    /// A product as the store has it.
    pub(super) async fn fresh_line(
        &self,
        tenant: &TenantId,
        address: &Address,
    ) -> Result<Seen, ServiceError> {
        let history = self.store.history(tenant, address).await.map_err(ServiceError::Store)?;
        let history = Arc::new(history);
        // Nobody is to fill the memory with products that there are not.
        if history.revision > 0 {
            self.lines.0.insert((tenant.clone(), address.clone()), Arc::clone(&history));
        }
        Ok(Seen { history, fresh: true })
    }

    /// Notes a version that was committed on what was seen.
    pub(super) fn advance_line(&self, tenant: &TenantId, address: &Address, seen: Seen, version: Version) {
        let key = (tenant.clone(), address.clone());
        let revision = seen.history.revision;
        // Taken out of the cache, it is usually nobody else's, so its versions need not be copied.
        drop(seen);
        let mut history = match self.lines.0.remove(&key) {
            Some((_, history)) if history.revision == revision => Arc::unwrap_or_clone(history),
            None if revision == 0 => History::default(),
            _ => return,
        };
        history.revision += 1;
        history.versions.retain(|entry| entry.version != version.version);
        history.versions.push(version);
        self.lines.0.insert(key, Arc::new(history));
    }
}
