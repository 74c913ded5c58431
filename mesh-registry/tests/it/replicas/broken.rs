//! Stores that are broken on purpose, around one that is not: what a proof does not find out, it does not prove. None of this
//! is in the product.

use std::collections::HashMap;
use std::pin::Pin;
use std::str::FromStr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use mesh_contract::wire::{Announcement, AuditBatch, AuditRecord, Holding};
use mesh_contract::{Address, DomainName, Expectation};
use mesh_registry::store::{
    AgreementChange, AgreementQuery, AgreementRecord, AgreementStore, AuditStore, Commit, ContractKey,
    Counts, Credential, CredentialQuery, Deployed, DeployedQuery, Deployment, DeploymentQuery, DomainQuery,
    DomainRecord, Edge, EdgeQuery, Event, EventKind, ExpectationKey, ExpectationQuery, FailedDelivery,
    History, IdentityStore, Known, Members, Membership, NewSigningKey, ObservedRead, Ownership,
    OwnershipChange, PolicyChange, PolicyRecord, PolicyStore, Product, ProductQuery, RecordedDeployment,
    RegisteredExpectation, Removal, Settled, SigningKeyRecord, Store, StoreError, StoredContract, TenantId,
    TenantStore, Turn, Version, Webhook, WebhookSettings,
};
use tokio::sync::watch;

/// What is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// A commit does not ask whether the product still has the revision that was decided on.
    LostUpdate,
    /// A commit is acknowledged first and done later.
    EarlyAck,
    /// The process dies when a commit is done and before it is acknowledged.
    DieAfterCommit,
    /// Every other look at a product is answered with what it was at the look before.
    StaleRead,
}

impl Fault {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::LostUpdate => "lost-update",
            Self::EarlyAck => "early-ack",
            Self::DieAfterCommit => "die-after-commit",
            Self::StaleRead => "stale-read",
        }
    }
}

impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let all = [Self::LostUpdate, Self::EarlyAck, Self::DieAfterCommit, Self::StaleRead];
        all.into_iter().find(|fault| fault.name() == text).ok_or_else(|| format!("`{text}` is no fault"))
    }
}

/// Something that happens at an awkward moment.
type Meanwhile = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A store with a fault.
pub(crate) struct Broken {
    inner: Arc<dyn Store>,
    fault: Option<Fault>,
    seen: Mutex<HashMap<Address, History>>,
    before_readers: Mutex<Option<Meanwhile>>,
}

impl std::fmt::Debug for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Broken").field("fault", &self.fault).finish_non_exhaustive()
    }
}

impl Broken {
    pub(crate) fn new(inner: Arc<dyn Store>, fault: Fault) -> Self {
        Self { inner, fault: Some(fault), seen: Mutex::default(), before_readers: Mutex::default() }
    }

    /// A store that is whole, and before which this happens when readers are asked for the first time.
    pub(crate) fn before_readers(
        inner: Arc<dyn Store>,
        happens: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        let before_readers = Mutex::new(Some(Box::pin(happens) as Meanwhile));
        Self { inner, fault: None, seen: Mutex::default(), before_readers }
    }

    async fn looked_at(&self, tenant: &TenantId, address: &Address) -> Result<History, StoreError> {
        let before = match self.fault {
            Some(Fault::StaleRead) => self.seen.lock().expect("no panic").remove(address),
            _ => None,
        };
        if let Some(before) = before {
            return Ok(before);
        }
        let now = self.inner.history(tenant, address).await?;
        if self.fault == Some(Fault::StaleRead) {
            self.seen.lock().expect("no panic").insert(address.clone(), now.clone());
        }
        Ok(now)
    }

    async fn committed(&self, tenant: &TenantId, mut commit: Commit) -> Result<Version, StoreError> {
        match self.fault {
            None | Some(Fault::StaleRead) => self.inner.commit(tenant, commit).await,
            Some(Fault::DieAfterCommit) => {
                self.inner.commit(tenant, commit).await?;
                std::process::abort();
            }
            Some(Fault::LostUpdate) => loop {
                // Others come between the decision and the commit more often than they do by themselves.
                tokio::time::sleep(Duration::from_millis(20)).await;
                commit.revision = self.inner.history(tenant, &commit.address).await?.revision;
                match self.inner.commit(tenant, commit.clone()).await {
                    Err(StoreError::Conflict { .. }) => {}
                    done => break done,
                }
            },
            Some(Fault::EarlyAck) => {
                let (inner, tenant) = (Arc::clone(&self.inner), tenant.clone());
                let version = Version {
                    version: commit.version.clone(),
                    digest: commit.digest,
                    promise: commit.promise,
                    stage: commit.stage,
                    published_at: self.inner.now(),
                    lifecycle: commit.lifecycle.clone(),
                };
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    drop(inner.commit(&tenant, commit).await);
                });
                Ok(version)
            }
        }
    }
}

/// Writes the implementation of a trait of stores that hands on everything but what is its own.
macro_rules! handing_on {
    ($trait:ident for $type:ty, { $($own:tt)* }, $(fn $name:ident($($argument:ident: $of:ty),*) -> $answer:ty;)*) => {
        #[async_trait]
        impl $trait for $type {
            $($own)*

            $(async fn $name(&self, tenant: &TenantId, $($argument: $of),*) -> Result<$answer, StoreError> {
                self.inner.$name(tenant, $($argument),*).await
            })*
        }
    };
}

#[async_trait]
impl TenantStore for Broken {
    async fn tenants(&self) -> Result<Vec<TenantId>, StoreError> {
        self.inner.tenants().await
    }

    async fn add_tenant(&self, tenant: &TenantId) -> Result<bool, StoreError> {
        self.inner.add_tenant(tenant).await
    }

    async fn remove_tenant(&self, tenant: &TenantId) -> Result<bool, StoreError> {
        self.inner.remove_tenant(tenant).await
    }
}

handing_on! {
    AgreementStore for Broken,
    {},
    fn change_agreements(change: AgreementChange) -> ();
    fn agreements(query: &AgreementQuery) -> Vec<AgreementRecord>;
    fn signing_keys() -> Vec<SigningKeyRecord>;
    fn add_signing_key(key: NewSigningKey) -> ();
    fn revoked_grants(provider: &DomainName) -> Vec<String>;
    fn observe(seen: Vec<ObservedRead>, request_id: Option<String>) -> usize;
    fn observed(address: &Address) -> Vec<ObservedRead>;
}

handing_on! {
    AuditStore for Broken,
    {},
    fn seal(records: Vec<AuditRecord>) -> AuditBatch;
    fn audit_batches(after: u64, limit: usize) -> Vec<AuditBatch>;
    fn latest_audit_batches(before: Option<u64>, limit: usize) -> Vec<AuditBatch>;
}

handing_on! {
    IdentityStore for Broken,
    {},
    fn put_first_administrator(membership: Membership, credential: Credential) -> bool;
    fn put_credential(credential: Credential, request_id: Option<String>) -> ();
    fn credential(id: &str) -> Option<Known>;
    fn credentials(query: &CredentialQuery) -> Vec<Credential>;
    fn remove_credential(id: &str, by: &str, request_id: Option<String>) -> bool;
    fn touch_credential(id: &str) -> ();
    fn put_member(membership: Membership, request_id: Option<String>) -> bool;
    fn remove_member(principal: &str, holding: &Holding, by: &str, request_id: Option<String>) -> Removal;
    fn members(whose: &Members) -> Vec<Membership>;
}

handing_on! {
    Store for Broken,
    {
        async fn history(&self, tenant: &TenantId, address: &Address) -> Result<History, StoreError> {
            self.looked_at(tenant, address).await
        }

        async fn commit(&self, tenant: &TenantId, commit: Commit) -> Result<Version, StoreError> {
            self.committed(tenant, commit).await
        }

        async fn expectations(
            &self,
            tenant: &TenantId,
            query: &ExpectationQuery,
        ) -> Result<Vec<RegisteredExpectation>, StoreError> {
            let happens = self.before_readers.lock().expect("no panic").take();
            if let Some(happens) = happens {
                happens.await;
            }
            self.inner.expectations(tenant, query).await
        }

        fn woken(&self) -> watch::Receiver<()> {
            self.inner.woken()
        }

        fn now(&self) -> DateTime<Utc> {
            self.inner.now()
        }

        async fn ready(&self) -> Result<(), StoreError> {
            self.inner.ready().await
        }
    },
    fn contract(key: &ContractKey) -> StoredContract;
    fn products(query: &ProductQuery) -> Vec<Product>;
    fn domains(query: &DomainQuery) -> Vec<DomainRecord>;
    fn counts() -> Counts;
    fn put_expectation(expectation: Expectation, request_id: Option<String>) -> RegisteredExpectation;
    fn remove_expectations(key: &ExpectationKey, request_id: Option<String>) -> usize;
    fn put_deployed(deployed: Deployed, request_id: Option<String>) -> RecordedDeployment;
    fn remove_deployed(deployed: &Deployed, request_id: Option<String>) -> bool;
    fn deployed(query: &DeployedQuery) -> Vec<RecordedDeployment>;
    fn edges(query: &EdgeQuery) -> Vec<Edge>;
    fn renew(instance: &str, announcement: Announcement) -> ();
    fn release(instance: &str, epoch: u64) -> ();
    fn deployments(query: &DeploymentQuery) -> Vec<Deployment>;
    fn turn(turn: Turn) -> ();
    fn turned(after: Option<&Address>, limit: usize) -> Vec<Address>;
    fn ownership(domain: &DomainName) -> Ownership;
    fn change_ownership(change: OwnershipChange) -> Ownership;
    fn events(after: u64, limit: usize) -> Vec<Event>;
    fn latest_events(kind: Option<&EventKind>, limit: usize) -> Vec<Event>;
    fn put_webhook(name: &str, settings: WebhookSettings, request_id: Option<String>) -> Webhook;
    fn webhooks() -> Vec<Webhook>;
    fn remove_webhook(name: &str, request_id: Option<String>) -> bool;
    fn claim_webhook(name: &str, owner: &str, length: TimeDelta) -> Option<Webhook>;
    fn settle_webhook(name: &str, owner: &str, settled: Settled) -> bool;
    fn failed_deliveries(name: &str, after: u64, limit: usize, again: bool) -> Vec<FailedDelivery>;
    fn resend_failed(name: &str, sequence: Option<u64>) -> usize;
}

#[async_trait]
impl PolicyStore for Broken {
    async fn policies(&self, tenant: &TenantId) -> Result<Option<PolicyRecord>, StoreError> {
        self.inner.policies(tenant).await
    }

    async fn set_policies(
        &self,
        tenant: &TenantId,
        change: PolicyChange,
    ) -> Result<PolicyRecord, StoreError> {
        self.inner.set_policies(tenant, change).await
    }

    async fn policy_history(
        &self,
        tenant: &TenantId,
        below: Option<u64>,
        limit: usize,
    ) -> Result<Vec<PolicyRecord>, StoreError> {
        self.inner.policy_history(tenant, below, limit).await
    }
}
