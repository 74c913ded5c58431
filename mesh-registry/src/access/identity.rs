//! Who asks, and whether they may.

use std::fmt;
use std::sync::Arc;

use mesh_contract::wire::{Holding, Role, TokenScope};
use mesh_contract::{DomainName, EnvironmentName};

use super::permission::{Action, Who};
use crate::store::TenantId;

/// Whoever asks, as the registry knows them.
#[derive(Debug, Clone)]
pub struct Identity {
    tenant: TenantId,
    means: Means,
    principal: Arc<str>,
    holdings: Arc<[Holding]>,
    scope: Arc<TokenScope>,
}

/// By what means somebody is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Means {
    /// Not at all: the registry is open, and everybody may do everything.
    Open,
    /// Not at all, in a closed registry.
    Nothing,
    /// Not at all, although something was shown: it has run out, was revoked, or never counted.
    Rejected,
    /// A token, by its name.
    Token(Arc<str>),
    /// A session of a browser, by its name, which is no secret.
    Session(Arc<str>),
}

/// Why somebody may not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Denied {
    /// The registry does not know who asks.
    Unknown {
        /// What was to be done.
        action: Action,
        /// Whether something was shown that does not count.
        rejected: bool,
    },
    /// Who asks may not.
    Forbidden {
        /// What was to be done.
        action: Action,
        /// In which domain, if in one.
        domain: Option<DomainName>,
        /// Who asks.
        principal: String,
        /// The roles that would do.
        roles: &'static [Role],
    },
    /// The token was made for less.
    OutOfScope {
        /// What was to be done.
        action: Action,
        /// What the token is not for, in words.
        beyond: String,
    },
}

impl Identity {
    /// Whoever asks an open registry.
    pub fn open(tenant: TenantId) -> Self {
        Self::new(tenant, Means::Open, "anyone", Vec::new(), TokenScope::default())
    }

    /// Somebody whom a closed registry does not know.
    pub fn unknown(tenant: TenantId) -> Self {
        Self::new(tenant, Means::Nothing, "nobody", Vec::new(), TokenScope::default())
    }

    /// Somebody who has shown something to a closed registry that does not count.
    pub fn rejected(tenant: TenantId) -> Self {
        Self::new(tenant, Means::Rejected, "nobody", Vec::new(), TokenScope::default())
    }

    /// Somebody known.
    pub fn new(
        tenant: TenantId,
        means: Means,
        principal: &str,
        holdings: Vec<Holding>,
        scope: TokenScope,
    ) -> Self {
        Self {
            tenant,
            means,
            principal: Arc::from(principal),
            holdings: Arc::from(holdings),
            scope: Arc::new(scope),
        }
    }

    /// The tenant that they belong to, and see nothing beyond.
    pub fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    /// Their name.
    pub fn principal(&self) -> &str {
        &self.principal
    }

    /// By what means they are known.
    pub fn means(&self) -> &Means {
        &self.means
    }

    /// The roles that they hold.
    pub fn holdings(&self) -> &[Holding] {
        &self.holdings
    }

    /// What the token that they showed may be used for.
    pub fn scope(&self) -> &TokenScope {
        &self.scope
    }

    /// Whether they may do something in a domain. Where an action is of no domain, `domain` is `None`; where it is of one that
    /// is not known yet, this says whether they may do it anywhere at all.
    ///
    /// # Errors
    /// Why they may not.
    pub fn may(&self, action: Action, domain: Option<&DomainName>) -> Result<(), Denied> {
        let roles = match action.permission().who {
            Who::Anyone => return Ok(()),
            Who::Everybody => &[],
            Who::Roles(roles) => roles,
        };
        match self.means {
            Means::Open => return Ok(()),
            Means::Nothing => return Err(Denied::Unknown { action, rejected: false }),
            Means::Rejected => return Err(Denied::Unknown { action, rejected: true }),
            Means::Token(_) | Means::Session(_) => {}
        }
        self.in_scope(action, domain)?;
        let held = |holding: &Holding| {
            roles.contains(&holding.role)
                && (!holding.role.is_of_domain() || domain.is_none() || holding.domain.as_ref() == domain)
        };
        if roles.is_empty() || self.holdings.iter().any(held) {
            return Ok(());
        }
        let principal = self.principal.to_string();
        Err(Denied::Forbidden { action, domain: domain.cloned(), principal, roles })
    }

    /// Whether what they showed counts in an environment.
    ///
    /// # Errors
    /// When a token was made for others.
    pub fn may_in(&self, action: Action, environment: &EnvironmentName) -> Result<(), Denied> {
        let environments = &self.scope.environments;
        if environments.is_empty() || environments.contains(environment) {
            return Ok(());
        }
        let beyond = format!("the environment `{environment}`");
        Err(Denied::OutOfScope { action, beyond })
    }

    fn in_scope(&self, action: Action, domain: Option<&DomainName>) -> Result<(), Denied> {
        let TokenScope { domains, actions, .. } = &*self.scope;
        // Whoever shows a token must be able to ask what it is.
        let always = matches!(action, Action::BeSomebody | Action::Browse);
        if !always && !actions.is_empty() && !actions.iter().any(|name| name == action.name()) {
            return Err(Denied::OutOfScope { action, beyond: format!("`{action}`") });
        }
        match domain {
            Some(domain) if !always && !domains.is_empty() && !domains.contains(domain) => {
                Err(Denied::OutOfScope { action, beyond: format!("the domain `{domain}`") })
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { rejected: true, .. } => write!(
                f,
                "what was sent to be known by does not count: it has run out, was revoked or was mistyped; sign in with `mesh \
                 login`, or make a new token with `mesh token make`"
            ),
            Self::Unknown { action, rejected: false } => write!(
                f,
                "this registry is closed, and `{action}` is for those whom it knows; sign in with `mesh login`, or send a \
                 token as `Authorization: Bearer ...`"
            ),
            Self::Forbidden { action, domain, principal, roles } => {
                let names: Vec<_> = roles.iter().map(|role| role.as_str()).collect();
                let names = names.join(" or ");
                match domain {
                    Some(domain) => write!(
                        f,
                        "`{principal}` may not `{action}` in `{domain}`; that is for its {names}. `mesh owner show {domain}` \
                         says whom to ask"
                    ),
                    None => write!(f, "`{principal}` may not `{action}`; that is for whoever is {names}"),
                }
            }
            Self::OutOfScope { action, beyond } => write!(
                f,
                "the token that was sent is not for {beyond}, and so not for `{action}` here; use one that was made for it"
            ),
        }
    }
}

impl std::error::Error for Denied {}

#[cfg(test)]
mod tests {
    use super::*;

    fn somebody(role: Role, domain: Option<&str>, scope: TokenScope) -> Identity {
        let domain = domain.map(|name| DomainName::new(name).expect("a name"));
        let means = Means::Token(Arc::from("t"));
        Identity::new(TenantId::default(), means, "ana", vec![Holding { role, domain }], scope)
    }

    fn domain(name: &str) -> DomainName {
        DomainName::new(name).expect("a name")
    }

    #[test]
    fn a_role_counts_in_its_own_domain() {
        let ana = somebody(Role::Maintainer, Some("sales"), TokenScope::default());
        assert_eq!(ana.may(Action::Publish, Some(&domain("sales"))), Ok(()));
        assert_eq!(ana.may(Action::Publish, None), Ok(()), "somewhere");
        let elsewhere = ana.may(Action::Publish, Some(&domain("accounting")));
        assert!(matches!(elsewhere, Err(Denied::Forbidden { .. })), "{elsewhere:?}");
        let more = ana.may(Action::DecideAccess, Some(&domain("sales")));
        assert!(matches!(more, Err(Denied::Forbidden { .. })), "{more:?}");
        assert_eq!(ana.may(Action::Browse, Some(&domain("accounting"))), Ok(()));
    }

    #[test]
    fn the_platform_does_not_act_for_a_domain() {
        let root = somebody(Role::Administrator, None, TokenScope::default());
        assert_eq!(root.may(Action::ManageMembers, Some(&domain("sales"))), Ok(()));
        for action in [Action::Publish, Action::DecideAccess, Action::HandOver, Action::ReadAudit] {
            assert!(root.may(action, Some(&domain("sales"))).is_err(), "{action}");
        }
    }

    #[test]
    fn a_token_is_for_what_it_was_made() {
        let scope = TokenScope {
            domains: vec![domain("sales")],
            actions: vec!["publish".to_owned()],
            environments: vec!["production".parse().expect("a name")],
        };
        let ana = somebody(Role::Owner, Some("sales"), scope);
        assert_eq!(ana.may(Action::Publish, Some(&domain("sales"))), Ok(()));
        assert_eq!(ana.may(Action::Browse, Some(&domain("accounting"))), Ok(()));
        let other = ana.may(Action::TurnVersions, Some(&domain("sales")));
        assert!(matches!(other, Err(Denied::OutOfScope { .. })), "{other:?}");
        let other = ana.may_in(Action::Announce, &"staging".parse().expect("a name"));
        assert!(matches!(other, Err(Denied::OutOfScope { .. })), "{other:?}");
    }

    #[test]
    fn nobody_may_only_what_anyone_may() {
        let nobody = Identity::unknown(TenantId::default());
        for permission in &super::super::PERMISSIONS {
            let may = nobody.may(permission.action, None).is_ok();
            assert_eq!(may, permission.who == Who::Anyone, "{}", permission.name);
        }
    }
}
