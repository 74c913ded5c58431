//! Policies: what a platform asks of every product, who set it, and what was found.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Address, ContractVersion, Day, Digest};

/// What it means to break a policy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PolicySeverity {
    /// It is refused.
    #[default]
    Refuse,
    /// It is told, and goes on.
    Warn,
}

impl PolicySeverity {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refuse => "refuse",
            Self::Warn => "warn",
        }
    }
}

/// What became of a policy that did not simply hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PolicyOutcome {
    /// It does not hold.
    Broken,
    /// Nobody can tell whether it holds, which is never a pass.
    Undecided,
    /// It does not hold, and the policy itself lets that be until a day.
    Waived,
}

impl PolicyOutcome {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::Undecided => "undecided",
            Self::Waived => "waived",
        }
    }
}

/// One policy that did not simply hold for one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyFinding {
    /// The policy: `personal-data-needs-purpose`, or `sales/...` where the domain asks it of itself.
    pub rule: String,
    /// What it means to break it.
    pub severity: PolicySeverity,
    /// What became of it.
    pub outcome: PolicyOutcome,
    /// What it was asked of: `sales.orders`, `sales.orders reads shop.carts`, `invoices reads sales.orders`.
    pub subject: String,
    /// Where in the contract, as a JSON pointer; the whole where none is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub fix: String,
    /// The last day on which that is let be, where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Day>,
}

impl PolicyFinding {
    /// Whether something is refused for it.
    pub fn refuses(&self) -> bool {
        self.severity == PolicySeverity::Refuse && self.outcome != PolicyOutcome::Waived
    }
}

impl fmt::Display for PolicyFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, subject, message, fix, .. } = self;
        write!(f, "[{rule}] {subject}: {message}; {fix}")
    }
}

/// The policies that a registry holds its products to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Policies {
    /// Moves with every set; 0 where none was ever set.
    pub revision: u64,
    /// SHA-256 of the document.
    pub digest: Digest,
    /// The document, TOML. Empty where none was ever set.
    pub document: String,
    /// Who set it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_by: Option<String>,
    /// When, RFC 3339 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_at: Option<String>,
}

/// A set that was set at some time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PoliciesRevision {
    /// Its number.
    pub revision: u64,
    /// SHA-256 of the document.
    pub digest: Digest,
    /// Who set it.
    pub set_by: String,
    /// When, RFC 3339 in UTC.
    pub set_at: String,
}

/// Sets policies in place of those that stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetPolicies {
    /// The document, TOML.
    pub document: String,
    /// The revision that it is to replace: 0 where there is none.
    pub revision: u64,
}

/// Tries policies without setting them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TryPolicies {
    /// The document, TOML.
    pub document: String,
}

/// What policies would find in everything that is published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PoliciesTrial {
    /// How many products were looked at.
    pub products: u64,
    /// How many of them would be refused.
    pub refused: u64,
    /// Those of which there is something to tell, by address.
    pub findings: Vec<ProductFindings>,
}

/// What policies find in one product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProductFindings {
    /// The product.
    pub address: Address,
    /// The version that was looked at: the one that its page shows.
    pub version: ContractVersion,
    /// What was found.
    pub findings: Vec<PolicyFinding>,
}
