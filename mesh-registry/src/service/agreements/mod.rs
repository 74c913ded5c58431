//! Agreements: a consumer asks to read a product, the product's domain answers, and what they agreed on is a grant that ports
//! believe without asking anybody.
//!
//! Every act reads the agreement at a revision, decides, and writes if the revision still stands. Who may ask, answer and see is
//! told by the table of permissions; somebody who belongs to neither side does not learn that there is an agreement at all.

mod accept;
mod ask;
mod end;
mod grant;
mod keys;
mod observe;
mod readers;
mod remind;
mod restricted;
mod terms;

pub use end::End;

use mesh_contract::wire::{self, AgreementState, Page};
use mesh_contract::{Address, ConsumerName, Day, DomainName};
use serde_json::json;

use super::lookup::rfc3339;
use super::{Registry, ServiceError, Window};
use crate::access::{Action, Denied, Identity, Means};
use crate::store::{
    AgreementChange, AgreementQuery, AgreementRecord, EventKind, NewEvent, RevokedGrant, StoreError,
    TenantId, day_of,
};

/// How often an act is decided anew when others change the agreement meanwhile.
const ROUNDS: usize = 32;
/// Reasons stand on pages; an essay belongs elsewhere.
const LONGEST_REASON: usize = 1_000;

/// Which agreements are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AgreementFilter {
    /// Only those about this product.
    pub address: Option<Address>,
    /// Only those of this consumer.
    pub consumer: Option<ConsumerName>,
    /// Only those that have come so far.
    pub state: Option<AgreementState>,
}

impl Registry {
    /// The agreements of which the caller may see a side, those asked for last first.
    ///
    /// # Errors
    /// When the window continues no page.
    pub async fn agreements(
        &self,
        identity: &Identity,
        filter: &AgreementFilter,
        window: &Window,
    ) -> Result<Page<wire::Agreement>, ServiceError> {
        let AgreementFilter { address, consumer, state } = filter.clone();
        let today = self.today();
        let query = AgreementQuery {
            address,
            consumer,
            state,
            sides: sides(identity),
            after: window.after()?,
            limit: window.limit() + 1,
            ..AgreementQuery::on(today)
        };
        let found = self.store.agreements(identity.tenant(), &query).await.map_err(ServiceError::Store)?;
        let page = window.page(found, |last| last.id.clone());
        let items = page.items.into_iter().map(|agreement| told(agreement, today)).collect();
        Ok(Page { items, next: page.next })
    }

    /// One agreement, for whoever may see a side of it.
    ///
    /// # Errors
    /// When there is none, or none that the caller may see.
    pub async fn agreement(&self, identity: &Identity, id: &str) -> Result<wire::Agreement, ServiceError> {
        Ok(told(self.agreement_of(identity, id).await?, self.today()))
    }

    /// An agreement as it is kept, for whoever may see a side of it.
    async fn agreement_of(&self, identity: &Identity, id: &str) -> Result<AgreementRecord, ServiceError> {
        let query = AgreementQuery {
            id: Some(id.to_owned()),
            sides: sides(identity),
            limit: 1,
            ..AgreementQuery::on(self.today())
        };
        let found = self.store.agreements(identity.tenant(), &query).await.map_err(ServiceError::Store)?;
        found
            .into_iter()
            .next()
            .ok_or_else(|| ServiceError::UnknownAgreement { id: id.chars().take(80).collect() })
    }

    /// Writes a change of agreements. Tells whether they were still as they were seen.
    async fn agree(
        &self,
        tenant: &TenantId,
        kind: EventKind,
        agreements: Vec<AgreementRecord>,
        revoked: Vec<RevokedGrant>,
        request_id: Option<String>,
    ) -> Result<bool, ServiceError> {
        let Some(first) = agreements.first() else { return Ok(true) };
        let event = NewEvent {
            kind,
            subject: first.address.to_string(),
            address: Some(first.address.clone()),
            // Everybody in the tenant reads the feed: who asked, why and what for is for the two sides alone.
            data: json!({
                "agreement": first.id,
                "consumer": first.consumer.as_str(),
                "environment": first.environment.as_str(),
                "until": first.terms().until.to_string(),
            }),
        };
        let (told, id, address) = (event.kind.clone(), first.id.clone(), first.address.clone());
        let change = AgreementChange { agreements, revoked, event, request_id };
        match self.store.change_agreements(tenant, change).await {
            Ok(()) => {
                tracing::info!(%tenant, %address, agreement = id, kind = %told, "{told} for {address}");
                Ok(true)
            }
            Err(StoreError::Conflict { .. } | StoreError::AlreadyExists) => Ok(false),
            Err(StoreError::Full { limit }) => {
                Err(ServiceError::Full { what: "open questions of a domain", limit })
            }
            Err(error) => Err(ServiceError::Store(error)),
        }
    }

    /// The day that it is by the store's clock.
    pub(crate) fn today(&self) -> Day {
        day_of(self.store.now())
    }
}

/// The domains of which the caller may see agreements; nothing where they may see all.
fn sides(identity: &Identity) -> Option<Vec<DomainName>> {
    if *identity.means() == Means::Open {
        return None;
    }
    let domains = identity.holdings().iter().filter_map(|holding| holding.domain.clone());
    Some(domains.filter(|domain| identity.may(Action::SeeAgreements, Some(domain)).is_ok()).collect())
}

/// The domain that a consumer belongs to. An application belongs to the domain of its name.
fn domain_of(consumer: &ConsumerName) -> Result<DomainName, ServiceError> {
    let name = consumer.as_str().split('.').next().unwrap_or_default();
    DomainName::new(name).map_err(|error| ServiceError::Invalid {
        pointer: "/consumer".to_owned(),
        message: error.to_string(),
    })
}

/// Whether the caller may act for the consumer's side.
fn may_read(identity: &Identity, action: Action, agreement: &AgreementRecord) -> Result<(), ServiceError> {
    identity.may(action, Some(&domain_of(&agreement.consumer)?))?;
    Ok(identity.may_in(action, &agreement.environment)?)
}

/// Whether the caller may act for the product's side.
fn may_decide(identity: &Identity, agreement: &AgreementRecord) -> Result<(), Denied> {
    identity.may(Action::DecideAccess, Some(agreement.address.domain()))?;
    identity.may_in(Action::DecideAccess, &agreement.environment)
}

/// The grants of an agreement that count no more from now on.
fn taken_back(agreement: &AgreementRecord, today: Day) -> Option<RevokedGrant> {
    let until = agreement.terms().until;
    let jti = agreement.jti().filter(|_| agreement.state == AgreementState::Accepted && until >= today)?;
    Some(RevokedGrant { jti, provider: agreement.address.domain().clone(), until })
}

/// A reason as it was given, or why it is none.
fn checked_reason(reason: Option<&String>, needed: bool) -> Result<Option<String>, ServiceError> {
    let invalid = |message: String| Err(ServiceError::Invalid { pointer: "/reason".to_owned(), message });
    match reason {
        None if needed => invalid("the other side is told why; write a reason".to_owned()),
        Some(reason) if reason.trim().is_empty() => {
            invalid("a reason says something; write one, or leave it out".to_owned())
        }
        Some(reason) if reason.chars().count() > LONGEST_REASON => {
            invalid(format!("the reason is longer than {LONGEST_REASON} characters; say it shorter"))
        }
        reason => Ok(reason.cloned()),
    }
}

/// An act that the state of the agreement does not allow.
fn wrong_state(agreement: &AgreementRecord, today: Day, instead: &str) -> ServiceError {
    let state = agreement.state_on(today);
    ServiceError::WrongState { message: format!("the agreement `{}` is {state}; {instead}", agreement.id) }
}

fn busy(address: &Address) -> ServiceError {
    ServiceError::Busy { address: address.clone() }
}

/// An agreement as it is told.
fn told(agreement: AgreementRecord, today: Day) -> wire::Agreement {
    let state = agreement.state_on(today);
    let AgreementRecord {
        id,
        revision,
        address,
        consumer,
        purpose,
        environment,
        state: _,
        asked,
        agreed,
        granted: _,
        asked_by,
        asked_at,
        decided_by,
        decided_at,
        reason,
        reminded: _,
    } = agreement;
    wire::Agreement {
        id,
        revision,
        address,
        consumer,
        purpose,
        environment,
        state,
        asked,
        agreed,
        asked_by,
        asked_at: rfc3339(asked_at),
        decided_by,
        decided_at: decided_at.map(rfc3339),
        reason,
    }
}
