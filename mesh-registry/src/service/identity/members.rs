//! Who works for a domain, and who runs and audits the platform.

use mesh_contract::DomainName;
use mesh_contract::wire::{Holding, Member};

use super::super::lookup::rfc3339;
use super::super::{Registry, ServiceError};
use super::{check_principal, closed_only, kept};
use crate::access::{Action, Denied, Identity};
use crate::store::{Members, Membership, Removal, TenantId};

impl Registry {
    /// Who works for a domain; or, without one, who runs and audits the platform.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn members(
        &self,
        tenant: &TenantId,
        domain: Option<&DomainName>,
    ) -> Result<Vec<Member>, ServiceError> {
        let whose = domain.map_or(Members::Platform, |domain| Members::Domain(domain.clone()));
        Ok(self.store.members(tenant, &whose).await.map_err(kept)?.into_iter().map(member).collect())
    }

    /// Says that somebody is something. Saying it again changes nothing.
    ///
    /// # Errors
    /// When the caller may not.
    pub async fn add_member(
        &self,
        caller: &Identity,
        principal: &str,
        holding: Holding,
        request_id: Option<String>,
    ) -> Result<(), ServiceError> {
        closed_only(caller)?;
        check_principal(principal)?;
        may_change(caller, &holding)?;
        let membership = Membership {
            principal: principal.to_owned(),
            holding,
            by: caller.principal().to_owned(),
            since: self.store.now(),
        };
        self.store.put_member(caller.tenant(), membership, request_id).await.map_err(kept)?;
        self.known.clear();
        Ok(())
    }

    /// Says that somebody is something no more, at once for whatever they show here and within a second elsewhere.
    ///
    /// # Errors
    /// When the caller may not, they are not, or they are the last administrator.
    pub async fn remove_member(
        &self,
        caller: &Identity,
        principal: &str,
        holding: &Holding,
        request_id: Option<String>,
    ) -> Result<(), ServiceError> {
        closed_only(caller)?;
        may_change(caller, holding)?;
        let removed = self
            .store
            .remove_member(caller.tenant(), principal, holding, caller.principal(), request_id)
            .await
            .map_err(kept)?;
        self.known.clear();
        match removed {
            Removal::Done => Ok(()),
            Removal::NotHeld => Err(ServiceError::UnknownMember {
                principal: principal.chars().take(120).collect(),
                holding: holding.clone(),
            }),
            Removal::LastAdministrator => Err(ServiceError::WrongState {
                message: "nobody else is administrator, and a platform that nobody runs could never be run again; make \
                          another one first"
                    .to_owned(),
            }),
        }
    }
}

impl Registry {
    /// Forgets what was known of everybody, where many may have become something else.
    pub(in super::super) fn forget_who_is_known(&self) {
        self.known.clear();
    }
}

/// Whether somebody may say who is what. A role of the platform in a domain, or the other way round, is nobody's to give.
fn may_change(caller: &Identity, holding: &Holding) -> Result<(), ServiceError> {
    let denied: Result<(), Denied> = match &holding.domain {
        Some(domain) if holding.role.is_of_domain() => caller.may(Action::ManageMembers, Some(domain)),
        None if !holding.role.is_of_domain() => caller.may(Action::ManagePlatform, None),
        _ => {
            let message = match holding.role.is_of_domain() {
                true => format!("{} is what somebody is in a domain; name the domain", holding.role),
                false => format!("{} is what somebody is on the platform, and not in a domain", holding.role),
            };
            return Err(ServiceError::Invalid { pointer: "/role".to_owned(), message });
        }
    };
    Ok(denied?)
}

fn member(membership: Membership) -> Member {
    let Membership { principal, holding, by, since } = membership;
    Member { principal, holding, by, since: rfc3339(since) }
}
