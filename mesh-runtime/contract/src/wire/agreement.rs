//! Agreements: a consumer asks to read a product, its owner answers, and what they agreed on is a grant.

use serde::{Deserialize, Serialize};

use crate::{Address, ConsumerName, ContractVersion, Day, EnvironmentName};

/// What a consumer may read, and until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AccessTerms {
    /// The JSON pointers of the fields that may be read, each with everything in it; `*` stands for each item of a list or
    /// value of a map, and the empty pointer for the whole record.
    pub fields: Vec<String>,
    /// The last day on which it may be read, in UTC.
    pub until: Day,
    /// Whose rows, where a field of the product tells several customers apart: those that hold exactly this there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<String>,
}

/// A consumer asks to read a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AskAccess {
    /// Who is to read.
    pub consumer: ConsumerName,
    /// What for.
    pub purpose: String,
    /// Where the consumer runs.
    pub environment: EnvironmentName,
    /// What is asked for.
    pub terms: AccessTerms,
}

/// The owner lets a consumer read: what was asked for, or less.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AcceptAccess {
    /// What may be read, if that is less than what was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<AccessTerms>,
    /// A word to the consumer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The owner refuses or revokes, or the consumer takes back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EndAccess {
    /// Why: needed where the owner refuses or revokes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// How far an agreement has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AgreementState {
    /// The owner has not answered.
    Asked,
    /// The consumer may read.
    Accepted,
    /// The owner has said no.
    Refused,
    /// The consumer has taken it back.
    Withdrawn,
    /// The owner has ended it before its day.
    Revoked,
    /// Its last day has passed.
    Ended,
}

impl AgreementState {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Revoked => "revoked",
            Self::Ended => "ended",
        }
    }

    /// Whether it waits for an answer or is in force.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Asked | Self::Accepted)
    }
}

impl std::fmt::Display for AgreementState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// Somebody's right to read a product, from the question to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Agreement {
    /// Its name: random, so that it tells nothing.
    pub id: String,
    /// Moves with every change of it.
    pub revision: u64,
    /// The product.
    pub address: Address,
    /// Who reads.
    pub consumer: ConsumerName,
    /// What for.
    pub purpose: String,
    /// Where the consumer runs.
    pub environment: EnvironmentName,
    /// How far it has come.
    pub state: AgreementState,
    /// What was asked for.
    pub asked: AccessTerms,
    /// What was agreed on, once the owner has accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreed: Option<AccessTerms>,
    /// Who asked.
    pub asked_by: String,
    /// When, RFC 3339 in UTC.
    pub asked_at: String,
    /// Who answered or ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// When, RFC 3339 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<String>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// An accepted agreement as the consumer shows it to a port.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IssuedGrant {
    /// The agreement.
    pub agreement: String,
    /// The grant: a JSON Web Signature in its compact form, see [`crate::grant`].
    pub grant: String,
    /// When it ends, RFC 3339 in UTC.
    pub expires_at: String,
}

/// What a port needs to believe grants without asking anybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Trust {
    /// Who signs: the `iss` of grants.
    pub issuer: String,
    /// The tenant whose grants count.
    pub tenant: String,
    /// The keys that count (RFC 7517).
    pub keys: Vec<PublicKey>,
    /// The `jti` of grants that count no more although their day has not come, sorted.
    pub revoked: Vec<String>,
}

/// An Ed25519 key as RFC 8037 writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKey {
    /// The sort of key: `OKP`.
    pub kty: String,
    /// The curve: `Ed25519`.
    pub crv: String,
    /// The key's name.
    pub kid: String,
    /// The key, in base64url without padding.
    pub x: String,
}

/// What a port tells the registry of who has read through it since it told last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Reads {
    /// The epoch of the instance that tells it.
    pub epoch: u64,
    /// Who has read what.
    pub readers: Vec<ObservedReader>,
}

/// Somebody who has read a product through a port.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ObservedReader {
    /// Who: the consumer that the grant names.
    pub consumer: ConsumerName,
    /// Under which agreement.
    pub agreement: String,
    /// The product.
    pub address: Address,
    /// The version that was served.
    pub version: ContractVersion,
    /// The pointers of the fields that were asked for; those of the grant where none were named.
    pub fields: Vec<String>,
    /// How many requests were answered.
    pub answered: u64,
    /// How many were refused.
    pub refused: u64,
    /// When the last one came, RFC 3339 in UTC.
    pub last_at: String,
}
