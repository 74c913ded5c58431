//! Where a record stands in the order of its product.
//!
//! The order is by key, so that a reader's place in it outlives any number of inserts and deletes. A place must tell
//! nothing that the records hide: where a part of the key is personal data, and where there is no key and only the whole
//! record can say where it stands, a keyed hash takes its place.

use std::cmp::Ordering;

use mesh_contract::{Digest, canonical};
use serde_json::Value;
use subtle::ConstantTimeEq;

/// Where a record stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Position {
    /// By the parts of its key, in order.
    Open(Vec<KeyPart>),
    /// By a keyed hash; the number tells equal records apart.
    Hidden(Digest, u32),
}

/// One part of a key. Each sort of value has an order of its own; sorts follow one another.
#[derive(Debug, Clone)]
pub(crate) enum KeyPart {
    Bool(bool),
    Whole(i128),
    Number(f64),
    Text(String),
    /// Anything else, by its canonical JSON.
    Other(String),
}

impl KeyPart {
    pub(crate) fn of(value: &Value) -> Self {
        let whole = |number: &serde_json::Number| {
            number.as_u64().map(i128::from).or_else(|| number.as_i64().map(i128::from))
        };
        match value {
            Value::Bool(bool) => Self::Bool(*bool),
            Value::String(text) => Self::Text(text.clone()),
            Value::Number(number) => match (whole(number), number.as_f64()) {
                (Some(whole), _) => Self::Whole(whole),
                (None, Some(double)) => Self::Number(double),
                (None, None) => Self::Other(number.to_string()),
            },
            other => Self::Other(match canonical::canonical(other) {
                Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
                Err(_) => other.to_string(),
            }),
        }
    }

    pub(crate) fn to_value(&self) -> Value {
        match self {
            Self::Bool(bool) => Value::from(*bool),
            Self::Whole(whole) => match (u64::try_from(*whole), i64::try_from(*whole)) {
                (Ok(whole), _) => Value::from(whole),
                (_, Ok(whole)) => Value::from(whole),
                _ => Value::Null,
            },
            Self::Number(double) => Value::from(*double),
            Self::Text(text) => Value::from(text.as_str()),
            Self::Other(json) => serde_json::from_str(json).unwrap_or(Value::Null),
        }
    }

    fn sort(&self) -> u8 {
        match self {
            Self::Bool(_) => 0,
            Self::Whole(_) => 1,
            Self::Number(_) => 2,
            Self::Text(_) => 3,
            Self::Other(_) => 4,
        }
    }
}

impl Ord for KeyPart {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Bool(left), Self::Bool(right)) => left.cmp(right),
            (Self::Whole(left), Self::Whole(right)) => left.cmp(right),
            (Self::Number(left), Self::Number(right)) => left.total_cmp(right),
            (Self::Text(left), Self::Text(right)) | (Self::Other(left), Self::Other(right)) => {
                left.cmp(right)
            }
            _ => self.sort().cmp(&other.sort()),
        }
    }
}

impl PartialOrd for KeyPart {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for KeyPart {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for KeyPart {}

/// The secret under which positions are hidden.
#[derive(Clone)]
pub(crate) struct Secret([u8; 32]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl Secret {
    /// A secret of this process.
    pub(crate) fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// The secret that goes with a token: the same after a restart and on every instance of the domain.
    pub(crate) fn of_token(token: &str) -> Self {
        let mut text = b"mesh position secret 1\n".to_vec();
        text.extend_from_slice(token.as_bytes());
        let digest = Digest::of_bytes(&text).to_string();
        let mut bytes = [0; 32];
        bytes.copy_from_slice(&digest.as_bytes()["sha256:".len()..][..32]);
        Self(bytes)
    }

    /// What tells two secrets apart and tells neither.
    pub(crate) fn name(&self) -> String {
        self.hide(b"name").short()
    }

    /// A keyed hash, hashed twice under the key so that nobody can lengthen it.
    pub(crate) fn hide(&self, bytes: &[u8]) -> Digest {
        let keyed = |content: &[u8]| {
            let mut message = Vec::with_capacity(self.0.len() + content.len());
            message.extend_from_slice(&self.0);
            message.extend_from_slice(content);
            Digest::of_bytes(&message)
        };
        keyed(keyed(bytes).to_string().as_bytes())
    }

    /// Some bytes so that only this secret reads them, and nobody else makes them. The same bytes are sealed alike: what is sealed
    /// begins with a keyed hash of it, from which the bytes are covered in turn (a synthetic initial value, as RFC 5297 has it).
    pub(crate) fn seal(&self, scope: &str, bytes: &[u8]) -> Vec<u8> {
        let tag = self.tag(scope, bytes);
        let mut sealed = tag.as_bytes().to_vec();
        sealed.extend(self.covered(&tag, bytes));
        sealed
    }

    /// What was sealed for a scope; nothing where this secret has not sealed it.
    pub(crate) fn unseal(&self, scope: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (tag, covered) = sealed.split_at_checked(32)?;
        let tag = Digest::from_bytes(tag.try_into().ok()?);
        let bytes = self.covered(&tag, covered);
        let right = self.tag(scope, &bytes);
        bool::from(right.as_bytes().ct_eq(tag.as_bytes())).then_some(bytes)
    }

    fn tag(&self, scope: &str, bytes: &[u8]) -> Digest {
        self.hide(&[b"tag\n", scope.as_bytes(), b"\n", bytes].concat())
    }

    /// Covers bytes, or uncovers them.
    fn covered(&self, tag: &Digest, bytes: &[u8]) -> Vec<u8> {
        let block =
            |number: u32| self.hide(&[b"cover\n", &tag.as_bytes()[..], &number.to_be_bytes()].concat());
        let blocks = (0..).zip(bytes.chunks(32));
        blocks
            .flat_map(|(number, chunk)| {
                let block = block(number);
                chunk.iter().zip(*block.as_bytes()).map(|(byte, cover)| byte ^ cover).collect::<Vec<_>>()
            })
            .collect()
    }
}
