//! How a port believes a grant, without asking anybody.

use ed25519_dalek::{Signature, VerifyingKey};

use super::compact::{self, ALGORITHM, Header, TYPE};
use super::{GrantClaims, GrantError};
use crate::wire::{PublicKey, Trust};

/// How long a grant may be, in bytes: what is longer is not looked at, so that a hostile text costs nothing.
pub const MAX_LENGTH: usize = 8 * 1024;

/// By how many seconds the clock of a port may be behind the registry's before a grant that was signed just now does not count
/// yet. The end of a grant has no such slack.
pub const CLOCK_SKEW: u64 = 60;

/// What a text grants, if it is a grant that counts now: signed by a key of the registry's, in the same tenant, neither too
/// early nor too late, and not revoked. Whether it is a grant for what is asked (the product, the environment, the fields) is
/// for the caller to see from the claims.
///
/// # Errors
/// When it is not, and why.
pub fn verify(text: &str, trust: &Trust, now_unix: u64) -> Result<GrantClaims, GrantError> {
    let claims = authentic(text, trust)?;
    standing(&claims, trust, now_unix)?;
    Ok(claims)
}

/// What a text grants or once granted: a grant of the registry's, whether or not it counts still. A port tells with it whose
/// grant it was that ended.
///
/// # Errors
/// When the registry has not signed it, and why that is not believed.
pub fn authentic(text: &str, trust: &Trust) -> Result<GrantClaims, GrantError> {
    if text.len() > MAX_LENGTH {
        return Err(GrantError::Malformed("it is longer than any grant"));
    }
    let parts = compact::split(text)?;
    let header: Header = compact::decode_json(parts.header, "its header is not one of a grant")?;
    if header.alg != ALGORITHM {
        return Err(GrantError::Algorithm);
    }
    if header.typ != TYPE {
        return Err(GrantError::Malformed("its header is not one of a grant"));
    }
    let key = trust.keys.iter().find(|key| key.kid == header.kid).and_then(verifying);
    let key = key.ok_or(GrantError::UnknownKey)?;
    let signature = Signature::from_slice(&compact::decode(parts.signature)?)
        .map_err(|_| GrantError::Malformed("its signature has not the length of one"))?;
    key.verify_strict(parts.signed.as_bytes(), &signature).map_err(|_| GrantError::Signature)?;

    // Only from here on is anything that the text says believed.
    let claims: GrantClaims = compact::decode_json(parts.claims, "its claims are not those of a grant")?;
    if claims.iss != trust.issuer {
        return Err(GrantError::Issuer);
    }
    if claims.tenant != trust.tenant {
        return Err(GrantError::Tenant);
    }
    if claims.jti.is_empty() || claims.exp <= claims.nbf {
        return Err(GrantError::Malformed("its claims are not those of a grant"));
    }
    Ok(claims)
}

/// Whether claims that are [`authentic`] count now.
///
/// # Errors
/// When they do not, and why.
pub fn standing(claims: &GrantClaims, trust: &Trust, now_unix: u64) -> Result<(), GrantError> {
    if trust.revoked.contains(&claims.jti) {
        return Err(GrantError::Revoked);
    }
    if now_unix.saturating_add(CLOCK_SKEW) < claims.nbf {
        return Err(GrantError::NotYet);
    }
    if claims.exp <= now_unix {
        return Err(GrantError::Ended);
    }
    Ok(())
}

/// A key as the registry names it; nothing where it is of another sort.
fn verifying(key: &PublicKey) -> Option<VerifyingKey> {
    if key.kty != "OKP" || key.crv != "Ed25519" {
        return None;
    }
    let bytes = compact::decode(&key.x).ok()?;
    VerifyingKey::from_bytes(bytes.as_slice().try_into().ok()?).ok()
}
