//! Ending: the owner refuses what was asked or revokes what was agreed on; the consumer takes back either. Grants that were
//! signed under the agreement count no more from then on.

use mesh_contract::wire::{self, AgreementState, EndAccess};

use super::{ROUNDS, busy, checked_reason, may_decide, may_read, taken_back, told, wrong_state};
use crate::access::{Action, Identity};
use crate::service::{Registry, ServiceError};
use crate::store::{AgreementRecord, EventKind};

/// How an agreement is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The owner says no to what was asked.
    Refuse,
    /// The owner ends what was agreed on.
    Revoke,
    /// The consumer takes back what it asked for, or gives up what was agreed on.
    Withdraw,
}

impl End {
    fn state(self) -> AgreementState {
        match self {
            Self::Refuse => AgreementState::Refused,
            Self::Revoke => AgreementState::Revoked,
            Self::Withdraw => AgreementState::Withdrawn,
        }
    }

    fn kind(self) -> EventKind {
        match self {
            Self::Refuse => EventKind::AgreementRefused,
            Self::Revoke => EventKind::AgreementRevoked,
            Self::Withdraw => EventKind::AgreementWithdrawn,
        }
    }

    fn may(self, identity: &Identity, agreement: &AgreementRecord) -> Result<(), ServiceError> {
        match self {
            Self::Refuse | Self::Revoke => Ok(may_decide(identity, agreement)?),
            Self::Withdraw => may_read(identity, Action::AskAccess, agreement),
        }
    }

    /// Whether it ends what has come so far, or what to do instead.
    fn ends(self, state: AgreementState) -> Result<(), &'static str> {
        match (self, state) {
            (Self::Refuse, AgreementState::Asked)
            | (Self::Revoke, AgreementState::Accepted)
            | (Self::Withdraw, AgreementState::Asked | AgreementState::Accepted) => Ok(()),
            (Self::Refuse, AgreementState::Accepted) => Err("end it with `mesh access revoke`"),
            (Self::Revoke, AgreementState::Asked) => Err("say no with `mesh access refuse`"),
            _ => Err("there is nothing left to end"),
        }
    }
}

impl Registry {
    /// Ends an agreement. One that was ended so already is no error and does not change.
    ///
    /// # Errors
    /// When the caller may not, the agreement has not come to where this can be done, or a reason is missing.
    pub async fn end_access(
        &self,
        identity: &Identity,
        id: &str,
        end: End,
        body: EndAccess,
        request_id: Option<String>,
    ) -> Result<wire::Agreement, ServiceError> {
        let reason = checked_reason(body.reason.as_ref(), end != End::Withdraw)?;
        for _ in 0..ROUNDS {
            let today = self.today();
            let agreement = self.agreement_of(identity, id).await?;
            end.may(identity, &agreement)?;
            if agreement.state == end.state() {
                return Ok(told(agreement, today));
            }
            end.ends(agreement.state_on(today)).map_err(|instead| wrong_state(&agreement, today, instead))?;
            let revoked = taken_back(&agreement, today).into_iter().collect();
            let now = AgreementRecord {
                state: end.state(),
                decided_by: Some(identity.principal().to_owned()),
                decided_at: Some(self.store.now()),
                reason: reason.clone(),
                ..agreement
            };
            let tenant = identity.tenant();
            if self.agree(tenant, end.kind(), vec![now.clone()], revoked, request_id.clone()).await? {
                return Ok(told(AgreementRecord { revision: now.revision + 1, ..now }, today));
            }
        }
        Err(busy(&self.agreement_of(identity, id).await?.address))
    }
}
