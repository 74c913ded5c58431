//! The embedded store: one SQLite file in WAL mode.
//!
//! One thread writes, several connections read. Everything acknowledged was synced before: the writer runs with
//! `synchronous=FULL`, under which SQLite syncs the log before a commit returns, and an answer leaves only after that.
//! Leases live in memory alone. They say who runs now, which no file knows better after a restart than the instances
//! themselves; they announce themselves again within a lease's length.

mod agreements;
mod audit;
mod events;
mod identity;
mod leases;
mod lifecycle;
mod matrix;
mod policy;
mod read;
mod readers;
mod row;
mod schema;
mod search_index;
mod snapshot;
mod tenants;
mod webhooks;
mod write;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use mesh_contract::wire::Announcement;
use mesh_contract::{Address, DomainName, Expectation};
use tokio::sync::watch;

use self::leases::Leases;
use self::readers::Readers;
use self::writer::Writer;
use super::clock::day_of;
use super::{
    AgreementChange, AgreementQuery, AgreementRecord, AgreementStore, Clock, Commit, ContractKey, Counts,
    Deployed, DeployedQuery, Deployment, DeploymentQuery, DomainQuery, DomainRecord, Edge, EdgeQuery, Event,
    EventKind, ExpectationKey, ExpectationQuery, FailedDelivery, History, NewSigningKey, ObservedRead,
    Ownership, OwnershipChange, PolicyChange, PolicyRecord, PolicyStore, Product, ProductOrder, ProductQuery,
    RecordedDeployment, RegisteredExpectation, Settled, SigningKeyRecord, Store, StoreError, StoredContract,
    TenantId, Turn, Version, Webhook, WebhookSettings,
};
use crate::lock::FolderLock;

pub use schema::OpenError;
#[cfg(feature = "postgres")]
pub(crate) use schema::open_writer;
pub(crate) use schema::see;
pub use snapshot::{Existing, SnapshotError, backup, restore};
#[cfg(feature = "postgres")]
pub(crate) use snapshot::{remove, sync_folder, unpack, verify};

/// The name of the database in a registry's folder.
pub const FILE: &str = "registry.db";

/// A store in one SQLite file.
#[derive(Debug)]
pub struct SqliteStore {
    path: PathBuf,
    clock: Arc<dyn Clock>,
    writer: Writer,
    readers: Readers,
    leases: Leases,
    /// Given back last, when the database is closed.
    _folder: FolderLock,
}

impl SqliteStore {
    /// Opens the store in a folder, and makes it when it is new.
    ///
    /// # Errors
    /// When another process has the folder, or when the file cannot be opened, is no registry's, or was written by a later
    /// release.
    pub fn open(folder: &Path, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let held = FolderLock::take(folder)?;
        let path = folder.join(FILE);
        let connection = schema::open_writer(&path)?;
        let readers = Readers::open(&path)?;
        let writer = Writer::start(connection).map_err(|source| OpenError::Thread { source })?;
        Ok(Self { path, clock, writer, readers, leases: Leases::default(), _folder: held })
    }

    /// How many transactions were committed and synced since the store was opened. Several writes that wait at the same
    /// time share one.
    pub fn commits(&self) -> u64 {
        self.writer.commits()
    }

    /// The database file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn history(&self, tenant: &TenantId, address: &Address) -> Result<History, StoreError> {
        let (tenant, address) = (tenant.clone(), address.clone());
        self.readers.run(move |connection| read::history(connection, &tenant, &address)).await
    }

    async fn commit(&self, tenant: &TenantId, commit: Commit) -> Result<Version, StoreError> {
        let (tenant, now) = (tenant.clone(), self.now());
        self.writer.run(move |connection| write::commit(connection, &tenant, &commit, now)).await
    }

    async fn contract(&self, tenant: &TenantId, key: &ContractKey) -> Result<StoredContract, StoreError> {
        let (tenant, key) = (tenant.clone(), key.clone());
        self.readers.run(move |connection| read::contract(connection, &tenant, &key)).await
    }

    async fn turn(&self, tenant: &TenantId, turn: Turn) -> Result<(), StoreError> {
        let (tenant, now) = (tenant.clone(), self.now());
        self.writer.run(move |connection| lifecycle::turn(connection, &tenant, &turn, now)).await
    }

    async fn turned(
        &self,
        tenant: &TenantId,
        after: Option<&Address>,
        limit: usize,
    ) -> Result<Vec<Address>, StoreError> {
        let (tenant, after) = (tenant.clone(), after.cloned());
        self.readers
            .run(move |connection| lifecycle::turned(connection, &tenant, after.as_ref(), limit))
            .await
    }

    async fn ownership(&self, tenant: &TenantId, domain: &DomainName) -> Result<Ownership, StoreError> {
        let (tenant, domain) = (tenant.clone(), domain.clone());
        self.readers.run(move |connection| lifecycle::ownership(connection, &tenant, &domain)).await
    }

    async fn change_ownership(
        &self,
        tenant: &TenantId,
        change: OwnershipChange,
    ) -> Result<Ownership, StoreError> {
        let (tenant, now) = (tenant.clone(), self.now());
        self.writer
            .run(move |connection| lifecycle::change_ownership(connection, &tenant, &change, now))
            .await
    }

    async fn products(&self, tenant: &TenantId, query: &ProductQuery) -> Result<Vec<Product>, StoreError> {
        if matches!(query.order, ProductOrder::Relevance { .. }) {
            self.writer.catch_up().await?;
        }
        let (owned, query) = (tenant.clone(), query.clone());
        let mut products =
            self.readers.run(move |connection| read::products(connection, &owned, &query)).await?;
        self.leases.count_live(tenant, &mut products, self.now());
        Ok(products)
    }

    async fn domains(&self, tenant: &TenantId, query: &DomainQuery) -> Result<Vec<DomainRecord>, StoreError> {
        let (tenant, query) = (tenant.clone(), query.clone());
        self.readers.run(move |connection| read::domains(connection, &tenant, &query)).await
    }

    async fn counts(&self, tenant: &TenantId) -> Result<Counts, StoreError> {
        let owned = tenant.clone();
        let counts = self.readers.run(move |connection| read::counts(connection, &owned)).await?;
        Ok(Counts { live: self.leases.live(tenant, self.now()), ..counts })
    }

    async fn put_expectation(
        &self,
        tenant: &TenantId,
        expectation: Expectation,
        request_id: Option<String>,
    ) -> Result<RegisteredExpectation, StoreError> {
        let (tenant, now) = (tenant.clone(), self.now());
        self.writer
            .run(move |connection| {
                matrix::put_expectation(connection, &tenant, &expectation, request_id.as_deref(), now)
            })
            .await
    }

    async fn remove_expectations(
        &self,
        tenant: &TenantId,
        key: &ExpectationKey,
        request_id: Option<String>,
    ) -> Result<usize, StoreError> {
        let (tenant, key, now) = (tenant.clone(), key.clone(), self.now());
        self.writer
            .run(move |connection| {
                matrix::remove_expectations(connection, &tenant, &key, request_id.as_deref(), now)
            })
            .await
    }

    async fn expectations(
        &self,
        tenant: &TenantId,
        query: &ExpectationQuery,
    ) -> Result<Vec<RegisteredExpectation>, StoreError> {
        let (tenant, query) = (tenant.clone(), query.clone());
        self.readers.run(move |connection| matrix::expectations(connection, &tenant, &query)).await
    }

    async fn put_deployed(
        &self,
        tenant: &TenantId,
        deployed: Deployed,
        request_id: Option<String>,
    ) -> Result<RecordedDeployment, StoreError> {
        let (tenant, now) = (tenant.clone(), self.now());
        self.writer
            .run(move |connection| {
                matrix::put_deployed(connection, &tenant, &deployed, request_id.as_deref(), now)
            })
            .await
    }

    async fn remove_deployed(
        &self,
        tenant: &TenantId,
        deployed: &Deployed,
        request_id: Option<String>,
    ) -> Result<bool, StoreError> {
        let (tenant, deployed, now) = (tenant.clone(), deployed.clone(), self.now());
        self.writer
            .run(move |connection| {
                matrix::remove_deployed(connection, &tenant, &deployed, request_id.as_deref(), now)
            })
            .await
    }

    async fn deployed(
        &self,
        tenant: &TenantId,
        query: &DeployedQuery,
    ) -> Result<Vec<RecordedDeployment>, StoreError> {
        let (tenant, query) = (tenant.clone(), query.clone());
        self.readers.run(move |connection| matrix::deployed(connection, &tenant, &query)).await
    }

    async fn edges(&self, tenant: &TenantId, query: &EdgeQuery) -> Result<Vec<Edge>, StoreError> {
        let (tenant, query) = (tenant.clone(), query.clone());
        self.readers.run(move |connection| read::edges(connection, &tenant, &query)).await
    }

    async fn renew(
        &self,
        tenant: &TenantId,
        instance: &str,
        announcement: Announcement,
    ) -> Result<(), StoreError> {
        self.leases.renew(tenant, instance, announcement, self.now())
    }

    async fn release(&self, tenant: &TenantId, instance: &str, epoch: u64) -> Result<(), StoreError> {
        self.leases.release(tenant, instance, epoch, self.now())
    }

    async fn deployments(
        &self,
        tenant: &TenantId,
        query: &DeploymentQuery,
    ) -> Result<Vec<Deployment>, StoreError> {
        Ok(self.leases.list(tenant, query, self.now()))
    }

    async fn events(&self, tenant: &TenantId, after: u64, limit: usize) -> Result<Vec<Event>, StoreError> {
        let tenant = tenant.clone();
        self.readers.run(move |connection| events::after(connection, &tenant, after, limit)).await
    }

    async fn latest_events(
        &self,
        tenant: &TenantId,
        kind: Option<&EventKind>,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        let (tenant, kind) = (tenant.clone(), kind.cloned());
        self.readers.run(move |connection| events::latest(connection, &tenant, kind.as_ref(), limit)).await
    }

    async fn put_webhook(
        &self,
        tenant: &TenantId,
        name: &str,
        settings: WebhookSettings,
        request_id: Option<String>,
    ) -> Result<Webhook, StoreError> {
        let (tenant, name, now) = (tenant.clone(), name.to_owned(), self.now());
        self.writer
            .run(move |connection| {
                webhooks::put(connection, &tenant, &name, &settings, request_id.as_deref(), now)
            })
            .await
    }

    async fn webhooks(&self, tenant: &TenantId) -> Result<Vec<Webhook>, StoreError> {
        let tenant = tenant.clone();
        self.readers.run(move |connection| webhooks::list(connection, &tenant)).await
    }

    async fn remove_webhook(
        &self,
        tenant: &TenantId,
        name: &str,
        request_id: Option<String>,
    ) -> Result<bool, StoreError> {
        let (tenant, name, now) = (tenant.clone(), name.to_owned(), self.now());
        self.writer
            .run(move |connection| webhooks::remove(connection, &tenant, &name, request_id.as_deref(), now))
            .await
    }

    async fn claim_webhook(
        &self,
        tenant: &TenantId,
        name: &str,
        owner: &str,
        length: TimeDelta,
    ) -> Result<Option<Webhook>, StoreError> {
        let (tenant, name, owner, now) = (tenant.clone(), name.to_owned(), owner.to_owned(), self.now());
        self.writer
            .run(move |connection| webhooks::claim(connection, &tenant, &name, &owner, length, now))
            .await
    }

    async fn settle_webhook(
        &self,
        tenant: &TenantId,
        name: &str,
        owner: &str,
        settled: Settled,
    ) -> Result<bool, StoreError> {
        let (tenant, name, owner) = (tenant.clone(), name.to_owned(), owner.to_owned());
        self.writer
            .run(move |connection| webhooks::settle(connection, &tenant, &name, &owner, &settled))
            .await
    }

    async fn failed_deliveries(
        &self,
        tenant: &TenantId,
        name: &str,
        after: u64,
        limit: usize,
        again: bool,
    ) -> Result<Vec<FailedDelivery>, StoreError> {
        let (tenant, name) = (tenant.clone(), name.to_owned());
        self.readers
            .run(move |connection| webhooks::failed(connection, &tenant, &name, after, limit, again))
            .await
    }

    async fn resend_failed(
        &self,
        tenant: &TenantId,
        name: &str,
        sequence: Option<u64>,
    ) -> Result<usize, StoreError> {
        let (tenant, name) = (tenant.clone(), name.to_owned());
        self.writer.run(move |connection| webhooks::resend(connection, &tenant, &name, sequence)).await
    }

    fn woken(&self) -> watch::Receiver<()> {
        self.writer.woken()
    }

    /// As exactly as the database keeps it.
    fn now(&self) -> DateTime<Utc> {
        self.clock.now().trunc_subsecs(6)
    }

    async fn ready(&self) -> Result<(), StoreError> {
        if !self.writer.is_running() {
            return Err(StoreError::unavailable("the writer has stopped"));
        }
        self.readers.run(read::ready).await
    }
}

#[async_trait]
impl AgreementStore for SqliteStore {
    async fn change_agreements(&self, tenant: &TenantId, change: AgreementChange) -> Result<(), StoreError> {
        let (tenant, now) = (tenant.clone(), self.now());
        self.writer
            .run(move |connection| agreements::change(connection, &tenant, &change, day_of(now), now))
            .await
    }

    async fn agreements(
        &self,
        tenant: &TenantId,
        query: &AgreementQuery,
    ) -> Result<Vec<AgreementRecord>, StoreError> {
        let (tenant, query) = (tenant.clone(), query.clone());
        self.readers.run(move |connection| agreements::list(connection, &tenant, &query)).await
    }

    async fn signing_keys(&self, tenant: &TenantId) -> Result<Vec<SigningKeyRecord>, StoreError> {
        let tenant = tenant.clone();
        self.readers.run(move |connection| agreements::signing_keys(connection, &tenant)).await
    }

    async fn add_signing_key(&self, tenant: &TenantId, key: NewSigningKey) -> Result<(), StoreError> {
        let (tenant, now) = (tenant.clone(), self.now());
        self.writer
            .run(move |connection| agreements::add_signing_key(connection, &tenant, &key, day_of(now), now))
            .await
    }

    async fn revoked_grants(
        &self,
        tenant: &TenantId,
        provider: &DomainName,
    ) -> Result<Vec<String>, StoreError> {
        let (tenant, provider, today) = (tenant.clone(), provider.clone(), day_of(self.now()));
        self.readers.run(move |connection| agreements::revoked(connection, &tenant, &provider, today)).await
    }

    async fn observe(
        &self,
        tenant: &TenantId,
        seen: Vec<ObservedRead>,
        request_id: Option<String>,
    ) -> Result<usize, StoreError> {
        let (tenant, now) = (tenant.clone(), self.now());
        self.writer
            .run(move |connection| {
                agreements::observe(connection, &tenant, &seen, request_id.as_deref(), now)
            })
            .await
    }

    async fn observed(&self, tenant: &TenantId, address: &Address) -> Result<Vec<ObservedRead>, StoreError> {
        let (tenant, address) = (tenant.clone(), address.clone());
        self.readers.run(move |connection| agreements::observed(connection, &tenant, &address)).await
    }
}

#[async_trait]
impl PolicyStore for SqliteStore {
    async fn policies(&self, tenant: &TenantId) -> Result<Option<PolicyRecord>, StoreError> {
        Ok(self.policy_history(tenant, None, 1).await?.pop())
    }

    async fn set_policies(
        &self,
        tenant: &TenantId,
        change: PolicyChange,
    ) -> Result<PolicyRecord, StoreError> {
        let (tenant, now) = (tenant.clone(), self.now());
        self.writer.run(move |connection| policy::set(connection, &tenant, &change, now)).await
    }

    async fn policy_history(
        &self,
        tenant: &TenantId,
        below: Option<u64>,
        limit: usize,
    ) -> Result<Vec<PolicyRecord>, StoreError> {
        let tenant = tenant.clone();
        self.readers.run(move |connection| policy::history(connection, &tenant, below, limit)).await
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            rusqlite::Error::QueryReturnedNoRows => Self::NotFound,
            error if is_full(&error) => Self::NoSpace,
            error => Self::unavailable(error),
        }
    }
}

/// Whether the disk has no room for what was to be written.
fn is_full(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull)
}
