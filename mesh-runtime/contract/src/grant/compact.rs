//! The compact form of a JSON Web Signature: three parts in base64url, with dots between.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::GrantError;

/// The one algorithm that counts.
pub(super) const ALGORITHM: &str = "EdDSA";
/// What the signed text is.
pub(super) const TYPE: &str = "JWT";

/// What stands before the claims. Nothing else is taken there: what a header could add (a key of its own, an address to fetch
/// one from, extensions) are ways to talk a reader into believing.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    pub(super) alg: String,
    pub(super) typ: String,
    pub(super) kid: String,
}

/// A grant taken apart, nothing of it believed.
pub(super) struct Parts<'t> {
    /// The text that is signed: header and claims as they were sent.
    pub(super) signed: &'t str,
    pub(super) header: &'t str,
    pub(super) claims: &'t str,
    pub(super) signature: &'t str,
}

/// Takes a text apart.
pub(super) fn split(text: &str) -> Result<Parts<'_>, GrantError> {
    const WRONG: GrantError = GrantError::Malformed("it is not three parts with dots between");
    let (signed, signature) = text.rsplit_once('.').ok_or(WRONG)?;
    let (header, claims) = signed.split_once('.').ok_or(WRONG)?;
    if claims.contains('.') {
        return Err(WRONG);
    }
    Ok(Parts { signed, header, claims, signature })
}

/// Bytes as a part.
pub(super) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A part as bytes. One sequence of bytes has one text: neither padding nor loose bits at the end are taken.
pub(super) fn decode(part: &str) -> Result<Vec<u8>, GrantError> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| GrantError::Malformed("a part of it is not in base64url"))
}

/// A part as an object of JSON. serde would read a list of the members' values as well, which nobody signs.
pub(super) fn decode_json<T: DeserializeOwned>(part: &str, otherwise: &'static str) -> Result<T, GrantError> {
    let bytes = decode(part)?;
    if bytes.first() != Some(&b'{') {
        return Err(GrantError::Malformed(otherwise));
    }
    serde_json::from_slice(&bytes).map_err(|_| GrantError::Malformed(otherwise))
}
