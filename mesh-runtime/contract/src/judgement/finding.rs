//! What a judgement has to say: one difference, whom it hurts, and what to write instead.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Side, Step};
use crate::{ConsumerName, ContractVersion, Day, EnvironmentName};

/// Where a difference is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// A field of a record, by its JSON pointer; `*` stands for each item of a list or value of a map.
    Field(String),
    /// A part of the contract, by its JSON pointer: `/levels/freshness`.
    Contract(String),
}

impl Place {
    /// The pointer, of a record or of the contract.
    pub fn pointer(&self) -> &str {
        match self {
            Self::Field(pointer) | Self::Contract(pointer) => pointer,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(pointer) if pointer.is_empty() => f.write_str("the record"),
            Self::Contract(pointer) if pointer.is_empty() => f.write_str("the contract"),
            Self::Field(pointer) | Self::Contract(pointer) => f.write_str(pointer),
        }
    }
}

/// What a finding does to the verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum Standing {
    /// The version step that was made does not permit it.
    Refused,
    /// It could not be proved safe.
    Unproven {
        /// Why.
        reason: String,
    },
    /// Somebody took it upon themselves.
    Waived {
        /// Who.
        owner: String,
        /// Why.
        reason: String,
        /// The last day on which it holds.
        until: Day,
    },
    /// The product says of itself that it may break.
    Unstable,
    /// The version step that was made permits it.
    Permitted,
    /// Worth knowing, whatever the version.
    Note,
}

/// A reader who is hurt.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reader {
    /// Who reads.
    pub consumer: ConsumerName,
    /// The reader's own version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Where the reader runs; absent for what it has on its main line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<EnvironmentName>,
    /// The fields at this place that it reads. Empty when it relies on the product as a whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
}

impl fmt::Display for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.consumer)?;
        if let Some(version) = &self.version {
            write!(f, " {version}")?;
        }
        if let Some(environment) = &self.environment {
            write!(f, " in {environment}")?;
        }
        if !self.fields.is_empty() {
            write!(f, " (reads {})", self.fields.join(", "))?;
        }
        Ok(())
    }
}

/// What to write instead: it was judged, and the finding is gone with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Alternative {
    /// What it does, as an imperative: `keep the field and deprecate it`.
    pub title: String,
    /// Rust to paste.
    pub code: String,
    /// The version step that is needed with it.
    pub step: Step,
}

/// One difference between a contract and earlier versions of it that somebody may care about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The rule that found it; `mesh explain` tells more.
    pub rule: String,
    /// What it does to the verdict.
    pub standing: Standing,
    /// The version step that it requires.
    pub step: Step,
    /// Where it is.
    pub place: Place,
    /// What happened, in a sentence without its full stop.
    pub message: String,
    /// The earlier versions that the new one differs from, from low to high.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub against: Vec<ContractVersion>,
    /// The registered readers who are hurt.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readers: Vec<Reader>,
    /// Whom the record shows to be hurt; absent where no record shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub side: Option<Side>,
    /// A record that the one side permits and the other refuses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witness: Option<Value>,
    /// JSON pointer to the part of the witness that is refused; where something is missing, to where it would be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guilty: Option<String>,
    /// What to write instead.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instead: Vec<Alternative>,
    /// The same for the same difference on every machine and at every later judgement of the line: what a waiver names.
    pub fingerprint: String,
}

impl Finding {
    /// Whether the verdict is not clean because of this.
    pub fn counts(&self) -> bool {
        matches!(self.standing, Standing::Refused | Standing::Unproven { .. })
    }
}
