//! What a judgement has to be told beside contracts: what was waived, what words mean, and which day it is.

use serde::{Deserialize, Serialize};

use crate::{Address, ContractVersion, Day};

/// How a judgement is made. Whoever asks about the same change with the same policy gets the same judgement.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Policy {
    /// Whether readers whom nobody registered count for a field that no registered reader names.
    pub unread: Unread,
    /// Findings that somebody took upon themselves.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<Waiver>,
    /// What the author says of words that changed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub meaning: Vec<Claim>,
    /// The day of the judgement. Without it no waiver expires.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub today: Option<Day>,
}

/// What happens to a field that no registered reader names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unread {
    /// It stays: there may be readers whom nobody registered.
    #[default]
    Stays,
    /// It may go with a minor step: every reader is registered.
    MayGo,
}

/// That somebody takes a finding upon themselves for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Waiver {
    /// The fingerprint of the finding.
    pub finding: String,
    /// The product, so that the waivers of a domain's other products do not count as unused.
    pub product: Address,
    /// Who answers for it.
    pub owner: String,
    /// Why it does no harm, or less harm than the alternative.
    pub reason: String,
    /// The last day on which it holds.
    pub until: Day,
}

/// What the author says of words that changed: whether they still mean the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Claim {
    /// The product.
    pub product: Address,
    /// The version that brings the new words.
    pub version: ContractVersion,
    /// The place of the finding: the pointer of a field, or `/description` for the product's own. Absent: all of the version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Whether the words mean what they meant.
    pub says: Says,
}

/// Whether words mean what they meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Says {
    /// The same, told better.
    Same,
    /// Something else: readers have to act.
    Changed,
}
