//! What a registry keeps, behind one small trait that each backend implements.
//!
//! A store decides nothing. It keeps what the service tells it, finds it again, and refuses a write whose premises no
//! longer hold. What it promises beyond the signatures is what [`conformance`] checks. Every method takes the tenant, so
//! no caller can forget it, and nothing that one tenant wrote is seen by another.

mod clock;
pub mod conformance;
mod error;
mod metered;
mod model;
#[cfg(feature = "postgres")]
pub mod postgres;
pub mod sqlite;
mod tenant;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use mesh_contract::wire::Announcement;
use mesh_contract::{Address, Expectation};

pub use clock::{Clock, ManualClock, SystemClock};
pub use error::StoreError;
pub(crate) use metered::Metered;
pub use model::{
    Change, Commit, ContractKey, Counts, Deployed, DeployedQuery, Deployment, DeploymentQuery, DomainQuery,
    DomainRecord, Edge, EdgeQuery, ExpectationKey, ExpectationQuery, Head, History, InputRecord, Product,
    ProductOrder, ProductQuery, RecordedDeployment, RegisteredExpectation, ServiceRecord, Stage,
    StoredContract, Version,
};
pub use tenant::{TenantError, TenantId};

/// How many hours an instance is remembered after its lease has run out, so that pages can tell what stopped.
const REMEMBERED_HOURS: i32 = 24;
/// How many leases a tenant has at most. Somebody who makes names up must not fill the store.
const LEASES: usize = 10_000;

/// A backend.
#[async_trait]
pub trait Store: std::fmt::Debug + Send + Sync + 'static {
    /// The revision of a product and every version of it, in no order. A product that nobody published has revision 0 and
    /// no version.
    async fn history(&self, tenant: &TenantId, address: &Address) -> Result<History, StoreError>;

    /// Writes a version with its contract, its audit record and its change event, all or none, if the product still has
    /// the revision that the caller decided on; it has the next one after it. Once this returns, the version survives a loss
    /// of power.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the revision has moved; [`StoreError::AlreadyExists`] when the version is released
    /// already.
    async fn commit(&self, tenant: &TenantId, commit: Commit) -> Result<Version, StoreError>;

    /// A contract, by version or by digest. Digests of drafts that were replaced stay readable.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    async fn contract(&self, tenant: &TenantId, key: &ContractKey) -> Result<StoredContract, StoreError>;

    /// Products in the order asked for.
    async fn products(&self, tenant: &TenantId, query: &ProductQuery) -> Result<Vec<Product>, StoreError>;

    /// Domains by name, each with its own services and those that others share with it.
    async fn domains(&self, tenant: &TenantId, query: &DomainQuery) -> Result<Vec<DomainRecord>, StoreError>;

    /// What there is of each sort, counted.
    async fn counts(&self, tenant: &TenantId) -> Result<Counts, StoreError>;

    /// Registers what a reader relies on under its [`ExpectationKey`], in place of what it relied on before. When that is
    /// news, the product moves on by a revision, so that no publish is committed that was decided on without it.
    async fn put_expectation(
        &self,
        tenant: &TenantId,
        expectation: Expectation,
        request_id: Option<String>,
    ) -> Result<RegisteredExpectation, StoreError>;

    /// Forgets what a reader relies on, and says how many registrations that were.
    async fn remove_expectations(
        &self,
        tenant: &TenantId,
        key: &ExpectationKey,
        request_id: Option<String>,
    ) -> Result<usize, StoreError>;

    /// Registered readers, by consumer, product, environment and purpose.
    async fn expectations(
        &self,
        tenant: &TenantId,
        query: &ExpectationQuery,
    ) -> Result<Vec<RegisteredExpectation>, StoreError>;

    /// Records that something runs somewhere, in place of another version of its line. When that is news, the products that
    /// it reads move on by a revision, as they do with an expectation.
    async fn put_deployed(
        &self,
        tenant: &TenantId,
        deployed: Deployed,
        request_id: Option<String>,
    ) -> Result<RecordedDeployment, StoreError>;

    /// Takes back that exactly this runs there, and says whether it was recorded.
    async fn remove_deployed(
        &self,
        tenant: &TenantId,
        deployed: &Deployed,
        request_id: Option<String>,
    ) -> Result<bool, StoreError>;

    /// What is recorded to run, by environment, subject and line.
    async fn deployed(
        &self,
        tenant: &TenantId,
        query: &DeployedQuery,
    ) -> Result<Vec<RecordedDeployment>, StoreError>;

    /// The steps of lineage that enter or leave some products: inputs that newest versions declare, and registered readers.
    async fn edges(&self, tenant: &TenantId, query: &EdgeQuery) -> Result<Vec<Edge>, StoreError>;

    /// Announces an instance or renews its lease, counted from now by the store's clock. A lease need not survive a loss of
    /// power: whoever runs announces itself again.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] with the present epoch when that is later; [`StoreError::Full`].
    async fn renew(
        &self,
        tenant: &TenantId,
        instance: &str,
        announcement: Announcement,
    ) -> Result<(), StoreError>;

    /// Ends a lease. Ending one that nobody holds is no error.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] with the present epoch when that is later.
    async fn release(&self, tenant: &TenantId, instance: &str, epoch: u64) -> Result<(), StoreError>;

    /// Deployments by instance.
    async fn deployments(
        &self,
        tenant: &TenantId,
        query: &DeploymentQuery,
    ) -> Result<Vec<Deployment>, StoreError>;

    /// The change events behind a sequence number, oldest first.
    async fn changes(&self, tenant: &TenantId, after: u64, limit: usize) -> Result<Vec<Change>, StoreError>;

    /// The last change events, newest first.
    async fn latest_changes(&self, tenant: &TenantId, limit: usize) -> Result<Vec<Change>, StoreError>;

    /// The time by the store's clock, which every time stamp and lease is judged by.
    fn now(&self) -> DateTime<Utc>;

    /// Whether the store answers.
    async fn ready(&self) -> Result<(), StoreError>;
}
