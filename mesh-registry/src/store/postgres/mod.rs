//! A store in PostgreSQL, for registries that several processes serve.
//!
//! Everything is in the database, leases too, so a process keeps nothing that another one lacks, and any number of them
//! serve the same database. A write is one transaction; it was synced when it is acknowledged. Which of two commits to a
//! product comes first is decided by who has the product's row, and time is told by the database's clock.

mod agreements;
mod audit;
mod connect;
mod deployed;
mod domains;
mod expectations;
mod failure;
mod feed;
mod head;
mod identity;
mod leases;
mod lifecycle;
mod listen;
mod policy;
mod read;
mod reader;
mod row;
mod run;
mod schema;
pub(crate) mod search_index;
mod statement;
mod tenants;
mod time;
mod tls;
mod wall;
mod webhooks;
mod write;

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use deadpool_postgres::{Client, Pool};
use mesh_contract::wire::Announcement;
use mesh_contract::{Address, DomainName, Expectation};
use tokio::sync::watch;

use self::failure::Work;
use self::listen::Listener;
use self::run::run;
use self::time::Time;
use self::wall::{Side, Told};
use super::clock::day_of;
use super::{
    AgreementChange, AgreementQuery, AgreementRecord, AgreementStore, Clock, Commit, ContractKey, Counts,
    Deployed, DeployedQuery, Deployment, DeploymentQuery, DomainQuery, DomainRecord, Edge, EdgeQuery, Event,
    EventKind, ExpectationKey, ExpectationQuery, FailedDelivery, History, NewSigningKey, ObservedRead,
    Ownership, OwnershipChange, PolicyChange, PolicyRecord, PolicyStore, Product, ProductQuery,
    RecordedDeployment, RegisteredExpectation, Settled, SigningKeyRecord, Store, StoreError, StoredContract,
    TenantId, Turn, Version, Webhook, WebhookSettings,
};
use crate::config::Config;
use crate::store_url::StoreUrl;

pub use schema::OpenError;

/// Sees that this release can use a database, and changes nothing.
pub(crate) async fn probe(url: &StoreUrl) -> Result<(), OpenError> {
    let pool = connect::pool(url, &Arc::new(Time::new(None)), 1, Side::Owner)?;
    let mut client = schema::first(&pool, url).await?;
    schema::usable(&mut client, url).await
}

/// A connection for work on everything at once, to a database of this release's schema, which is made where `make` says so.
pub(crate) async fn connect(url: &StoreUrl, make: bool) -> Result<Client, OpenError> {
    let pool = connect::pool(url, &Arc::new(Time::new(None)), 1, Side::Owner)?;
    let mut client = schema::first(&pool, url).await?;
    if make {
        schema::migrate(&mut client, url).await?;
    } else {
        schema::see(&mut client, url).await?;
    }
    Ok(client)
}

/// Gives a number to every event that was committed before.
pub(crate) async fn give_numbers(client: &mut Client) -> Result<(), StoreError> {
    Ok(feed::give_numbers(client).await?)
}

/// A store in a PostgreSQL database.
#[derive(Debug)]
pub struct PostgresStore {
    pool: Pool,
    told: Told,
    time: Arc<Time>,
    listener: Listener,
}

impl PostgresStore {
    /// Connects to a database and brings its schema to this release. Several may do so at once. Time is told by the
    /// database, unless another clock is given, as tests do.
    ///
    /// # Errors
    /// When the database does not answer, is not a registry's, or was brought to a schema by a later release that this one
    /// cannot live with.
    pub async fn open(url: &StoreUrl, clock: Option<Arc<dyn Clock>>) -> Result<Self, OpenError> {
        Self::open_with(url, clock, Config::default().pool).await
    }

    /// As [`PostgresStore::open`], with so many connections at most.
    ///
    /// # Errors
    /// As [`PostgresStore::open`].
    pub async fn open_with(
        url: &StoreUrl,
        clock: Option<Arc<dyn Clock>>,
        connections: usize,
    ) -> Result<Self, OpenError> {
        let time = Arc::new(Time::new(clock));
        let owning = connect::pool(url, &time, 1, Side::Owner)?;
        let mut owner = schema::first(&owning, url).await?;
        schema::migrate(&mut owner, url).await?;
        drop(owner);
        owning.close();
        let pool = connect::pool(url, &time, connections, Side::Walled)?;
        drop(schema::first(&pool, url).await?);
        Ok(Self { pool, told: Told::default(), time, listener: Listener::start(url.clone()) })
    }

    /// The pool, for the counters.
    pub(crate) fn watched(&self) -> crate::metrics::Pool {
        let pool = self.pool.clone();
        crate::metrics::Pool::new(move || {
            let deadpool_postgres::Status { max_size, size, available, waiting } = pool.status();
            crate::metrics::PoolStatus { most: max_size, open: size, idle: available, waiting }
        })
    }

    async fn client(&self) -> Result<Client, StoreError> {
        self.pool.get().await.map_err(StoreError::unavailable)
    }
}

#[async_trait]
impl Store for PostgresStore {
    async fn history(&self, tenant: &TenantId, address: &Address) -> Result<History, StoreError> {
        run!(self, tenant, Work::Repeatable, client => read::history(client, tenant, address))
    }

    async fn commit(&self, tenant: &TenantId, commit: Commit) -> Result<Version, StoreError> {
        let at = self.time.given();
        let version = run!(self, tenant, Work::Once, client => write::commit(client, tenant, &commit, at))?;
        self.time.hear(version.published_at);
        Ok(version)
    }

    async fn contract(&self, tenant: &TenantId, key: &ContractKey) -> Result<StoredContract, StoreError> {
        run!(self, tenant, Work::Repeatable, client => read::contract(client, tenant, key))
    }

    async fn turn(&self, tenant: &TenantId, turn: Turn) -> Result<(), StoreError> {
        let at = self.time.given();
        run!(self, tenant, Work::Once, client => lifecycle::turn(client, tenant, &turn, at))
    }

    async fn turned(
        &self,
        tenant: &TenantId,
        after: Option<&Address>,
        limit: usize,
    ) -> Result<Vec<Address>, StoreError> {
        run!(self, tenant, Work::Repeatable, client => lifecycle::turned(client, tenant, after, limit))
    }

    async fn ownership(&self, tenant: &TenantId, domain: &DomainName) -> Result<Ownership, StoreError> {
        run!(self, tenant, Work::Repeatable, client => lifecycle::ownership(client, tenant, domain))
    }

    async fn change_ownership(
        &self,
        tenant: &TenantId,
        change: OwnershipChange,
    ) -> Result<Ownership, StoreError> {
        let (now, at) = (self.now(), self.time.given());
        run!(self, tenant, Work::Once, client =>
            lifecycle::change_ownership(client, tenant, &change, now, at))
    }

    async fn products(&self, tenant: &TenantId, query: &ProductQuery) -> Result<Vec<Product>, StoreError> {
        let at = self.time.given();
        run!(self, tenant, Work::Repeatable, client => read::products(client, tenant, query, at))
    }

    async fn domains(&self, tenant: &TenantId, query: &DomainQuery) -> Result<Vec<DomainRecord>, StoreError> {
        run!(self, tenant, Work::Repeatable, client => domains::domains(client, tenant, query))
    }

    async fn counts(&self, tenant: &TenantId) -> Result<Counts, StoreError> {
        let at = self.time.given();
        run!(self, tenant, Work::Repeatable, client => read::counts(client, tenant, at))
    }

    async fn put_expectation(
        &self,
        tenant: &TenantId,
        expectation: Expectation,
        request_id: Option<String>,
    ) -> Result<RegisteredExpectation, StoreError> {
        let (at, request_id) = (self.time.given(), request_id.as_deref());
        run!(self, tenant, Work::Once, client =>
            expectations::put_expectation(client, tenant, &expectation, request_id, at))
    }

    async fn remove_expectations(
        &self,
        tenant: &TenantId,
        key: &ExpectationKey,
        request_id: Option<String>,
    ) -> Result<usize, StoreError> {
        let (at, request_id) = (self.time.given(), request_id.as_deref());
        run!(self, tenant, Work::Once, client =>
            expectations::remove_expectations(client, tenant, key, request_id, at))
    }

    async fn expectations(
        &self,
        tenant: &TenantId,
        query: &ExpectationQuery,
    ) -> Result<Vec<RegisteredExpectation>, StoreError> {
        run!(self, tenant, Work::Repeatable, client => expectations::expectations(client, tenant, query))
    }

    async fn put_deployed(
        &self,
        tenant: &TenantId,
        deployed: Deployed,
        request_id: Option<String>,
    ) -> Result<RecordedDeployment, StoreError> {
        let (at, request_id) = (self.time.given(), request_id.as_deref());
        run!(self, tenant, Work::Once, client =>
            deployed::put_deployed(client, tenant, &deployed, request_id, at))
    }

    async fn remove_deployed(
        &self,
        tenant: &TenantId,
        deployed: &Deployed,
        request_id: Option<String>,
    ) -> Result<bool, StoreError> {
        let (at, request_id) = (self.time.given(), request_id.as_deref());
        run!(self, tenant, Work::Once, client =>
            deployed::remove_deployed(client, tenant, deployed, request_id, at))
    }

    async fn deployed(
        &self,
        tenant: &TenantId,
        query: &DeployedQuery,
    ) -> Result<Vec<RecordedDeployment>, StoreError> {
        run!(self, tenant, Work::Repeatable, client => deployed::deployed(client, tenant, query))
    }

    async fn edges(&self, tenant: &TenantId, query: &EdgeQuery) -> Result<Vec<Edge>, StoreError> {
        run!(self, tenant, Work::Repeatable, client => read::edges(client, tenant, query))
    }

    async fn renew(
        &self,
        tenant: &TenantId,
        instance: &str,
        announcement: Announcement,
    ) -> Result<(), StoreError> {
        let at = self.time.given();
        run!(self, tenant, Work::Repeatable, client => leases::renew(client, tenant, instance, &announcement, at))
    }

    async fn release(&self, tenant: &TenantId, instance: &str, epoch: u64) -> Result<(), StoreError> {
        let at = self.time.given();
        run!(self, tenant, Work::Repeatable, client => leases::release(client, tenant, instance, epoch, at))
    }

    async fn deployments(
        &self,
        tenant: &TenantId,
        query: &DeploymentQuery,
    ) -> Result<Vec<Deployment>, StoreError> {
        let at = self.time.given();
        run!(self, tenant, Work::Repeatable, client => leases::list(client, tenant, query, at))
    }

    async fn events(&self, tenant: &TenantId, after: u64, limit: usize) -> Result<Vec<Event>, StoreError> {
        run!(self, tenant, Work::Repeatable, client => feed::after(client, tenant, after, limit))
    }

    async fn latest_events(
        &self,
        tenant: &TenantId,
        kind: Option<&EventKind>,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        run!(self, tenant, Work::Repeatable, client => feed::latest(client, tenant, kind, limit))
    }

    async fn put_webhook(
        &self,
        tenant: &TenantId,
        name: &str,
        settings: WebhookSettings,
        request_id: Option<String>,
    ) -> Result<Webhook, StoreError> {
        let (at, request_id) = (self.time.given(), request_id.as_deref());
        run!(self, tenant, Work::Repeatable, client =>
            webhooks::put(client, tenant, name, &settings, request_id, at))
    }

    async fn webhooks(&self, tenant: &TenantId) -> Result<Vec<Webhook>, StoreError> {
        run!(self, tenant, Work::Repeatable, client => webhooks::list(client, tenant))
    }

    async fn remove_webhook(
        &self,
        tenant: &TenantId,
        name: &str,
        request_id: Option<String>,
    ) -> Result<bool, StoreError> {
        let (at, request_id) = (self.time.given(), request_id.as_deref());
        run!(self, tenant, Work::Once, client => webhooks::remove(client, tenant, name, request_id, at))
    }

    async fn claim_webhook(
        &self,
        tenant: &TenantId,
        name: &str,
        owner: &str,
        length: TimeDelta,
    ) -> Result<Option<Webhook>, StoreError> {
        let at = self.time.given();
        run!(self, tenant, Work::Repeatable, client => webhooks::claim(client, tenant, name, owner, length, at))
    }

    async fn settle_webhook(
        &self,
        tenant: &TenantId,
        name: &str,
        owner: &str,
        settled: Settled,
    ) -> Result<bool, StoreError> {
        run!(self, tenant, Work::Repeatable, client => webhooks::settle(client, tenant, name, owner, &settled))
    }

    async fn failed_deliveries(
        &self,
        tenant: &TenantId,
        name: &str,
        after: u64,
        limit: usize,
        again: bool,
    ) -> Result<Vec<FailedDelivery>, StoreError> {
        run!(self, tenant, Work::Repeatable, client => webhooks::failed(client, tenant, name, after, limit, again))
    }

    async fn resend_failed(
        &self,
        tenant: &TenantId,
        name: &str,
        sequence: Option<u64>,
    ) -> Result<usize, StoreError> {
        run!(self, tenant, Work::Repeatable, client => webhooks::resend(client, tenant, name, sequence))
    }

    fn woken(&self) -> watch::Receiver<()> {
        self.listener.woken()
    }

    fn now(&self) -> DateTime<Utc> {
        self.time.now()
    }

    async fn ready(&self) -> Result<(), StoreError> {
        // Of no tenant, and every process has the default one.
        let shown = run!(self, &TenantId::default(), Work::Repeatable, client => read::time(client))?;
        self.time.hear(shown);
        Ok(())
    }
}

#[async_trait]
impl AgreementStore for PostgresStore {
    async fn change_agreements(&self, tenant: &TenantId, change: AgreementChange) -> Result<(), StoreError> {
        let (today, at) = (day_of(self.now()), self.time.given());
        run!(self, tenant, Work::Once, client => agreements::change(client, tenant, &change, today, at))
    }

    async fn agreements(
        &self,
        tenant: &TenantId,
        query: &AgreementQuery,
    ) -> Result<Vec<AgreementRecord>, StoreError> {
        run!(self, tenant, Work::Repeatable, client => agreements::list(client, tenant, query))
    }

    async fn signing_keys(&self, tenant: &TenantId) -> Result<Vec<SigningKeyRecord>, StoreError> {
        run!(self, tenant, Work::Repeatable, client => agreements::signing_keys(client, tenant))
    }

    async fn add_signing_key(&self, tenant: &TenantId, key: NewSigningKey) -> Result<(), StoreError> {
        let (today, at) = (day_of(self.now()), self.time.given());
        run!(self, tenant, Work::Once, client => agreements::add_signing_key(client, tenant, &key, today, at))
    }

    async fn revoked_grants(
        &self,
        tenant: &TenantId,
        provider: &DomainName,
    ) -> Result<Vec<String>, StoreError> {
        let today = day_of(self.now());
        run!(self, tenant, Work::Repeatable, client => agreements::revoked(client, tenant, provider, today))
    }

    async fn observe(
        &self,
        tenant: &TenantId,
        seen: Vec<ObservedRead>,
        request_id: Option<String>,
    ) -> Result<usize, StoreError> {
        let (at, request_id) = (self.time.given(), request_id.as_deref());
        run!(self, tenant, Work::Once, client => agreements::observe(client, tenant, &seen, request_id, at))
    }

    async fn observed(&self, tenant: &TenantId, address: &Address) -> Result<Vec<ObservedRead>, StoreError> {
        run!(self, tenant, Work::Repeatable, client => agreements::observed(client, tenant, address))
    }
}

#[async_trait]
impl PolicyStore for PostgresStore {
    async fn policies(&self, tenant: &TenantId) -> Result<Option<PolicyRecord>, StoreError> {
        Ok(self.policy_history(tenant, None, 1).await?.pop())
    }

    async fn set_policies(
        &self,
        tenant: &TenantId,
        change: PolicyChange,
    ) -> Result<PolicyRecord, StoreError> {
        let at = self.time.given();
        let record = run!(self, tenant, Work::Once, client => policy::set(client, tenant, &change, at))?;
        self.time.hear(record.set_at);
        Ok(record)
    }

    async fn policy_history(
        &self,
        tenant: &TenantId,
        below: Option<u64>,
        limit: usize,
    ) -> Result<Vec<PolicyRecord>, StoreError> {
        run!(self, tenant, Work::Repeatable, client => policy::history(client, tenant, below, limit))
    }
}
