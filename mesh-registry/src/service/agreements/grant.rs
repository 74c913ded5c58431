//! Grants: an agreement that is in force, signed.

use chrono::DateTime;
use mesh_contract::Day;
use mesh_contract::grant::GrantClaims;
use mesh_contract::wire::{AgreementState, IssuedGrant};

use super::{may_read, wrong_state};
use crate::access::{Action, Identity};
use crate::service::lookup::rfc3339;
use crate::service::{Registry, ServiceError};

/// When a grant ends that counts to the end of a day in UTC, in seconds since 1970.
fn end_of(until: Day) -> u64 {
    u64::try_from((until.unix_days() + 1) * 24 * 60 * 60).unwrap_or(0)
}

impl Registry {
    /// Signs an agreement that is in force, for the consumer's side.
    ///
    /// # Errors
    /// When the caller may not, or the agreement is not in force.
    pub async fn issue_grant(&self, identity: &Identity, id: &str) -> Result<IssuedGrant, ServiceError> {
        let today = self.today();
        let agreement = self.agreement_of(identity, id).await?;
        may_read(identity, Action::SeeAgreements, &agreement)?;
        let jti = agreement.jti().filter(|_| agreement.state_on(today) == AgreementState::Accepted);
        let Some(jti) = jti else {
            return Err(wrong_state(&agreement, today, "there is a grant only while it is accepted"));
        };
        let terms = agreement.terms().clone();
        let now = u64::try_from(self.store.now().timestamp()).unwrap_or(0);
        let exp = end_of(terms.until);
        let tenant = identity.tenant();
        let claims = GrantClaims {
            iss: self.issuer.to_string(),
            sub: agreement.consumer.clone(),
            aud: agreement.address.clone(),
            jti,
            iat: now,
            nbf: now,
            exp,
            tenant: tenant.to_string(),
            environment: agreement.environment.clone(),
            purpose: agreement.purpose.clone(),
            fields: terms.fields,
            rows: terms.rows,
        };
        let grant = self.signing_key(tenant).await?.sign(&claims);
        let expires_at = i64::try_from(exp).ok().and_then(|exp| DateTime::from_timestamp(exp, 0));
        tracing::info!(%tenant, agreement = id, address = %agreement.address, "a grant was signed");
        Ok(IssuedGrant {
            agreement: agreement.id,
            grant,
            expires_at: expires_at.map(rfc3339).unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_counts_to_the_end_of_its_last_day() {
        assert_eq!(end_of("1970-01-01".parse().expect("a day")), 86_400);
        assert_eq!(end_of("2027-01-31".parse().expect("a day")), 1_801_440_000);
    }
}
