//! How a credential is written: `mesh_{tenant}_{id}_{secret}`.
//!
//! The tenant stands in it, so that it is looked for among that tenant's alone; `mesh_` lets scanners of repositories find
//! one that was committed. The id is no secret. The secret has 256 random bits, of which the store has the SHA-256 only.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mesh_contract::Digest;
use subtle::ConstantTimeEq as _;

use crate::store::{StoreError, TenantId};

const MARK: &str = "mesh";
/// Longer texts are not looked at.
const LONGEST: usize = 256;

/// A credential as its holder shows it. Neither `Debug` nor any message shows the secret.
#[derive(Clone)]
pub(super) struct Secret {
    pub(super) tenant: TenantId,
    pub(super) id: String,
    secret: String,
}

impl Secret {
    /// A new one.
    pub(super) fn make(tenant: &TenantId) -> Result<Self, StoreError> {
        let mut id = [0; 10];
        let mut secret = [0; 32];
        getrandom::fill(&mut id)
            .and_then(|()| getrandom::fill(&mut secret))
            .map_err(StoreError::unavailable)?;
        Ok(Self {
            tenant: tenant.clone(),
            id: id.iter().map(|byte| format!("{byte:02x}")).collect(),
            secret: URL_SAFE_NO_PAD.encode(secret),
        })
    }

    /// What somebody shows, if it can be one at all.
    pub(super) fn read(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        // Secrets may have the sign that parts are told apart by; they come last.
        let mut parts = text.splitn(4, '_');
        let (mark, tenant, id, secret) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let of = |text: &str, legal: fn(&u8) -> bool| !text.is_empty() && text.as_bytes().iter().all(legal);
        let whole = mark == MARK
            && of(id, u8::is_ascii_hexdigit)
            && of(secret, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        let tenant = tenant.parse().ok().filter(|_| whole)?;
        Some(Self { tenant, id: id.to_owned(), secret: secret.to_owned() })
    }

    /// What the store keeps of the secret.
    pub(super) fn hash(&self) -> Digest {
        Digest::of_bytes(self.secret.as_bytes())
    }

    /// Whether it is the one that was kept, in a time that does not tell how much of it is right.
    pub(super) fn is(&self, kept: &Digest) -> bool {
        self.hash().to_string().as_bytes().ct_eq(kept.to_string().as_bytes()).into()
    }

    /// The text for its holder.
    pub(super) fn expose(&self) -> String {
        let Self { tenant, id, secret } = self;
        format!("{MARK}_{tenant}_{id}_{secret}")
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secret").field("tenant", &self.tenant).field("id", &self.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_is_read_and_known_again() {
        let made = Secret::make(&"acme-north".parse().expect("a tenant")).expect("random bits");
        let text = made.expose();
        let read = Secret::read(&text).expect("one of ours");
        assert_eq!((&read.tenant, &read.id), (&made.tenant, &made.id));
        assert!(read.is(&made.hash()));
        assert!(!format!("{made:?}").contains(&made.secret), "nobody sees it by accident");
        let other = Secret::make(&made.tenant).expect("random bits");
        assert!(!read.is(&other.hash()));
    }

    #[test]
    fn other_texts_are_none() {
        let made = Secret::make(&TenantId::default()).expect("random bits").expose();
        let long = format!("{made}{}", "a".repeat(LONGEST));
        let others = [
            "",
            "mesh",
            "mesh_default",
            "mesh_default_00",
            "mesh_default_00_",
            "mesh__00_a",
            "mesh_de/f_00_a",
            "mesh_default_zz_a",
            "mesh_default_00_a b",
            "Mesh_default_00_a",
            "mesh_default_00_\u{0}",
            &long,
        ];
        for other in others {
            assert!(Secret::read(other).is_none(), "{other:?}");
        }
    }

    #[test]
    fn any_byte_changed_is_another() {
        let made = Secret::make(&TenantId::default()).expect("random bits");
        let text = made.expose();
        for at in 0..text.len() {
            for byte in [b'a', b'0', b'_', b'-', b'Z'] {
                let mut changed = text.clone().into_bytes();
                if std::mem::replace(&mut changed[at], byte) == byte {
                    continue;
                }
                let changed = String::from_utf8(changed).expect("ASCII");
                let known = Secret::read(&changed).is_some_and(|read| {
                    read.tenant == made.tenant && read.id == made.id && read.is(&made.hash())
                });
                assert!(!known, "{at}");
            }
        }
    }
}
