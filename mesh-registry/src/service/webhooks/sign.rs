//! Signatures after Standard Webhooks: HMAC-SHA256 over the id, the time and the body, so that whoever gets a delivery knows
//! who sent it, when, and that nobody has touched it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::super::ServiceError;
use crate::store::{StoreError, WebhookSecret, WebhookSettings};

/// What every secret begins with.
const PREFIX: &str = "whsec_";
/// How many bytes of chance a secret of ours has.
const BYTES: usize = 32;
/// How many a secret may have.
const ALLOWED: std::ops::RangeInclusive<usize> = 24..=64;

/// Makes a secret.
pub(super) fn make() -> Result<WebhookSecret, ServiceError> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes)
        .map_err(|error| ServiceError::Store(StoreError::unavailable(error.to_string())))?;
    Ok(WebhookSecret(format!("{PREFIX}{}", STANDARD.encode(bytes))))
}

/// The bytes of a secret that somebody wrote, or nothing if it is none.
pub(super) fn key(secret: &str) -> Option<Vec<u8>> {
    let bytes = STANDARD.decode(secret.strip_prefix(PREFIX)?).ok()?;
    ALLOWED.contains(&bytes.len()).then_some(bytes)
}

/// The signatures of a delivery: with the secret, and with the one before as long as it is valid.
pub(super) fn signatures(
    settings: &WebhookSettings,
    id: &str,
    seconds: i64,
    body: &[u8],
    now: DateTime<Utc>,
) -> String {
    let former = settings.former.iter().filter(|former| now < former.until).map(|former| &former.secret);
    let signatures: Vec<_> = std::iter::once(&settings.secret)
        .chain(former)
        .filter_map(|secret| {
            let mut mac = Hmac::<Sha256>::new_from_slice(&key(&secret.0)?).ok()?;
            mac.update(format!("{id}.{seconds}.").as_bytes());
            mac.update(body);
            Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
        })
        .collect();
    signatures.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification.
    #[test]
    fn the_signature_is_the_one_of_the_specification() {
        let mut settings = WebhookSettings {
            url: String::new(),
            kinds: Vec::new(),
            addresses: Vec::new(),
            domains: Vec::new(),
            secret: WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned()),
            former: None,
            created_at: DateTime::UNIX_EPOCH,
        };
        let body = br#"{"test": 2432232314}"#;
        let (id, seconds) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330);
        let now = DateTime::UNIX_EPOCH;
        let signed = |settings: &WebhookSettings| signatures(settings, id, seconds, body, now);
        let one = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(signed(&settings), one);
        let former = |until| Some(crate::store::FormerSecret { secret: settings.secret.clone(), until });
        let valid = former(now + chrono::TimeDelta::seconds(1));
        let over = former(now);
        settings.secret = make().expect("a secret");
        settings.former = valid;
        assert!(signed(&settings).ends_with(&format!(" {one}")), "both");
        settings.former = over;
        assert!(!signed(&settings).contains(' '), "the new one alone");
    }

    #[test]
    fn a_secret_has_enough_bytes_and_is_never_shown() {
        let made = make().expect("a secret");
        assert_eq!(key(&made.0).map(|key| key.len()), Some(BYTES));
        assert_ne!(made, make().expect("another"));
        assert!(!format!("{made:?}").contains(&made.0[6..]));
        for bad in ["", "whsec_", "whsec_c2hvcnQ=", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_%%%"] {
            assert_eq!(key(bad), None, "{bad}");
        }
    }
}
