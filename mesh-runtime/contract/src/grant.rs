//! Grants: accepted agreements, signed, so that a port believes them without asking anybody.
//!
//! A grant is a JSON Web Signature (RFC 7515) in its compact form over the claims below, signed with Ed25519 (`EdDSA`,
//! RFC 8037) by the registry. Other algorithms are not taken, whatever a header says.
//!
//! With the feature `grant`, a registry signs with a [`SigningKey`] and a port believes with [`verify`]. Neither reads a
//! clock nor makes randomness: both are arguments.

use serde::{Deserialize, Serialize};

use crate::{Address, ConsumerName, EnvironmentName};

#[cfg(feature = "grant")]
mod compact;
#[cfg(feature = "grant")]
mod error;
#[cfg(feature = "grant")]
mod key;
#[cfg(feature = "grant")]
mod verify;

#[cfg(feature = "grant")]
pub use error::{BadKey, GrantError};
#[cfg(feature = "grant")]
pub use key::SigningKey;
#[cfg(feature = "grant")]
pub use verify::{CLOCK_SKEW, MAX_LENGTH, authentic, standing, verify};

/// What a grant says (RFC 7519), times in seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrantClaims {
    /// Who signed: the registry.
    pub iss: String,
    /// Who reads.
    pub sub: ConsumerName,
    /// What is read.
    pub aud: Address,
    /// The agreement and its revision, `{id}.{revision}`, by which it is revoked.
    pub jti: String,
    /// When it was signed.
    pub iat: u64,
    /// From when it counts.
    pub nbf: u64,
    /// Until when it counts.
    pub exp: u64,
    /// Whose registry.
    pub tenant: String,
    /// Where the consumer runs, and so whose data it may read.
    pub environment: EnvironmentName,
    /// What for.
    pub purpose: String,
    /// The pointers of the fields that may be read, each with everything in it.
    pub fields: Vec<String>,
    /// Whose rows, where a field of the product tells several customers apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<String>,
}

impl GrantClaims {
    /// The agreement behind it: its name without the revision.
    pub fn agreement(&self) -> &str {
        self.jti.rsplit_once('.').map_or(self.jti.as_str(), |(agreement, _)| agreement)
    }
}
