//! The key that a registry signs with.

use ed25519_dalek::Signer as _;
use sha2::{Digest as _, Sha256};

use super::compact::{self, ALGORITHM, Header, TYPE};
use super::{BadKey, GrantClaims};
use crate::wire::PublicKey;

/// An Ed25519 key that grants are signed with. It is wiped when it is dropped, and never shown.
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// A new key from 32 bytes that nobody can guess: the caller takes them from the system.
    pub fn generate(random: [u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(&random))
    }

    /// The key that was kept as [`to_bytes`](Self::to_bytes).
    ///
    /// # Errors
    /// When these are not 32 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BadKey> {
        let bytes = bytes.try_into().map_err(|_| BadKey { length: bytes.len() })?;
        Ok(Self(ed25519_dalek::SigningKey::from_bytes(bytes)))
    }

    /// The secret, for keeping it.
    pub fn to_bytes(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// What ports need to believe what this key signs. Its name is its thumbprint (RFC 7638), so that the same key is called the
    /// same everywhere and two keys never share a name.
    pub fn public(&self) -> PublicKey {
        let x = compact::encode(self.0.verifying_key().as_bytes());
        let thumbprint = Sha256::digest(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#));
        PublicKey { kty: "OKP".to_owned(), crv: "Ed25519".to_owned(), kid: compact::encode(thumbprint), x }
    }

    /// Signs a grant.
    pub fn sign(&self, claims: &GrantClaims) -> String {
        let header = Header { alg: ALGORITHM.to_owned(), typ: TYPE.to_owned(), kid: self.public().kid };
        let json = |part: serde_json::Result<Vec<u8>>| part.expect("texts and numbers are always JSON");
        let header = compact::encode(json(serde_json::to_vec(&header)));
        let claims = compact::encode(json(serde_json::to_vec(claims)));
        let signed = format!("{header}.{claims}");
        let signature = compact::encode(self.0.sign(signed.as_bytes()).to_bytes());
        format!("{signed}.{signature}")
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("SigningKey").field(&self.public().kid).finish()
    }
}
