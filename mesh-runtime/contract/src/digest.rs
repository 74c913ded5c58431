//! Digests of contracts: SHA-256 of canonical JSON.

use std::fmt;
use std::str::FromStr;

use serde_json::{Map, Value};
use sha2::Digest as _;

use crate::Contract;
use crate::canonical::{self, NotExact};
use crate::contract::{DomainPart, Extensions, Input, Port, Schemas, ServicePart};
use crate::meaning::{FieldMeaning, TypeMeaning, VariantMeaning};

/// The SHA-256 of a document's canonical form, written `sha256:` and 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

/// A text that is no digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a digest; write `sha256:` and 64 lower-case hexadecimal digits")]
pub struct DigestError {
    /// What was written.
    pub text: String,
}

impl Digest {
    /// The digest of some bytes.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self(sha2::Sha256::digest(bytes).into())
    }

    /// The digest of a JSON value's canonical form.
    ///
    /// # Errors
    /// When a number does not survive a 64-bit float unchanged.
    pub fn of_value(value: &Value) -> Result<Self, NotExact> {
        canonical::canonical(value).map(|bytes| Self::of_bytes(&bytes))
    }

    /// The first 12 hexadecimal digits, for people.
    pub fn short(&self) -> String {
        self.to_string()["sha256:".len()..].chars().take(12).collect()
    }
}

impl Contract {
    /// The digest of everything that the contract says.
    ///
    /// # Errors
    /// When a number does not survive a 64-bit float unchanged.
    pub fn digest(&self) -> Result<Digest, NotExact> {
        Digest::of_value(&self.to_value())
    }

    /// The digest of what the contract promises: schemas and judged meaning, without prose and without its version. Two
    /// versions with equal promises differ in words only.
    ///
    /// # Errors
    /// When a number does not survive a 64-bit float unchanged.
    pub fn promise(&self) -> Result<Digest, NotExact> {
        let mut contract = self.clone();
        strip_contract(&mut contract);
        Digest::of_value(&contract.to_value())
    }
}

/// Takes away what is prose. Every type is taken apart in full, so that a new member cannot be forgotten here: whoever adds
/// one decides whether it is promised.
fn strip_contract(contract: &mut Contract) {
    let Contract {
        mesh: _,
        address: _,
        version,
        description,
        kind: _,
        stability: _,
        domain,
        service,
        purpose,
        terms: _,
        tags,
        deprecated: _,
        levels: _,
        key: _,
        ports,
        inputs,
        root: _,
        types,
        schemas: Schemas { emits, accepts },
        examples,
        extensions,
    } = contract;
    *version = crate::ContractVersion::new(0, 0, 0);
    description.clear();
    *purpose = None;
    tags.clear();
    examples.clear();
    *extensions = Extensions::default();
    let DomainPart { name: _, description, owner: _, contact, extensions } = domain;
    description.clear();
    *contact = None;
    *extensions = Extensions::default();
    let ServicePart { name: _, description, shared_with: _, extensions } = service;
    description.clear();
    *extensions = Extensions::default();
    for Port { name: _, kind: _, options: _, extensions } in ports {
        *extensions = Extensions::default();
    }
    for Input { address: _, requirement: _, purpose, fields: _, extensions } in inputs {
        *purpose = None;
        *extensions = Extensions::default();
    }
    types.values_mut().for_each(strip_type);
    without_prose(emits);
    without_prose(accepts);
}

fn strip_type(meaning: &mut TypeMeaning) {
    let TypeMeaning { description, fields, variants, tagging: _, extensible: _, newtype, extensions } =
        meaning;
    description.clear();
    *extensions = Extensions::default();
    fields.iter_mut().chain(newtype.as_deref_mut()).for_each(strip_field);
    for VariantMeaning { name: _, description, catch_all: _, fields, holds: _, extensions } in variants {
        description.clear();
        *extensions = Extensions::default();
        fields.iter_mut().for_each(strip_field);
    }
}

fn strip_field(field: &mut FieldMeaning) {
    let FieldMeaning {
        name: _,
        logical: _,
        description,
        optional: _,
        nullable: _,
        key: _,
        unit: _,
        term: _,
        pii: _,
        classification: _,
        deprecated: _,
        references: _,
        min: _,
        max: _,
        examples,
        extensions,
    } = field;
    description.clear();
    examples.clear();
    *extensions = Extensions::default();
}

/// Members of a JSON Schema that name a schema as a whole or speak to people only.
const PROSE: [&str; 6] = ["$id", "$comment", "title", "description", "examples", "deprecated"];

pub(crate) fn without_prose(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            for name in PROSE {
                members.remove(name);
            }
            for (name, member) in members.iter_mut() {
                match name.as_str() {
                    // Instances, not schemas: a member called `title` is content here.
                    "const" | "enum" | "default" | "required" | "dependentRequired" => {}
                    "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas" => {
                        each_schema(member);
                    }
                    _ => without_prose(member),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(without_prose),
        _ => {}
    }
}

fn each_schema(members: &mut Value) {
    members.as_object_mut().into_iter().flat_map(Map::values_mut).for_each(without_prose);
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        let wrong = || DigestError { text: text.to_owned() };
        let digits = text.strip_prefix("sha256:").ok_or_else(wrong)?.as_bytes();
        if digits.len() != 64 {
            return Err(wrong());
        }
        let nibble = |digit: u8| match digit {
            b'0'..=b'9' => Some(digit - b'0'),
            b'a'..=b'f' => Some(digit - b'a' + 10),
            _ => None,
        };
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let (high, low) = nibble(pair[0]).zip(nibble(pair[1])).ok_or_else(wrong)?;
            *byte = high << 4 | low;
        }
        Ok(Self(bytes))
    }
}

crate::text_serde::text_serde!(Digest);
