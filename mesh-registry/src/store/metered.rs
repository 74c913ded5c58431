//! Any store, with the time of each operation counted and a span around it. It keeps every promise of the store within.

use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use mesh_contract::wire::{Announcement, AuditBatch, AuditRecord, Holding};
use mesh_contract::{Address, DomainName, Expectation};
use tokio::sync::watch;
use tracing::Instrument as _;

use super::{
    AgreementChange, AgreementQuery, AgreementRecord, AgreementStore, AuditStore, Commit, ContractKey,
    Counts, Credential, CredentialQuery, Deployed, DeployedQuery, Deployment, DeploymentQuery, DomainQuery,
    DomainRecord, Edge, EdgeQuery, Event, EventKind, ExpectationKey, ExpectationQuery, FailedDelivery,
    History, IdentityStore, Known, Members, Membership, NewSigningKey, ObservedRead, Ownership,
    OwnershipChange, PolicyChange, PolicyRecord, PolicyStore, Product, ProductQuery, RecordedDeployment,
    RegisteredExpectation, Removal, Settled, SigningKeyRecord, Store, StoreError, StoredContract, TenantId,
    TenantStore, Turn, Version, Webhook, WebhookSettings,
};
use crate::metrics::Metrics;

/// A store whose operations are counted.
#[derive(Debug)]
pub(crate) struct Metered {
    store: Arc<dyn Store>,
    metrics: Arc<Metrics>,
}

impl Metered {
    pub(crate) fn new(store: Arc<dyn Store>, metrics: Arc<Metrics>) -> Self {
        Self { store, metrics }
    }

    async fn counted<T>(
        &self,
        method: &'static str,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let started = Instant::now();
        let span = tracing::debug_span!("store", otel.name = method);
        let done = work.instrument(span).await;
        let result = match &done {
            Ok(_) => "ok",
            Err(StoreError::Unavailable(_) | StoreError::NoSpace) => "failed",
            Err(_) => "refused",
        };
        self.metrics.operation(method, result, started);
        done
    }
}

#[async_trait]
impl TenantStore for Metered {
    async fn tenants(&self) -> Result<Vec<TenantId>, StoreError> {
        self.counted("tenants", self.store.tenants()).await
    }

    async fn add_tenant(&self, tenant: &TenantId) -> Result<bool, StoreError> {
        self.counted("add_tenant", self.store.add_tenant(tenant)).await
    }

    async fn remove_tenant(&self, tenant: &TenantId) -> Result<bool, StoreError> {
        self.counted("remove_tenant", self.store.remove_tenant(tenant)).await
    }
}

/// Every operation of a trait that takes a tenant, and whatever else the trait has.
macro_rules! counted {
    ($trait:ident { $($other:tt)* } $($method:ident($($argument:ident: $type:ty),*) -> $done:ty;)*) => {
        #[async_trait]
        impl $trait for Metered {
            $(async fn $method(&self, tenant: &TenantId, $($argument: $type),*) -> Result<$done, StoreError> {
                self.counted(stringify!($method), self.store.$method(tenant, $($argument),*)).await
            })*

            $($other)*
        }
    };
}

counted! {
    AgreementStore {}
    change_agreements(change: AgreementChange) -> ();
    agreements(query: &AgreementQuery) -> Vec<AgreementRecord>;
    signing_keys() -> Vec<SigningKeyRecord>;
    add_signing_key(key: NewSigningKey) -> ();
    revoked_grants(provider: &DomainName) -> Vec<String>;
    observe(seen: Vec<ObservedRead>, request_id: Option<String>) -> usize;
    observed(address: &Address) -> Vec<ObservedRead>;
}

counted! {
    AuditStore {}
    seal(records: Vec<AuditRecord>) -> AuditBatch;
    audit_batches(after: u64, limit: usize) -> Vec<AuditBatch>;
    latest_audit_batches(before: Option<u64>, limit: usize) -> Vec<AuditBatch>;
}

counted! {
    IdentityStore {}
    put_first_administrator(membership: Membership, credential: Credential) -> bool;
    put_credential(credential: Credential, request_id: Option<String>) -> ();
    credential(id: &str) -> Option<Known>;
    credentials(query: &CredentialQuery) -> Vec<Credential>;
    remove_credential(id: &str, by: &str, request_id: Option<String>) -> bool;
    touch_credential(id: &str) -> ();
    put_member(membership: Membership, request_id: Option<String>) -> bool;
    remove_member(principal: &str, holding: &Holding, by: &str, request_id: Option<String>) -> Removal;
    members(whose: &Members) -> Vec<Membership>;
}

counted! {
    Store {
        fn woken(&self) -> watch::Receiver<()> {
            self.store.woken()
        }

        fn now(&self) -> DateTime<Utc> {
            self.store.now()
        }

        async fn ready(&self) -> Result<(), StoreError> {
            self.counted("ready", self.store.ready()).await
        }
    }
    history(address: &Address) -> History;
    commit(commit: Commit) -> Version;
    contract(key: &ContractKey) -> StoredContract;
    products(query: &ProductQuery) -> Vec<Product>;
    domains(query: &DomainQuery) -> Vec<DomainRecord>;
    counts() -> Counts;
    put_expectation(expectation: Expectation, request_id: Option<String>) -> RegisteredExpectation;
    remove_expectations(key: &ExpectationKey, request_id: Option<String>) -> usize;
    expectations(query: &ExpectationQuery) -> Vec<RegisteredExpectation>;
    put_deployed(deployed: Deployed, request_id: Option<String>) -> RecordedDeployment;
    remove_deployed(deployed: &Deployed, request_id: Option<String>) -> bool;
    deployed(query: &DeployedQuery) -> Vec<RecordedDeployment>;
    edges(query: &EdgeQuery) -> Vec<Edge>;
    renew(instance: &str, announcement: Announcement) -> ();
    release(instance: &str, epoch: u64) -> ();
    deployments(query: &DeploymentQuery) -> Vec<Deployment>;
    turn(turn: Turn) -> ();
    turned(after: Option<&Address>, limit: usize) -> Vec<Address>;
    ownership(domain: &DomainName) -> Ownership;
    change_ownership(change: OwnershipChange) -> Ownership;
    events(after: u64, limit: usize) -> Vec<Event>;
    latest_events(kind: Option<&EventKind>, limit: usize) -> Vec<Event>;
    put_webhook(name: &str, settings: WebhookSettings, request_id: Option<String>) -> Webhook;
    webhooks() -> Vec<Webhook>;
    remove_webhook(name: &str, request_id: Option<String>) -> bool;
    claim_webhook(name: &str, owner: &str, length: TimeDelta) -> Option<Webhook>;
    settle_webhook(name: &str, owner: &str, settled: Settled) -> bool;
    failed_deliveries(name: &str, after: u64, limit: usize, again: bool) -> Vec<FailedDelivery>;
    resend_failed(name: &str, sequence: Option<u64>) -> usize;
}

#[async_trait]
impl PolicyStore for Metered {
    async fn policies(&self, tenant: &TenantId) -> Result<Option<PolicyRecord>, StoreError> {
        self.counted("policies", self.store.policies(tenant)).await
    }

    async fn set_policies(
        &self,
        tenant: &TenantId,
        change: PolicyChange,
    ) -> Result<PolicyRecord, StoreError> {
        self.counted("set_policies", self.store.set_policies(tenant, change)).await
    }

    async fn policy_history(
        &self,
        tenant: &TenantId,
        below: Option<u64>,
        limit: usize,
    ) -> Result<Vec<PolicyRecord>, StoreError> {
        self.counted("policy_history", self.store.policy_history(tenant, below, limit)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::ManualClock;
    use crate::store::sqlite::SqliteStore;

    async fn open() -> Option<(Arc<dyn Store>, Arc<ManualClock>, tempfile::TempDir)> {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(ManualClock::default());
        let store = SqliteStore::open(folder.path(), Arc::clone(&clock) as _).expect("a store");
        let metered = Metered::new(Arc::new(store), Arc::new(Metrics::new()));
        Some((Arc::new(metered), clock, folder))
    }

    crate::store_conformance!(open);
}
