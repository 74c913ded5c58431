//! The table of permissions. A new action is a variant of [`Action`] and one entry here.

use std::fmt;

use mesh_contract::wire::Role;

use Role::{Administrator, Auditor, Maintainer, Owner, Reader};

/// Something that may be done to a registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Look whether the registry lives, how its API is described, and load what pages are made of.
    Greet,
    /// Sign in and out, and turn the short-lived token of a pipeline into one of the registry.
    SignIn,
    /// See who one is, and manage one's own tokens.
    BeSomebody,
    /// Browse what there is: products, contracts, readers, deployments, lineage, the feed.
    Browse,
    /// Publish versions.
    Publish,
    /// Say what becomes of published versions: yank, deprecate, move a pointer, retire.
    TurnVersions,
    /// Hand a domain to another team.
    HandOver,
    /// Announce running instances, renew and end their leases, and tell who read through them.
    Announce,
    /// Register what a reader relies on.
    Expect,
    /// Record what runs where.
    RecordDeployment,
    /// Ask to read another domain's product, and take the question back.
    AskAccess,
    /// Answer who may read a domain's products.
    DecideAccess,
    /// See the agreements that a domain has, on either side, and fetch grants.
    SeeAgreements,
    /// Say who works for a domain, and make tokens for its machines.
    ManageMembers,
    /// Say who runs the platform and who audits it.
    ManagePlatform,
    /// Say what holds for all products.
    ManagePolicies,
    /// Set whom the registry tells of events.
    ManageWebhooks,
    /// See who did what.
    ReadAudit,
    /// Read the counters of the process.
    ReadMetrics,
}

/// To whom something is permitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Whoever asks, known or not.
    Anyone,
    /// Whoever the registry knows, in their own tenant.
    Everybody,
    /// Those who hold one of these roles: in the domain concerned, or on the platform.
    Roles(&'static [Role]),
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Permission {
    /// What may be done.
    pub action: Action,
    /// Its name in scopes of tokens, messages and the audit.
    pub name: &'static str,
    /// What that is, for people.
    pub about: &'static str,
    /// By whom.
    pub who: Who,
}

const fn permit(action: Action, name: &'static str, who: Who, about: &'static str) -> Permission {
    Permission { action, name, about, who }
}

/// The table. Whoever runs the platform says who is who, but neither publishes for a domain nor decides who reads its data:
/// that is the domain's own.
pub static PERMISSIONS: [Permission; 19] = [
    permit(Action::Greet, "greet", Who::Anyone, "see that the registry lives and how its API is described"),
    permit(Action::SignIn, "sign-in", Who::Anyone, "sign in and out, and exchange a pipeline's own token"),
    permit(Action::BeSomebody, "be-somebody", Who::Everybody, "see who one is, and manage one's own tokens"),
    permit(
        Action::Browse,
        "browse",
        Who::Everybody,
        "browse products, contracts, readers, deployments, lineage and the feed",
    ),
    permit(
        Action::Publish,
        "publish",
        Who::Roles(&[Maintainer, Owner]),
        "publish versions of the domain's products",
    ),
    permit(
        Action::TurnVersions,
        "turn-versions",
        Who::Roles(&[Maintainer, Owner]),
        "yank, deprecate, roll back and retire the domain's versions",
    ),
    permit(Action::HandOver, "hand-over", Who::Roles(&[Owner]), "hand the domain to another team"),
    permit(
        Action::Announce,
        "announce",
        Who::Roles(&[Maintainer, Owner]),
        "announce the domain's running instances and who read through them",
    ),
    permit(
        Action::Expect,
        "expect",
        Who::Roles(&[Maintainer, Owner]),
        "register what the domain's readers rely on",
    ),
    permit(
        Action::RecordDeployment,
        "record-deployment",
        Who::Roles(&[Maintainer, Owner]),
        "record where the domain's versions and readers run",
    ),
    permit(
        Action::AskAccess,
        "ask-access",
        Who::Roles(&[Maintainer, Owner]),
        "ask on the domain's behalf to read another's product",
    ),
    permit(Action::DecideAccess, "decide-access", Who::Roles(&[Owner]), "say who reads the domain's data"),
    permit(
        Action::SeeAgreements,
        "see-agreements",
        Who::Roles(&[Reader, Maintainer, Owner]),
        "see the domain's agreements on either side, and fetch its grants",
    ),
    permit(
        Action::ManageMembers,
        "manage-members",
        Who::Roles(&[Owner, Administrator]),
        "say who works for the domain, and make tokens for its machines",
    ),
    permit(
        Action::ManagePlatform,
        "manage-platform",
        Who::Roles(&[Administrator]),
        "say who runs and who audits the platform",
    ),
    permit(
        Action::ManagePolicies,
        "manage-policies",
        Who::Roles(&[Administrator]),
        "say what holds for all products",
    ),
    permit(
        Action::ManageWebhooks,
        "manage-webhooks",
        Who::Roles(&[Administrator]),
        "set whom the registry tells of events",
    ),
    permit(Action::ReadAudit, "read-audit", Who::Roles(&[Auditor]), "see who did what"),
    permit(
        Action::ReadMetrics,
        "read-metrics",
        Who::Roles(&[Administrator]),
        "read the counters of the process",
    ),
];

impl Action {
    /// Its row in the table.
    pub fn permission(self) -> &'static Permission {
        // The table is in the order of the variants, which a test holds.
        &PERMISSIONS[self as usize]
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        self.permission().name
    }

    /// The action of a name.
    pub fn named(name: &str) -> Option<Self> {
        PERMISSIONS.iter().find(|permission| permission.name == name).map(|permission| permission.action)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_finds_its_own_row() {
        for (place, permission) in PERMISSIONS.iter().enumerate() {
            assert_eq!(permission.action as usize, place, "{}", permission.name);
            assert_eq!(Action::named(permission.name), Some(permission.action), "a name is used once");
        }
    }
}
