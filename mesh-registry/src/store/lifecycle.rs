//! What becomes of versions once they are published, and who owns a domain. Contracts never change; this does.

use chrono::{DateTime, Utc};
use mesh_contract::wire::Successor;
use mesh_contract::{Address, ContractVersion, Day, DomainName, Scope};
use serde::{Deserialize, Serialize};

use super::{Head, Stage};

/// What has become of a version. It is kept as JSON beside the version, so what is not known here is refused when it is read,
/// and a member may only be added as one that may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lifecycle {
    /// That it stays only until a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<Deprecated>,
    /// That nobody new is to bind to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub yanked: Option<Withheld>,
    /// That a lower version of its line is preferred.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_back: Option<Withheld>,
    /// That it is not promised any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired: Option<Retired>,
}

impl Lifecycle {
    /// Whether nothing has become of it.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

/// That a version stays only until a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deprecated {
    /// What was deprecated: this version, or all of its line and whatever joins it.
    pub scope: Scope,
    /// When it was said.
    pub since: DateTime<Utc>,
    /// The day from which it may be gone.
    pub until: Day,
    /// What to use instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successor: Option<Successor>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How many days were left when readers were reminded last; nothing before the first time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminded: Option<u16>,
}

/// That a version is not to be bound to, or not to be preferred.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withheld {
    /// Since when.
    pub since: DateTime<Utc>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// That a version is not promised any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retired {
    /// Since when.
    pub since: DateTime<Utc>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What stood in the way and was overridden.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overridden: Vec<String>,
}

/// What is to become of versions of a product.
#[derive(Debug, Clone)]
pub struct Turn {
    /// The product.
    pub address: Address,
    /// The revision of the product that the caller decided on.
    pub revision: u64,
    /// Each version that changes, with all that has become of it from now on.
    pub lifecycles: Vec<(ContractVersion, Lifecycle)>,
    /// What the product shows from now on.
    pub shown: Shown,
    /// What is told to whoever follows, and kept in the audit.
    pub event: super::NewEvent,
    /// The request that asked for it, for the audit; nothing where the registry itself did.
    pub request_id: Option<String>,
}

/// The version that a product shows.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Its number.
    pub version: ContractVersion,
    /// How far it has come.
    pub stage: Stage,
    /// What it says about the product.
    pub head: Box<Head>,
}

/// Who owns a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ownership {
    /// The domain.
    pub domain: DomainName,
    /// The team that answers for it.
    pub owner: String,
    /// To whom it was offered, and when.
    pub offered: Option<(String, DateTime<Utc>)>,
}

/// A change of who owns a domain.
#[derive(Debug, Clone)]
pub struct OwnershipChange {
    /// What the caller decided on.
    pub from: Ownership,
    /// What it is from now on. The time of a new offer is the store's.
    pub owner: String,
    /// To whom it is offered from now on.
    pub offered_to: Option<String>,
    /// What is told to whoever follows, and kept in the audit.
    pub event: super::NewEvent,
    /// The request that asked for it, for the audit.
    pub request_id: Option<String>,
}
