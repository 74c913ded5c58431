//! Who somebody is to a registry, and what they may do: principals, roles and tokens.

use serde::{Deserialize, Serialize};

use crate::{DomainName, EnvironmentName};

/// What somebody is to a domain or to the platform. What each may do is told by the registry's table of permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Works for a domain: sees what it sees.
    Reader,
    /// Builds and deploys a domain's products.
    Maintainer,
    /// Answers for a domain: who works for it, and who reads its data.
    Owner,
    /// Sees who did what.
    Auditor,
    /// Runs the platform: who is who, and what holds for all.
    Administrator,
}

impl Role {
    /// Every role, from the least of a domain to the platform's.
    pub const ALL: [Self; 5] =
        [Self::Reader, Self::Maintainer, Self::Owner, Self::Auditor, Self::Administrator];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Maintainer => "maintainer",
            Self::Owner => "owner",
            Self::Auditor => "auditor",
            Self::Administrator => "administrator",
        }
    }

    /// Whether it is held in a domain, and not on the platform.
    pub fn is_of_domain(self) -> bool {
        matches!(self, Self::Reader | Self::Maintainer | Self::Owner)
    }
}

/// A text that names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no role; write one of reader, maintainer, owner, auditor, administrator")]
pub struct RoleError {
    /// What was written.
    pub text: String,
}

impl std::str::FromStr for Role {
    type Err = RoleError;

    fn from_str(text: &str) -> Result<Self, RoleError> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| RoleError { text: text.to_owned() })
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// A role that somebody holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Holding {
    /// The role.
    pub role: Role,
    /// In which domain; absent for the roles of the platform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<DomainName>,
}

/// Somebody who holds a role in a domain or on the platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// Who: a person by the address they sign in with, or a machine by the name it was given.
    pub principal: String,
    /// What they are.
    #[serde(flatten)]
    pub holding: Holding,
    /// Who said so.
    pub by: String,
    /// Since when, RFC 3339 in UTC.
    pub since: String,
}

/// What a token may be used for, beyond what its principal may do. Each part that is empty bounds nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct TokenScope {
    /// For these domains only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub domains: Vec<DomainName>,
    /// For these actions only, by their names in the table of permissions: `publish`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<String>,
    /// In these environments only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub environments: Vec<EnvironmentName>,
}

/// Asks for a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MakeToken {
    /// What it is for, in words: `nightly build`.
    pub label: String,
    /// Whose it is; whoever asks, unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    /// What it may be used for.
    #[serde(default)]
    pub scope: TokenScope,
    /// After how many days it ends.
    pub days: u32,
}

/// A token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenSummary {
    /// Its name, by which it is revoked; not secret.
    pub id: String,
    /// What it is for.
    pub label: String,
    /// Whose it is.
    pub principal: String,
    /// What it may be used for.
    pub scope: TokenScope,
    /// Who made it.
    pub made_by: String,
    /// When, RFC 3339 in UTC.
    pub made_at: String,
    /// When it ends, RFC 3339 in UTC.
    pub expires_at: String,
    /// When it was used last, RFC 3339 in UTC, within some minutes; absent before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_at: Option<String>,
}

/// A token that was just made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MadeToken {
    /// The token, shown this once.
    pub token: String,
    /// What it is.
    #[serde(flatten)]
    pub summary: TokenSummary,
}

/// Who a registry takes the asker for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WhoAmI {
    /// Whether the registry asks who somebody is at all.
    pub closed: bool,
    /// The tenant.
    pub tenant: String,
    /// The name; absent where the registry does not ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    /// The roles held.
    pub roles: Vec<Holding>,
    /// What the token that was shown may be used for.
    #[serde(default)]
    pub scope: TokenScope,
}
