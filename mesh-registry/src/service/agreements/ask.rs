//! Asking: a consumer says what it would read, what for, where and until when. The same question again is the same question.

use mesh_contract::Address;
use mesh_contract::wire::{self, AgreementState, AskAccess};

use super::{ROUNDS, busy, domain_of, told};
use crate::access::{Action, Identity};
use crate::service::{Registry, ServiceError};
use crate::store::{AgreementQuery, AgreementRecord, EventKind, StoreError};

/// An id has so many random bytes: enough that nobody guesses one.
const ID_BYTES: usize = 16;

impl Registry {
    /// Asks to read a product, on behalf of a consumer. Says whether that is a new question.
    ///
    /// # Errors
    /// When the caller may not ask for the consumer, there is no such product, or what is asked for makes no sense.
    pub async fn ask_access(
        &self,
        identity: &Identity,
        address: &Address,
        ask: AskAccess,
        request_id: Option<String>,
    ) -> Result<(wire::Agreement, bool), ServiceError> {
        let AskAccess { consumer, purpose, environment, terms } = ask;
        identity.may(Action::AskAccess, Some(&domain_of(&consumer)?))?;
        identity.may_in(Action::AskAccess, &environment)?;
        let tenant = identity.tenant();
        let today = self.today();
        let asked = self.checked(tenant, address, &purpose, terms, today).await?;
        for _ in 0..ROUNDS {
            let query = AgreementQuery {
                address: Some(address.clone()),
                consumer: Some(consumer.clone()),
                ..AgreementQuery::on(today)
            };
            let standing = self.store.agreements(tenant, &query).await.map_err(ServiceError::Store)?;
            let mut open = standing.into_iter().filter(|it| {
                it.environment == environment && it.purpose == purpose && it.state_on(today).is_open()
            });
            let waiting = open.find(|it| it.asked == asked || it.state == AgreementState::Asked);
            if let Some(waiting) = waiting {
                if waiting.asked == asked {
                    return Ok((told(waiting, today), false));
                }
                return Err(ServiceError::WrongState {
                    message: format!(
                        "`{consumer}` has asked for `{address}` for this purpose already, for something else (`{}`); \
                         take that back with `mesh access withdraw {}`, or wait for the answer",
                        waiting.id, waiting.id
                    ),
                });
            }
            let agreement = AgreementRecord {
                id: new_id()?,
                revision: 0,
                address: address.clone(),
                consumer: consumer.clone(),
                purpose: purpose.clone(),
                environment: environment.clone(),
                state: AgreementState::Asked,
                asked: asked.clone(),
                agreed: None,
                granted: None,
                asked_by: identity.principal().to_owned(),
                asked_at: self.store.now(),
                decided_by: None,
                decided_at: None,
                reason: None,
                reminded: None,
            };
            let kind = EventKind::AgreementAsked;
            let new = vec![agreement.clone()];
            // Where it is not written, somebody else has asked just now, and that is found the next time.
            if self.agree(tenant, kind, new, Vec::new(), request_id.clone()).await? {
                return Ok((told(AgreementRecord { revision: 1, ..agreement }, today), true));
            }
        }
        Err(busy(address))
    }
}

fn new_id() -> Result<String, ServiceError> {
    let mut bytes = [0; ID_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| ServiceError::Store(StoreError::unavailable(error)))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
