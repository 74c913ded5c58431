//! What the platform asks of every product: setting it, trying it, and holding a publish to it.
//!
//! A process remembers the policies of each tenant, read and compiled. It forgets them when the feed tells that others were
//! set, and looks again after some seconds in any case. A publish is held to the policies that count when it is decided on; what
//! was published before stays, and the page of policies names what breaks them now.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use mesh_contract::contract::Input;
use mesh_contract::wire::{
    Page, Policies, PoliciesRevision, PoliciesTrial, PolicyFinding, ProductFindings, SetPolicies,
};
use mesh_contract::{Address, Contract, ContractVersion, Day, Digest};
use mesh_policy::{InputFacts, PolicyErrors, PolicySet, ProductFacts, Verdict};

use super::lookup::rfc3339;
use super::{Registry, ServiceError, Window};
use crate::store::{
    ContractKey, History, PolicyChange, PolicyRecord, ProductOrder, ProductQuery, Stage, StoreError,
    TenantId, Version,
};

/// What was found of so many products is told one by one; all of them are counted.
const MOST_TOLD: usize = 1_000;
/// So many products are read at once.
const PAGE: usize = 200;
/// After so long the store is asked whether other policies were set, if the feed has told nothing.
const REMEMBERED: Duration = Duration::from_secs(5);

/// The policies that count for a tenant.
#[derive(Debug)]
pub struct PoliciesInForce {
    /// Their number; 0 where none were ever set.
    pub revision: u64,
    /// The digest of the document.
    pub digest: Digest,
    /// The document.
    pub document: String,
    /// Ready to be asked.
    pub set: PolicySet,
    /// What they find in everything, as of a place in the feed and a day.
    found: Mutex<Option<(u64, Day, Arc<PoliciesTrial>)>>,
}

/// What a process remembers.
#[derive(Debug, Default)]
pub(super) struct Remembered {
    by_tenant: Mutex<HashMap<TenantId, (Arc<PoliciesInForce>, Instant)>>,
}

impl Remembered {
    fn get(&self, tenant: &TenantId) -> Option<Arc<PoliciesInForce>> {
        let by_tenant = self.by_tenant.lock().unwrap_or_else(PoisonError::into_inner);
        let (policies, since) = by_tenant.get(tenant)?;
        (since.elapsed() < REMEMBERED).then(|| Arc::clone(policies))
    }

    /// Keeps what was read, unless something later is known already.
    fn put(&self, tenant: &TenantId, policies: &Arc<PoliciesInForce>) {
        let mut by_tenant = self.by_tenant.lock().unwrap_or_else(PoisonError::into_inner);
        let later = |(known, _): &(Arc<PoliciesInForce>, Instant)| known.revision > policies.revision;
        if !by_tenant.get(tenant).is_some_and(later) {
            by_tenant.insert(tenant.clone(), (Arc::clone(policies), Instant::now()));
        }
    }

    pub(super) fn forget(&self, tenant: &TenantId) {
        self.by_tenant.lock().unwrap_or_else(PoisonError::into_inner).remove(tenant);
    }

    /// What is known although it may be old: compiling the same again would be for nothing.
    fn old(&self, tenant: &TenantId) -> Option<Arc<PoliciesInForce>> {
        let by_tenant = self.by_tenant.lock().unwrap_or_else(PoisonError::into_inner);
        by_tenant.get(tenant).map(|(policies, _)| Arc::clone(policies))
    }
}

impl Registry {
    /// The policies that count for a tenant, ready to be asked.
    ///
    /// # Errors
    /// When the store does not answer, or holds what this release does not read; then nothing is published either.
    pub async fn policies(&self, tenant: &TenantId) -> Result<Arc<PoliciesInForce>, ServiceError> {
        if let Some(known) = self.policies.get(tenant) {
            return Ok(known);
        }
        let old = self.policies.old(tenant);
        let record = self.store.policies(tenant).await.map_err(ServiceError::Store)?;
        let revision = record.as_ref().map_or(0, |record| record.revision);
        let policies = match old.filter(|old| old.revision == revision) {
            Some(same) => same,
            None => Arc::new(in_force(record)?),
        };
        self.policies.put(tenant, &policies);
        Ok(policies)
    }

    /// The policies that count, as a body.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn show_policies(&self, tenant: &TenantId) -> Result<Policies, ServiceError> {
        Ok(told(self.store.policies(tenant).await.map_err(ServiceError::Store)?))
    }

    /// Every set that was ever set, the last first.
    ///
    /// # Errors
    /// When the window continues no page.
    pub async fn policy_history(
        &self,
        tenant: &TenantId,
        window: &Window,
    ) -> Result<Page<PoliciesRevision>, ServiceError> {
        let below = window.after()?;
        let records = self.store.policy_history(tenant, below, window.limit() + 1).await;
        let revisions = records.map_err(ServiceError::Store)?.into_iter().map(|record| PoliciesRevision {
            revision: record.revision,
            digest: record.digest,
            set_by: record.set_by,
            set_at: rfc3339(record.set_at),
        });
        Ok(window.page(revisions.collect(), |last: &PoliciesRevision| last.revision.to_string()))
    }

    /// Sets policies in place of those that the caller has seen. The same document again changes nothing.
    ///
    /// # Errors
    /// When the document has mistakes, or others were set meanwhile.
    pub async fn set_policies(
        &self,
        tenant: &TenantId,
        set: SetPolicies,
        by: &str,
        request_id: Option<String>,
    ) -> Result<Policies, ServiceError> {
        let SetPolicies { document, revision } = set;
        let policies = read(&document)?;
        let digest = Digest::of_bytes(document.as_bytes());
        let standing = self.store.policies(tenant).await.map_err(ServiceError::Store)?;
        if standing.as_ref().is_some_and(|standing| standing.digest == digest) {
            return Ok(told(standing));
        }
        let change = PolicyChange { revision, document, digest, set_by: by.to_owned(), request_id };
        match self.store.set_policies(tenant, change).await {
            Ok(record) => {
                tracing::info!(%tenant, revision = record.revision, %digest, by, "other policies hold from now on");
                let in_force = PoliciesInForce {
                    revision: record.revision,
                    digest,
                    document: record.document.clone(),
                    set: policies,
                    found: Mutex::default(),
                };
                self.policies.put(tenant, &Arc::new(in_force));
                Ok(told(Some(record)))
            }
            Err(StoreError::Conflict { current }) => Err(ServiceError::WrongState {
                message: format!(
                    "the policies are at revision {current} and not at {revision}, for somebody has set others meanwhile; look at them with `mesh policy show`, and set yours again"
                ),
            }),
            Err(error) => Err(ServiceError::Store(error)),
        }
    }

    /// What policies would find in every product, without setting them.
    ///
    /// # Errors
    /// When the document has mistakes.
    pub async fn try_policies(
        &self,
        tenant: &TenantId,
        document: &str,
    ) -> Result<PoliciesTrial, ServiceError> {
        let policies = read(document)?;
        self.try_all(tenant, &policies).await
    }

    /// What the policies that count find in every product now.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn policy_findings(&self, tenant: &TenantId) -> Result<Arc<PoliciesTrial>, ServiceError> {
        let policies = self.policies(tenant).await?;
        let newest = self.newest_event(tenant).await.map_err(ServiceError::Store)?;
        let today = self.today();
        let known = policies.found.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((at, day, found)) = known
            && (at, day) == (newest, today)
        {
            return Ok(found);
        }
        let found = Arc::new(self.try_all(tenant, &policies.set).await?);
        let mut known = policies.found.lock().unwrap_or_else(PoisonError::into_inner);
        *known = Some((newest, today, Arc::clone(&found)));
        Ok(found)
    }

    async fn try_all(&self, tenant: &TenantId, policies: &PolicySet) -> Result<PoliciesTrial, ServiceError> {
        let mut trial = PoliciesTrial { products: 0, refused: 0, findings: Vec::new() };
        let mut after: Option<Address> = None;
        loop {
            let order = ProductOrder::Address { after };
            let query = ProductQuery { order, limit: PAGE, ..ProductQuery::default() };
            let products = self.store.products(tenant, &query).await.map_err(ServiceError::Store)?;
            let full = products.len() == PAGE;
            after = products.last().map(|product| product.address.clone());
            for product in products {
                let key = ContractKey::Version(product.address.clone(), product.version.clone());
                let contract = self.contract(tenant, &key).await?.read()?;
                let verdict = self.verdict(tenant, policies, &contract).await?;
                trial.products += 1;
                trial.refused += u64::from(verdict.refuses());
                if !verdict.findings.is_empty() && trial.findings.len() < MOST_TOLD {
                    let Verdict { findings } = verdict;
                    let (address, version) = (product.address, product.version);
                    trial.findings.push(ProductFindings { address, version, findings });
                }
                // Others wait for this thread too.
                tokio::task::yield_now().await;
            }
            if !full {
                return Ok(trial);
            }
        }
    }

    /// What policies say of a contract.
    pub(super) async fn verdict(
        &self,
        tenant: &TenantId,
        policies: &PolicySet,
        contract: &Contract,
    ) -> Result<Verdict, ServiceError> {
        if policies.is_empty() {
            return Ok(Verdict::default());
        }
        let mut inputs = Vec::new();
        for input in &contract.inputs {
            inputs.push(self.input_facts(tenant, input).await?);
        }
        Ok(policies.product(&ProductFacts::of(contract), &inputs, self.today()))
    }

    /// What is known of an input: the version that its requirement comes to, and what has become of that.
    async fn input_facts(&self, tenant: &TenantId, input: &Input) -> Result<InputFacts, ServiceError> {
        let History { versions, .. } =
            self.store.history(tenant, &input.address).await.map_err(ServiceError::Store)?;
        let taken: Vec<&Version> =
            versions.iter().filter(|it| input.requirement.matches(&it.version)).collect();
        let released = || taken.iter().copied().filter(|it| it.stage == Stage::Released);
        // What is gone is known to be gone.
        let newest = || released().max_by_key(|it| &it.version);
        let Some(version) = super::lifecycle::preferred(released()).or_else(newest) else {
            return Ok(InputFacts::of(input, None, false, false));
        };
        let contract = self.contract(tenant, &ContractKey::Digest(version.digest)).await?.read()?;
        let (deprecated, retired) = (&version.lifecycle.deprecated, &version.lifecycle.retired);
        Ok(InputFacts::of(input, Some(&contract), deprecated.is_some(), retired.is_some()))
    }
}

/// Holds a release to what was found. A draft is told and goes on.
pub(super) fn hold(
    address: &Address,
    version: &ContractVersion,
    stage: Stage,
    verdict: Verdict,
) -> Result<Vec<PolicyFinding>, ServiceError> {
    if stage == Stage::Released && verdict.refuses() {
        let (address, version) = (address.clone(), version.clone());
        return Err(ServiceError::Policy { address, version, findings: verdict.findings });
    }
    Ok(verdict.findings)
}

/// Reads a document that somebody sent, and tries its examples.
fn read(document: &str) -> Result<PolicySet, ServiceError> {
    let wrong = |errors: PolicyErrors| ServiceError::PolicyMistakes { errors };
    let policies = PolicySet::platform(document).map_err(wrong)?;
    policies.prove().map_err(wrong)?;
    Ok(policies)
}

fn in_force(record: Option<PolicyRecord>) -> Result<PoliciesInForce, ServiceError> {
    let Some(PolicyRecord { revision, document, digest, .. }) = record else {
        return Ok(PoliciesInForce {
            revision: 0,
            digest: Digest::of_bytes(b""),
            document: String::new(),
            set: PolicySet::default(),
            found: Mutex::default(),
        });
    };
    // It was read when it was set: this release is an earlier one, or the store is damaged.
    let set = PolicySet::platform(&document)
        .map_err(|errors| ServiceError::Store(StoreError::unavailable(errors)))?;
    Ok(PoliciesInForce { revision, digest, document, set, found: Mutex::default() })
}

fn told(record: Option<PolicyRecord>) -> Policies {
    match record {
        None => Policies {
            revision: 0,
            digest: Digest::of_bytes(b""),
            document: String::new(),
            set_by: None,
            set_at: None,
        },
        Some(PolicyRecord { revision, document, digest, set_by, set_at }) => {
            Policies { revision, digest, document, set_by: Some(set_by), set_at: Some(rfc3339(set_at)) }
        }
    }
}
