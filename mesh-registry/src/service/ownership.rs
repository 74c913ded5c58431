//! Who owns a domain. Only its owner publishes products of it, and it changes hands only when both sides say so: the owner
//! offers it, and whoever it was offered to accepts.
//!
//! In an open registry a side is who it says it is. In a closed one the owner's side is whoever is owner of the domain, and
//! the other side whoever speaks for the team: they are named as it is, or own a domain that the team owns. What was said is
//! on record either way.

use mesh_contract::DomainName;
use mesh_contract::wire::{AcceptDomain, Holding, OfferDomain, Offered, Ownership, Role};
use serde_json::json;

use super::lookup::rfc3339;
use super::{Registry, ServiceError};
use crate::access::{Identity, Means};
use crate::store::{self, EventKind, Members, Membership, NewEvent, OwnershipChange, StoreError, TenantId};

/// As long as an owner may be named.
const LONGEST: usize = 200;

impl Registry {
    /// Who owns a domain.
    ///
    /// # Errors
    /// When no product of it is published.
    pub async fn ownership(&self, tenant: &TenantId, domain: &DomainName) -> Result<Ownership, ServiceError> {
        Ok(told(self.standing(tenant, domain).await?))
    }

    /// Offers a domain to another team. A later offer takes the place of an earlier one.
    ///
    /// # Errors
    /// When somebody else owns the domain, or the offer says nothing.
    pub async fn offer_domain(
        &self,
        tenant: &TenantId,
        domain: &DomainName,
        offer: &OfferDomain,
        request_id: Option<String>,
    ) -> Result<Ownership, ServiceError> {
        let OfferDomain { from, to } = offer;
        let from_now = self.standing(tenant, domain).await?;
        if from_now.owner != *from {
            return Err(not_owner(&from_now, from));
        }
        let invalid = |message: &str| {
            Err(ServiceError::Invalid { pointer: "/to".to_owned(), message: message.to_owned() })
        };
        if to.trim() != to
            || to.is_empty()
            || to.chars().count() > LONGEST
            || to.chars().any(char::is_control)
        {
            return invalid(
                "an owner is a name of 1 to 200 characters without space around it; name the team's address",
            );
        }
        if to == from {
            return invalid("that team owns the domain already; name another one");
        }
        if from_now.offered.as_ref().is_some_and(|(offered, _)| offered == to) {
            return Ok(told(from_now));
        }
        let data = json!({ "from": from, "to": to });
        let (owner, to) = (from_now.owner.clone(), Some(to.clone()));
        self.change(tenant, from_now, owner, to, EventKind::OwnershipOffered, data, request_id).await
    }

    /// Accepts a domain that was offered. In a closed registry whoever accepts is its owner from now on, and whoever worked
    /// for it before does so no more.
    ///
    /// # Errors
    /// When it was offered to nobody, or to somebody else, or the caller does not speak for the team.
    pub async fn accept_domain(
        &self,
        caller: &Identity,
        domain: &DomainName,
        accept: &AcceptDomain,
        request_id: Option<String>,
    ) -> Result<Ownership, ServiceError> {
        let AcceptDomain { by } = accept;
        let tenant = caller.tenant();
        self.check_speaks_for(caller, by).await?;
        let from_now = self.standing(tenant, domain).await?;
        match &from_now.offered {
            // Accepted before, and the answer was lost.
            None if from_now.owner == *by => return Ok(told(from_now)),
            Some((to, _)) if to == by => {}
            _ => {
                return Err(ServiceError::NotOffered {
                    domain: domain.clone(),
                    owner: from_now.owner,
                    offered: from_now.offered.map(|(to, _)| to),
                    by: by.clone(),
                });
            }
        }
        let data = json!({ "from": from_now.owner, "to": by });
        let id = request_id.clone();
        let kind = EventKind::OwnershipTransferred;
        let done = self.change(tenant, from_now, by.clone(), None, kind, data, id).await?;
        self.hand_over_members(caller, domain, request_id).await?;
        Ok(done)
    }

    /// Whether somebody speaks for a team.
    async fn check_speaks_for(&self, caller: &Identity, team: &str) -> Result<(), ServiceError> {
        if *caller.means() == Means::Open || caller.principal() == team {
            return Ok(());
        }
        for holding in caller.holdings().iter().filter(|holding| holding.role == Role::Owner) {
            let Some(domain) = &holding.domain else { continue };
            match self.store.ownership(caller.tenant(), domain).await {
                Ok(owned) if owned.owner == team => return Ok(()),
                Ok(_) | Err(StoreError::NotFound) => {}
                Err(error) => return Err(ServiceError::Store(error)),
            }
        }
        Err(ServiceError::NotTheTeam { principal: caller.principal().to_owned(), team: team.to_owned() })
    }

    /// Gives the domain to whoever has accepted it, before it takes it from the others: somebody must have it at any time.
    async fn hand_over_members(
        &self,
        caller: &Identity,
        domain: &DomainName,
        request_id: Option<String>,
    ) -> Result<(), ServiceError> {
        if *caller.means() == Means::Open {
            return Ok(());
        }
        let (tenant, by) = (caller.tenant(), caller.principal());
        let owner = Holding { role: Role::Owner, domain: Some(domain.clone()) };
        let membership = Membership {
            principal: by.to_owned(),
            holding: owner.clone(),
            by: by.to_owned(),
            since: self.store.now(),
        };
        let (store, whose) = (&self.store, Members::Domain(domain.clone()));
        store.put_member(tenant, membership, request_id.clone()).await.map_err(ServiceError::Store)?;
        for former in store.members(tenant, &whose).await.map_err(ServiceError::Store)? {
            if former.principal != by || former.holding != owner {
                let Membership { principal, holding, .. } = former;
                let removed = store.remove_member(tenant, &principal, &holding, by, request_id.clone());
                removed.await.map_err(ServiceError::Store)?;
            }
        }
        self.forget_who_is_known();
        Ok(())
    }

    /// Takes an offer back. Without one there is nothing to do.
    ///
    /// # Errors
    /// When no product of the domain is published.
    pub async fn withdraw_offer(
        &self,
        tenant: &TenantId,
        domain: &DomainName,
        request_id: Option<String>,
    ) -> Result<Ownership, ServiceError> {
        let from_now = self.standing(tenant, domain).await?;
        let Some((to, _)) = &from_now.offered else { return Ok(told(from_now)) };
        let data = json!({ "from": from_now.owner, "to": to });
        let owner = from_now.owner.clone();
        self.change(tenant, from_now, owner, None, EventKind::OwnershipWithdrawn, data, request_id).await
    }

    async fn standing(
        &self,
        tenant: &TenantId,
        domain: &DomainName,
    ) -> Result<store::Ownership, ServiceError> {
        match self.store.ownership(tenant, domain).await {
            Ok(ownership) => Ok(ownership),
            Err(StoreError::NotFound) => Err(ServiceError::UnknownDomain { domain: domain.clone() }),
            Err(error) => Err(ServiceError::Store(error)),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "each is said once, by the three acts above")]
    async fn change(
        &self,
        tenant: &TenantId,
        from: store::Ownership,
        owner: String,
        offered_to: Option<String>,
        kind: EventKind,
        data: serde_json::Value,
        request_id: Option<String>,
    ) -> Result<Ownership, ServiceError> {
        let domain = from.domain.clone();
        let event = NewEvent { kind, subject: domain.to_string(), address: None, data };
        let change = OwnershipChange { from, owner, offered_to, event, request_id };
        match self.store.change_ownership(tenant, change).await {
            Ok(ownership) => Ok(told(ownership)),
            Err(StoreError::Conflict { .. }) => Err(ServiceError::WrongState {
                message: format!(
                    "who owns `{domain}` has changed just now; look at it again, and decide anew"
                ),
            }),
            Err(error) => Err(ServiceError::Store(error)),
        }
    }
}

pub(super) fn not_owner(standing: &store::Ownership, told: &str) -> ServiceError {
    ServiceError::NotOwner {
        domain: standing.domain.clone(),
        owner: standing.owner.clone(),
        told: told.to_owned(),
    }
}

fn told(ownership: store::Ownership) -> Ownership {
    let store::Ownership { domain, owner, offered } = ownership;
    Ownership { domain, owner, offered: offered.map(|(to, since)| Offered { to, since: rfc3339(since) }) }
}
