//! What publishing remembers of products: their revision and versions as they were seen last, and what a next version is
//! judged against.
//!
//! Somebody else may have moved a product on meanwhile, another replica of the registry too. So nothing is answered from
//! memory alone: a commit that is decided on it succeeds only if the store still has that revision, and every other decision
//! is made again on what the store has.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use mesh_contract::judgement::{Earlier, Left, Prepared};
use mesh_contract::{Address, Contract, ContractVersion, Digest, Expectation};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::deployed::MOST;
use super::lifecycle::outlived;
use super::matrix::Matrix;
use super::{Registry, ServiceError, read_document};
use crate::store::{ContractKey, DeployedQuery, History, Stage, TenantId, Version};

/// So many bytes of contracts are remembered as they were sent; read, each takes some times as many.
const BYTES: u64 = 16 * 1024 * 1024;
/// What a version without its contract takes.
const VERSION: u64 = 256;

/// The products that were published last, and how often each is being published by this process.
#[derive(Debug)]
pub(super) struct Lines(Cache<(TenantId, Address), Arc<Line>, ByBytes>, UnderWay);

type UnderWay = Arc<Mutex<HashMap<(TenantId, Address), usize>>>;

/// A publish of this process that is being committed and noted.
pub(super) struct Publishing {
    key: (TenantId, Address),
    under_way: UnderWay,
}

impl Drop for Publishing {
    fn drop(&mut self) {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        match under_way.get_mut(&self.key) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(under_way.remove(&self.key)),
        }
    }
}

#[derive(Debug, Clone)]
struct ByBytes;

impl Weighter<(TenantId, Address), Arc<Line>> for ByBytes {
    fn weight(&self, _: &(TenantId, Address), line: &Arc<Line>) -> u64 {
        VERSION * (1 + line.history.versions.len() as u64)
            + line.against.as_ref().map_or(0, |against| against.weight)
    }
}

impl Lines {
    /// Forgets a product, so that who needs it next asks the store.
    pub(super) fn forget(&self, tenant: &TenantId, address: &Address) {
        self.0.remove(&(tenant.clone(), address.clone()));
    }

    /// Says that this process publishes a version of the product, until what this gives is dropped.
    pub(super) fn under_way(&self, tenant: &TenantId, address: &Address) -> Publishing {
        let key = (tenant.clone(), address.clone());
        let under_way = Arc::clone(&self.1);
        *under_way.lock().unwrap_or_else(PoisonError::into_inner).entry(key.clone()).or_default() += 1;
        Publishing { key, under_way }
    }

    /// Whether a version is this process's own: it is remembered with this content, or may be the one that is being committed.
    /// When that is another one after all, the commit finds that the product has moved on.
    pub(super) fn is_own(
        &self,
        tenant: &TenantId,
        address: &Address,
        version: &ContractVersion,
        digest: &Digest,
    ) -> bool {
        let key = (tenant.clone(), address.clone());
        // In this order: what is not under way any more is remembered.
        if self.1.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&key) {
            return true;
        }
        let line = self.0.get(&key);
        line.is_some_and(|line| {
            line.history.versions.iter().rev().any(|it| it.version == *version && it.digest == *digest)
        })
    }
}

impl Default for Lines {
    fn default() -> Self {
        Self(Cache::with_weighter(4_096, BYTES, ByBytes), UnderWay::default())
    }
}

/// A product at a revision. It never changes: what a cache weighs must not.
#[derive(Debug, Clone, Default)]
pub(super) struct Line {
    pub(super) history: Arc<History>,
    /// What a next version is judged against, once [`Registry::read_against`] has read it.
    pub(super) against: Option<Arc<Against>>,
}

/// What a next version is judged against.
#[derive(Debug, Clone, Default)]
pub(super) struct Against {
    /// Every released version, those that are retired among them: what they did goes on excusing what follows.
    pub(super) earlier: Earlier<'static>,
    /// Every expectation that is in force somewhere.
    pub(super) expectations: Vec<Expectation>,
    /// What all of these are known by: a digest of their digests, each taken in behind the one before.
    pub(super) seal: Option<Digest>,
    weight: u64,
}

impl Against {
    fn insert(&mut self, version: Arc<Prepared<'static>>, digest: Digest, bytes: usize) {
        self.weight += bytes as u64;
        self.seal_in(digest);
        self.earlier.insert(version);
    }

    fn seal_in(&mut self, digest: Digest) {
        let sealed = self.seal.map_or_else(String::new, |seal| seal.to_string());
        self.seal = Some(Digest::of_bytes(format!("{sealed}{digest}").as_bytes()));
    }
}

/// A product as a decision sees it.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) line: Arc<Line>,
    /// Whether it comes from the store just now.
    pub(super) fresh: bool,
}

impl Registry {
    /// A product as it was seen last, or as the store has it.
    pub(super) async fn line(&self, tenant: &TenantId, address: &Address) -> Result<Seen, ServiceError> {
        match self.metrics.lines.look(self.lines.0.get(&(tenant.clone(), address.clone()))) {
            Some(line) => Ok(Seen { line, fresh: false }),
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
        let line = Arc::new(Line { history: Arc::new(history), against: None });
        // Nobody is to fill the memory with products that there are not.
        if line.history.revision > 0 {
            self.lines.0.insert((tenant.clone(), address.clone()), Arc::clone(&line));
        }
        Ok(Seen { line, fresh: true })
    }

    /// Reads what a next version is judged against, unless that was done at this revision. It may come out newer than the
    /// revision, and then the commit finds that the product has moved on.
    pub(super) async fn read_against(
        &self,
        tenant: &TenantId,
        address: &Address,
        seen: &mut Seen,
    ) -> Result<(), ServiceError> {
        if seen.line.against.is_some() {
            return Ok(());
        }
        let mut against = Against::default();
        let now = self.store.now();
        for version in seen.line.history.versions.iter().filter(|it| it.stage == Stage::Released) {
            let stored = self.contract(tenant, &ContractKey::Digest(version.digest)).await?;
            let bytes = stored.document.len();
            let contract = read_document(stored.document, |text| Ok(Contract::read(text)?)).await?;
            // A day may pass before this is read anew. Until then records count that need not any more: too strict for a
            // while, and never too lax.
            let left =
                version.lifecycle.retired.as_ref().map(|retired| match outlived(retired, &contract, now) {
                    true => Left::Nothing,
                    false => Left::Records,
                });
            let mut prepared = Prepared::sealed(contract, version.promise);
            if let Some(left) = left {
                prepared = prepared.retired(left);
                against.seal_in(Digest::of_bytes(format!("{} {left:?}", version.digest).as_bytes()));
            }
            against.insert(Arc::new(prepared), version.digest, bytes);
        }
        for expectation in self.in_force(tenant, address).await? {
            against.seal_in(super::verdict::digest(&expectation)?);
            against.expectations.push(expectation);
        }
        let history = Arc::clone(&seen.line.history);
        seen.line = Arc::new(Line { history, against: Some(Arc::new(against)) });
        if seen.line.history.revision > 0 {
            self.lines.0.insert((tenant.clone(), address.clone()), Arc::clone(&seen.line));
        }
        Ok(())
    }

    /// Every expectation of a product that is in force somewhere, those of readers that were only seen to read among them.
    async fn in_force(&self, tenant: &TenantId, address: &Address) -> Result<Vec<Expectation>, ServiceError> {
        let registered = self.readers_of(tenant, address).await?;
        let query =
            DeployedQuery { readers_of: Some(address.clone()), limit: MOST, ..DeployedQuery::default() };
        let deployed = self.store.deployed(tenant, &query).await.map_err(ServiceError::Store)?;
        let deployed: Vec<_> = deployed.into_iter().map(|it| it.deployed).collect();
        let matrix = Matrix { registered: &registered, deployed: &deployed };
        Ok(matrix.everywhere().into_iter().cloned().collect())
    }

    /// Notes a version that was committed on what was seen.
    pub(super) fn advance_line(
        &self,
        tenant: &TenantId,
        address: &Address,
        seen: Seen,
        version: Version,
        contract: Arc<Prepared<'static>>,
        bytes: usize,
    ) {
        let key = (tenant.clone(), address.clone());
        let revision = seen.line.history.revision;
        // Taken out of the cache, it is usually nobody else's, so nothing of it need be copied.
        drop(seen);
        let mut line = match self.lines.0.remove(&key) {
            Some((_, line)) if line.history.revision == revision => Arc::unwrap_or_clone(line),
            None if revision == 0 => Line::default(),
            _ => return,
        };
        let history = Arc::make_mut(&mut line.history);
        history.revision += 1;
        history.owner = Some(contract.contract().domain.owner.clone());
        history.versions.retain(|entry| entry.version != version.version);
        history.versions.push(version.clone());
        if version.stage == Stage::Released
            && let Some(against) = &mut line.against
        {
            Arc::make_mut(against).insert(contract, version.digest, bytes);
        }
        self.lines.0.insert(key, Arc::new(line));
    }
}
