//! Who may read what: agreements from the question to their end, the keys that grants are signed with, grants that were taken
//! back, and who was seen to read.

use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use mesh_contract::wire::{AccessTerms, AgreementState};
use mesh_contract::{Address, ConsumerName, ContractVersion, Day, DomainName, EnvironmentName};
use serde::{Deserialize, Serialize};

use super::{NewEvent, StoreError, TenantId};

/// So many questions of one domain wait for an answer at most. Somebody who asks in a loop must not fill the store.
pub(super) const QUESTIONS: usize = 1_000;
/// So many readers are remembered of each product, each with the version that it was served.
pub(super) const OBSERVED: usize = 1_000;

/// Keeps agreements and what follows from them.
#[async_trait]
pub trait AgreementStore {
    /// Writes agreements with the grants that they take back, an audit record and an event, all or none, if each still has the
    /// revision that it was decided on; it has the next one after it.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a revision has moved; [`StoreError::AlreadyExists`] when another one is open for the same
    /// consumer, product, environment and purpose; [`StoreError::Full`] when the domain has asked too much.
    async fn change_agreements(&self, tenant: &TenantId, change: AgreementChange) -> Result<(), StoreError>;

    /// Agreements, those asked for last first.
    async fn agreements(
        &self,
        tenant: &TenantId,
        query: &AgreementQuery,
    ) -> Result<Vec<AgreementRecord>, StoreError>;

    /// The keys of a tenant: the one that signs first, then those that are still kept.
    async fn signing_keys(&self, tenant: &TenantId) -> Result<Vec<SigningKeyRecord>, StoreError>;

    /// Adds a key that signs from now on. The one before is believed until the last day of any agreement in force; keys of
    /// which that day has passed are forgotten.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the key that signs is not the one that the caller has seen.
    async fn add_signing_key(&self, tenant: &TenantId, key: NewSigningKey) -> Result<(), StoreError>;

    /// The `jti` of grants for a domain's products that were taken back and whose day has not passed, sorted.
    async fn revoked_grants(
        &self,
        tenant: &TenantId,
        provider: &DomainName,
    ) -> Result<Vec<String>, StoreError>;

    /// Notes who was seen to read. A reader, a version of one or a field that was not seen before is news: the product moves
    /// on by a revision, with an event and an audit record. Says how many are news.
    async fn observe(
        &self,
        tenant: &TenantId,
        seen: Vec<ObservedRead>,
        request_id: Option<String>,
    ) -> Result<usize, StoreError>;

    /// Who was seen to read a product, by consumer, environment, agreement and version.
    async fn observed(&self, tenant: &TenantId, address: &Address) -> Result<Vec<ObservedRead>, StoreError>;
}

/// An agreement as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgreementRecord {
    /// Its name.
    pub id: String,
    /// Moves with every change of it; 0 of one that is not kept yet.
    pub revision: u64,
    /// The product.
    pub address: Address,
    /// Who reads.
    pub consumer: ConsumerName,
    /// What for.
    pub purpose: String,
    /// Where the consumer runs.
    pub environment: EnvironmentName,
    /// What was said of it last. That its day has passed is not said but follows from the clock.
    pub state: AgreementState,
    /// What was asked for.
    pub asked: AccessTerms,
    /// What was agreed on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreed: Option<AccessTerms>,
    /// The revision at which that was agreed on, by which its grants are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted: Option<u64>,
    /// Who asked.
    pub asked_by: String,
    /// When.
    pub asked_at: DateTime<Utc>,
    /// Who answered or ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<DateTime<Utc>>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How many days were left when both sides were reminded last; nothing before the first time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminded: Option<u16>,
}

impl AgreementRecord {
    /// What is agreed on, or asked for.
    pub fn terms(&self) -> &AccessTerms {
        self.agreed.as_ref().unwrap_or(&self.asked)
    }

    /// How far it has come by a day.
    pub fn state_on(&self, today: Day) -> AgreementState {
        match self.state {
            AgreementState::Accepted if self.terms().until < today => AgreementState::Ended,
            state => state,
        }
    }

    /// The `jti` of its grants, once it was accepted.
    pub fn jti(&self) -> Option<String> {
        self.granted.map(|granted| format!("{}.{granted}", self.id))
    }

    /// The domain that a consumer belongs to: what its name begins with.
    pub fn reader(&self) -> &str {
        self.consumer.as_str().split('.').next().unwrap_or_default()
    }
}

/// A change of agreements.
#[derive(Debug, Clone)]
pub struct AgreementChange {
    /// Each as it is from now on, at the revision that it was decided on; 0 for a new one.
    pub agreements: Vec<AgreementRecord>,
    /// Grants that count no more.
    pub revoked: Vec<RevokedGrant>,
    /// What is told to whoever follows, and kept in the audit.
    pub event: NewEvent,
    /// The request that asked for it, for the audit; nothing where the registry itself did.
    pub request_id: Option<String>,
}

/// A grant that counts no more although its day has not come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevokedGrant {
    /// Its `jti`.
    pub jti: String,
    /// The domain of the product that it was for.
    pub provider: DomainName,
    /// Its last day.
    pub until: Day,
}

/// Which agreements, and how many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgreementQuery {
    /// Only this one.
    pub id: Option<String>,
    /// Only those about this product.
    pub address: Option<Address>,
    /// Only those of this consumer.
    pub consumer: Option<ConsumerName>,
    /// Only those of which one of these domains is a side.
    pub sides: Option<Vec<DomainName>>,
    /// Only those that have come so far.
    pub state: Option<AgreementState>,
    /// Only those that end on this day or before.
    pub ends_by: Option<Day>,
    /// The day by which it is judged which have ended.
    pub today: Day,
    /// Only those behind this one.
    pub after: Option<String>,
    /// How many at most.
    pub limit: usize,
}

impl AgreementQuery {
    /// All of them, by a day.
    pub fn on(today: Day) -> Self {
        Self {
            id: None,
            address: None,
            consumer: None,
            sides: None,
            state: None,
            ends_by: None,
            today,
            after: None,
            limit: usize::MAX,
        }
    }
}

/// The private half of a key. It is never shown, and in no log.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningSecret(pub Vec<u8>);

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret(..)")
    }
}

/// A key that grants are, or were, signed with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKeyRecord {
    /// Its name.
    pub kid: String,
    /// Its private half, from which the other follows.
    pub secret: SigningSecret,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// Until when it is believed; nothing for the one that signs.
    pub trusted_until: Option<Day>,
}

/// A key to add.
#[derive(Debug, Clone)]
pub struct NewSigningKey {
    /// Its name.
    pub kid: String,
    /// Its private half.
    pub secret: SigningSecret,
    /// The key that signed until now, as the caller has seen it.
    pub instead_of: Option<String>,
    /// The request that asked for it, for the audit; nothing where the registry itself did.
    pub request_id: Option<String>,
}

/// Somebody who was seen to read a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedRead {
    /// The product.
    pub address: Address,
    /// Who reads.
    pub consumer: ConsumerName,
    /// Where.
    pub environment: EnvironmentName,
    /// Under which agreement.
    pub agreement: String,
    /// The version that was served.
    pub version: ContractVersion,
    /// The pointers of every field that was asked for, sorted.
    pub fields: Vec<String>,
    /// How many requests were answered.
    pub answered: u64,
    /// How many were refused.
    pub refused: u64,
    /// When it was seen first.
    pub first_at: DateTime<Utc>,
    /// When it was seen last.
    pub last_at: DateTime<Utc>,
}

impl ObservedRead {
    /// What is known with this told, and whether that is news.
    pub(super) fn joined(self, standing: Option<&Self>) -> (Self, bool) {
        let Some(standing) = standing else { return (self, true) };
        let mut fields = standing.fields.clone();
        fields.extend(self.fields.iter().cloned());
        fields.sort_unstable();
        fields.dedup();
        let news = fields != standing.fields || (standing.answered == 0 && self.answered > 0);
        let joined = Self {
            fields,
            answered: standing.answered.saturating_add(self.answered).min(i64::MAX as u64),
            refused: standing.refused.saturating_add(self.refused).min(i64::MAX as u64),
            first_at: standing.first_at.min(self.first_at),
            last_at: standing.last_at.max(self.last_at),
            ..self
        };
        (joined, news)
    }
}
