//! What becomes of versions once they are published: deprecated, yanked, held back, retired; and who still reads them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{PairFinding, PairVerdict};
use crate::line::{Line, Scope};
use crate::{Address, ConsumerName, ContractVersion, Day, DomainName, EnvironmentName, Requirement};

/// How far a version has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VersionState {
    /// It may be replaced, and nothing serves it yet.
    Draft,
    /// It is promised.
    #[default]
    Active,
    /// It is promised until a day that is named.
    Deprecated,
    /// It is not promised any more.
    Retired,
}

impl VersionState {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Active => "active",
            Self::Deprecated => "deprecated",
            Self::Retired => "retired",
        }
    }
}

/// What to use instead: a version of the same product, or another product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Successor {
    /// A version of the same product.
    Version(ContractVersion),
    /// Another product.
    Product(Address),
}

impl fmt::Display for Successor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(version) => version.fmt(f),
            Self::Product(address) => address.fmt(f),
        }
    }
}

/// A text that names no successor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is neither a version nor a product; write e.g. `2.0.0` or `sales.bookings`")]
pub struct SuccessorError {
    /// What was written.
    pub text: String,
}

impl FromStr for Successor {
    type Err = SuccessorError;

    fn from_str(text: &str) -> Result<Self, SuccessorError> {
        let version = text.parse().map(Self::Version).ok();
        version
            .or_else(|| text.parse().map(Self::Product).ok())
            .ok_or_else(|| SuccessorError { text: text.to_owned() })
    }
}

crate::text_serde::text_serde!(Successor);

/// That versions are promised only until a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deprecated {
    /// When it was said, RFC 3339 in UTC.
    pub since: String,
    /// The day from which they may be gone.
    pub until: Day,
    /// What to use instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successor: Option<Successor>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// That a version is not to be bound to any more, or not to be preferred.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Withheld {
    /// Since when, RFC 3339 in UTC.
    pub since: String,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// That a version is not promised any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Retired {
    /// Since when, RFC 3339 in UTC.
    pub since: String,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What stood in the way and was overridden by the owner.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overridden: Vec<String>,
}

/// A line of versions of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LineSummary {
    /// The line: `1`, or below one `0.3`.
    pub line: Line,
    /// The version that requirements of the line resolve to; absent when the line is retired or yanked as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<ContractVersion>,
    /// The highest that was released.
    pub newest: ContractVersion,
    /// How far the line has come.
    pub state: VersionState,
}

/// The body that yanks a version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Yank {
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The body that deprecates versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Deprecate {
    /// The day from which they may be gone.
    pub until: Day,
    /// What to use instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successor: Option<Successor>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The body that retires versions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Retire {
    /// Why; needed where something is overridden.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whether the owner takes what stands in the way upon itself. It is kept on record.
    #[serde(default, rename = "override")]
    pub overriding: bool,
}

/// The body that moves the pointer of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MoveLine {
    /// The version that requirements of the line resolve to from now on.
    pub version: ContractVersion,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A deprecation with everybody whom it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Campaign {
    /// The product.
    pub address: Address,
    /// What was deprecated: a version or a line.
    pub scope: Scope,
    /// The versions, the highest first.
    pub versions: Vec<ContractVersion>,
    /// When it was said, until when they stay, what to use instead and why.
    #[serde(flatten)]
    pub deprecated: Deprecated,
    /// How many days are left; below zero once the day has passed.
    pub days_left: i64,
    /// Every registered reader of these versions, those in the way first.
    pub readers: Vec<CampaignReader>,
    /// How many deployments serve these versions now.
    pub serving: u32,
    /// What stands in the way of retiring them; nothing when they may be retired.
    pub in_the_way: Vec<String>,
}

/// A reader of deprecated versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CampaignReader {
    /// Who reads.
    pub consumer: ConsumerName,
    /// The reader's own version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consumer_version: Option<String>,
    /// Which versions it takes.
    pub requirement: Requirement,
    /// What for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// Where this is in force.
    pub environments: Vec<EnvironmentName>,
    /// What it has come to.
    pub state: ReaderState,
    /// Whether it takes the successor as it is; absent where none was named or published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successor: Option<PairVerdict>,
    /// What it would not take of the successor.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<PairFinding>,
}

/// What a reader of deprecated versions has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReaderState {
    /// It runs somewhere and needs these versions.
    Deployed,
    /// It says that it needs them, and runs nowhere that is known.
    Declared,
    /// It takes another version as well, or has registered for one since.
    Moved,
}

impl ReaderState {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deployed => "deployed",
            Self::Declared => "declared",
            Self::Moved => "moved",
        }
    }
}

/// Who owns a domain, and to whom it was offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ownership {
    /// The domain.
    pub domain: DomainName,
    /// The team that answers for it; nobody else publishes.
    pub owner: String,
    /// To whom it was offered and who has not accepted yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offered: Option<Offered>,
}

/// An offer that waits for its other side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Offered {
    /// The team that may accept it.
    pub to: String,
    /// When it was offered, RFC 3339 in UTC.
    pub since: String,
}

/// The body that offers a domain to another owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OfferDomain {
    /// The present owner, who offers it.
    pub from: String,
    /// The team that is to answer for it.
    pub to: String,
}

/// The body that accepts a domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AcceptDomain {
    /// The team that accepts, which must be the one that it was offered to.
    pub by: String,
}
