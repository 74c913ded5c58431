//! What a registry keeps, behind one small trait that each backend implements.
//!
//! A store decides nothing. It keeps what the service tells it, finds it again, and refuses a write whose premises no
//! longer hold. What it promises beyond the signatures is what [`conformance`] checks. Every method takes the tenant, so
//! no caller can forget it, and nothing that one tenant wrote is seen by another.

mod agreement;
mod audit;
mod clock;
pub mod conformance;
mod error;
mod event;
mod identity;
mod lifecycle;
mod metered;
mod model;
mod policy;
#[cfg(feature = "postgres")]
pub mod postgres;
pub mod sqlite;
mod tenant;
mod tenants;
mod webhook;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use mesh_contract::wire::Announcement;
use mesh_contract::{Address, DomainName, Expectation};
use tokio::sync::watch;

pub use agreement::{
    AgreementChange, AgreementQuery, AgreementRecord, AgreementStore, NewSigningKey, ObservedRead,
    RevokedGrant, SigningKeyRecord, SigningSecret,
};
pub use audit::AuditStore;
pub use clock::{Clock, ManualClock, SystemClock, day_of};
pub use error::StoreError;
pub use event::{Event, EventKind, NewEvent};
pub use identity::{
    Credential, CredentialKind, CredentialKindError, CredentialQuery, IdentityStore, Known, Members,
    Membership, Removal,
};
pub use lifecycle::{Deprecated, Lifecycle, Ownership, OwnershipChange, Retired, Shown, Turn, Withheld};
pub(crate) use metered::Metered;
pub use model::{
    Commit, ContractKey, Counts, Deployed, DeployedQuery, Deployment, DeploymentQuery, DomainQuery,
    DomainRecord, Edge, EdgeQuery, ExpectationKey, ExpectationQuery, Head, History, InputRecord, Product,
    ProductOrder, ProductQuery, RecordedDeployment, RegisteredExpectation, ServiceRecord, Stage,
    StoredContract, Version,
};
pub use policy::{PolicyChange, PolicyRecord, PolicyStore};
pub use tenant::{TenantError, TenantId};
pub use tenants::TenantStore;
pub use webhook::{
    FailedDelivery, FormerSecret, Settled, Webhook, WebhookSecret, WebhookSettings, WebhookState,
};

/// How many hours an instance is remembered after its lease has run out, so that pages can tell what stopped.
const REMEMBERED_HOURS: i32 = 24;
/// How many leases a tenant has at most. Somebody who makes names up must not fill the store.
const LEASES: usize = 10_000;

/// A backend.
#[async_trait]
pub trait Store: AgreementStore + AuditStore + IdentityStore + PolicyStore + TenantStore {
    /// The revision of a product and every version of it, in no order. A product that nobody published has revision 0 and
    /// no version.
    async fn history(&self, tenant: &TenantId, address: &Address) -> Result<History, StoreError>;

    /// Writes a version with its contract, its audit record and its event, all or none, if the product still has
    /// the revision that the caller decided on; it has the next one after it. Once this returns, the version survives a loss
    /// of power.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the revision has moved; [`StoreError::AlreadyExists`] when the version is released
    /// already; [`StoreError::OwnedBy`] when it makes a product in a domain that somebody else owns.
    async fn commit(&self, tenant: &TenantId, commit: Commit) -> Result<Version, StoreError>;

    /// A contract, by version or by digest. Digests of drafts that were replaced stay readable.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    async fn contract(&self, tenant: &TenantId, key: &ContractKey) -> Result<StoredContract, StoreError>;

    /// Writes what has become of versions, with its audit record and its event, all or none, if the product still has the
    /// revision that the caller decided on; it has the next one after it. Documents are not touched.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the revision has moved; [`StoreError::NotFound`] when there is no such version.
    async fn turn(&self, tenant: &TenantId, turn: Turn) -> Result<(), StoreError>;

    /// Products of which something has become of some version, by address, behind one.
    async fn turned(
        &self,
        tenant: &TenantId,
        after: Option<&Address>,
        limit: usize,
    ) -> Result<Vec<Address>, StoreError>;

    /// Who owns a domain, and to whom it was offered.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when no product of it was ever committed.
    async fn ownership(&self, tenant: &TenantId, domain: &DomainName) -> Result<Ownership, StoreError>;

    /// Changes who owns a domain, or to whom it is offered, with its audit record and its event, if it still is what the caller
    /// decided on. A new owner moves every product of the domain on by a revision, so that no publish is committed that was
    /// decided on the former one.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it has changed; [`StoreError::NotFound`].
    async fn change_ownership(
        &self,
        tenant: &TenantId,
        change: OwnershipChange,
    ) -> Result<Ownership, StoreError>;

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

    /// The events behind a sequence number, oldest first. Every write above that is news leaves one, all or none with it; once
    /// an event was seen, none with a lower number appears.
    async fn events(&self, tenant: &TenantId, after: u64, limit: usize) -> Result<Vec<Event>, StoreError>;

    /// The last events, of one kind or of all, newest first.
    async fn latest_events(
        &self,
        tenant: &TenantId,
        kind: Option<&EventKind>,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError>;

    /// Sets a webhook in place of one of the same name, which goes on where it was; a new one begins behind what has happened.
    /// Whoever has claimed it has it no more, and how deliveries went is forgotten.
    ///
    /// # Errors
    /// [`StoreError::Full`].
    async fn put_webhook(
        &self,
        tenant: &TenantId,
        name: &str,
        settings: WebhookSettings,
        request_id: Option<String>,
    ) -> Result<Webhook, StoreError>;

    /// Every webhook, by name.
    async fn webhooks(&self, tenant: &TenantId) -> Result<Vec<Webhook>, StoreError>;

    /// Forgets a webhook with what could not be delivered to it, and says whether there was one.
    async fn remove_webhook(
        &self,
        tenant: &TenantId,
        name: &str,
        request_id: Option<String>,
    ) -> Result<bool, StoreError>;

    /// Claims a webhook for `owner` for a while by the store's clock, and gives it as it stands; nothing while another has it.
    /// Who has it already has it anew.
    async fn claim_webhook(
        &self,
        tenant: &TenantId,
        name: &str,
        owner: &str,
        length: TimeDelta,
    ) -> Result<Option<Webhook>, StoreError>;

    /// Settles what a delivery came to, and says whether that counts: it does not when `owner` no longer has the webhook.
    async fn settle_webhook(
        &self,
        tenant: &TenantId,
        name: &str,
        owner: &str,
        settled: Settled,
    ) -> Result<bool, StoreError>;

    /// What could not be delivered to a webhook, by number; only what is to be sent again, if `again`.
    async fn failed_deliveries(
        &self,
        tenant: &TenantId,
        name: &str,
        after: u64,
        limit: usize,
        again: bool,
    ) -> Result<Vec<FailedDelivery>, StoreError>;

    /// Asks to send again one event that could not be delivered, or all of them. Says how many those are.
    async fn resend_failed(
        &self,
        tenant: &TenantId,
        name: &str,
        sequence: Option<u64>,
    ) -> Result<usize, StoreError>;

    /// Changes whenever there may be events that were not there before, whoever has written them: at once where this process
    /// did, and within some seconds at the latest. It is a hint, and may come for nothing.
    fn woken(&self) -> watch::Receiver<()>;

    /// The time by the store's clock, which every time stamp and lease is judged by.
    fn now(&self) -> DateTime<Utc>;

    /// Whether the store answers.
    async fn ready(&self) -> Result<(), StoreError>;
}
