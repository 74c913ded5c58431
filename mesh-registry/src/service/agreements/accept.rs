//! Accepting: the owner lets the consumer read what it asked for, or less; and later on less than before. Never more.

use mesh_contract::wire::{self, AcceptAccess, AccessTerms, AgreementState};

use super::terms::covers;
use super::{ROUNDS, busy, checked_reason, may_decide, taken_back, told, wrong_state};
use crate::access::Identity;
use crate::service::{Registry, ServiceError};
use crate::store::{AgreementQuery, AgreementRecord, EventKind, TenantId};

impl Registry {
    /// Accepts what was asked for, or narrows what was agreed on. What is so already is no error and changes nothing.
    ///
    /// # Errors
    /// When the caller may not decide, the agreement is neither asked nor accepted, or the terms are wider.
    pub async fn accept_access(
        &self,
        identity: &Identity,
        id: &str,
        accept: AcceptAccess,
        request_id: Option<String>,
    ) -> Result<wire::Agreement, ServiceError> {
        let reason = checked_reason(accept.reason.as_ref(), false)?;
        let tenant = identity.tenant();
        for _ in 0..ROUNDS {
            let today = self.today();
            let agreement = self.agreement_of(identity, id).await?;
            may_decide(identity, &agreement)?;
            let before = match agreement.state_on(today) {
                AgreementState::Asked => &agreement.asked,
                AgreementState::Accepted => agreement.terms(),
                _ => {
                    return Err(wrong_state(
                        &agreement,
                        today,
                        "only what is asked or accepted can be accepted; the consumer may ask again",
                    ));
                }
            };
            let terms = match accept.terms.clone() {
                Some(terms) => {
                    let address = &agreement.address;
                    self.checked_terms(tenant, address, &agreement.purpose, terms, today).await?
                }
                None => before.clone(),
            };
            not_wider(before, &terms)?;
            let narrowed = agreement.state == AgreementState::Accepted;
            if narrowed && terms == *before {
                return Ok(told(agreement, today));
            }
            if terms.until < today {
                return Err(ServiceError::WrongState {
                    message: format!(
                        "the agreement `{id}` was asked for until {}, which has passed; refuse it, and the consumer may ask again",
                        terms.until
                    ),
                });
            }
            let now = AgreementRecord {
                state: AgreementState::Accepted,
                agreed: Some(terms),
                granted: Some(agreement.revision + 1),
                decided_by: Some(identity.principal().to_owned()),
                decided_at: Some(self.store.now()),
                reason: reason.clone(),
                reminded: None,
                ..agreement.clone()
            };
            let mut revoked: Vec<_> = taken_back(&agreement, today).into_iter().collect();
            let mut agreements = vec![now.clone()];
            for former in self.renewed_by(tenant, &now).await? {
                // Whoever holds the grant of before reads on with it where the new one gives as much.
                if !covers(now.terms(), former.terms()) {
                    revoked.extend(taken_back(&former, today));
                }
                let reason = Some(format!("It was renewed as `{id}`."));
                agreements.push(AgreementRecord { state: AgreementState::Ended, reason, ..former });
            }
            let kind = if narrowed { EventKind::AgreementNarrowed } else { EventKind::AgreementAccepted };
            if self.agree(tenant, kind, agreements, revoked, request_id.clone()).await? {
                return Ok(told(AgreementRecord { revision: now.revision + 1, ..now }, today));
            }
        }
        Err(busy(&self.agreement_of(identity, id).await?.address))
    }

    /// Agreements for the same purpose that are in force, or were until their day passed: another one takes their place.
    async fn renewed_by(
        &self,
        tenant: &TenantId,
        now: &AgreementRecord,
    ) -> Result<Vec<AgreementRecord>, ServiceError> {
        let query = AgreementQuery {
            address: Some(now.address.clone()),
            consumer: Some(now.consumer.clone()),
            ..AgreementQuery::on(self.today())
        };
        let mut found = self.store.agreements(tenant, &query).await.map_err(ServiceError::Store)?;
        found.retain(|it| {
            it.id != now.id
                && it.state == AgreementState::Accepted
                && it.environment == now.environment
                && it.purpose == now.purpose
        });
        Ok(found)
    }
}

fn not_wider(before: &AccessTerms, terms: &AccessTerms) -> Result<(), ServiceError> {
    if covers(before, terms) {
        return Ok(());
    }
    let outside: Vec<_> =
        terms.fields.iter().filter(|field| !super::terms::has(&before.fields, field)).collect();
    let (pointer, what) = if let Some(field) = outside.first() {
        ("/terms/fields", format!("`{field}` was not"))
    } else if terms.until > before.until {
        ("/terms/until", format!("it was until {}", before.until))
    } else {
        ("/terms/rows", "it was for other rows".to_owned())
    };
    Err(ServiceError::Invalid {
        pointer: pointer.to_owned(),
        message: format!(
            "an owner gives what was asked for, or less, and {what}; leave it out, or let the consumer ask for more"
        ),
    })
}
