//! Digests of contracts: SHA-256 of canonical JSON.

use std::fmt;
use std::str::FromStr;

use serde_json::{Map, Value};
use sha2::Digest as _;

use crate::canonical;
use crate::double::NotExact;
use crate::{Contract, Expectation};

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

    /// The digest that is these bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes of it.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The first 12 hexadecimal digits, for people.
    pub fn short(&self) -> String {
        self.to_string()["sha256:".len()..].chars().take(12).collect()
    }
}

/// A contract in canonical form with both its digests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The canonical form.
    pub document: Vec<u8>,
    /// The digest of everything that the contract says.
    pub digest: Digest,
    /// The digest of what it promises.
    pub promise: Digest,
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
        let mut value = self.to_value();
        take_prose(&mut value);
        Digest::of_value(&value)
    }

    /// The canonical form with both digests, for less than asking for one after the other.
    ///
    /// # Errors
    /// When a number does not survive a 64-bit float unchanged.
    pub fn seal(&self) -> Result<Sealed, NotExact> {
        let mut value = self.to_value();
        let document = canonical::canonical(&value)?;
        let digest = Digest::of_bytes(&document);
        take_prose(&mut value);
        Ok(Sealed { document, digest, promise: Digest::of_value(&value)? })
    }
}

impl Expectation {
    /// The digest of everything that it says.
    ///
    /// # Errors
    /// When a number does not survive a 64-bit float unchanged.
    pub fn digest(&self) -> Result<Digest, NotExact> {
        let value = serde_json::to_value(self)
            .expect("an expectation holds only names as keys and numbers that are finite");
        Digest::of_value(&value)
    }
}

/// Takes away what is prose from a contract's value. Doing so there costs a tenth of copying the contract first. Which
/// member is prose is decided in the test below, which takes every type apart in full, so that none can be forgotten.
fn take_prose(contract: &mut Value) {
    let Value::Object(contract) = contract else { return };
    take(contract, &["purpose", "tags", "examples"]);
    contract.insert("version".to_owned(), "0.0.0".into());
    // These stand in every document, so they stand in every promise too, with nothing said.
    clear_description(contract);
    if let Some(domain) = object(contract, "domain") {
        take(domain, &["contact"]);
        clear_description(domain);
    }
    if let Some(service) = object(contract, "service") {
        take(service, &[]);
        clear_description(service);
    }
    for port in objects(contract, "ports") {
        take(port, &[]);
    }
    for input in objects(contract, "inputs") {
        take(input, &["purpose"]);
    }
    for meaning in
        object(contract, "types").into_iter().flat_map(Map::values_mut).filter_map(Value::as_object_mut)
    {
        take(meaning, &["description"]);
        take_of_fields(meaning);
        if let Some(field) = object(meaning, "newtype") {
            take(field, &["description", "examples"]);
        }
        for variant in objects(meaning, "variants") {
            take(variant, &["description"]);
            take_of_fields(variant);
        }
    }
    object(contract, "schemas").into_iter().flat_map(Map::values_mut).for_each(without_prose);
}

fn take_of_fields(holder: &mut Map<String, Value>) {
    for field in objects(holder, "fields") {
        take(field, &["description", "examples"]);
    }
}

/// Takes members by name, and every extension.
fn take(members: &mut Map<String, Value>, names: &[&str]) {
    for name in names {
        members.remove(*name);
    }
    if members.keys().any(|name| name.starts_with("x-")) {
        members.retain(|name, _| !name.starts_with("x-"));
    }
}

fn clear_description(members: &mut Map<String, Value>) {
    members.insert("description".to_owned(), Value::String(String::new()));
}

fn object<'v>(members: &'v mut Map<String, Value>, name: &str) -> Option<&'v mut Map<String, Value>> {
    members.get_mut(name)?.as_object_mut()
}

fn objects<'v>(
    members: &'v mut Map<String, Value>,
    name: &str,
) -> impl Iterator<Item = &'v mut Map<String, Value>> + use<'v> {
    let items = members.get_mut(name).and_then(Value::as_array_mut);
    items.into_iter().flatten().filter_map(Value::as_object_mut)
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::contract::{DomainPart, Extensions, Input, Port, Schemas, ServicePart};
    use crate::meaning::{FieldMeaning, TypeMeaning, VariantMeaning};

    /// A contract in which every member says something, and every part has an extension.
    fn full() -> Contract {
        let field = |name: &str| {
            json!({
                "name": name, "type": "uint64", "description": "Number.", "optional": true, "nullable": true,
                "key": true, "unit": "EUR", "term": "t", "pii": "email", "classification": "confidential",
                "deprecated": "why", "references": "sales.customers/id", "min": "1", "max": "2",
                "examples": [1], "x-f": 1
            })
        };
        let schema = json!({"title": "T", "properties": {"title": {"description": "x", "type": "string"}}});
        let document = json!({
            "mesh": 1, "address": "sales.orders", "version": "1.2.0", "description": "Orders.",
            "kind": "source-aligned", "stability": "stable",
            "domain": {"name": "sales", "description": "Selling.", "owner": "o", "contact": "chat", "x-d": 1},
            "service": {"name": "orders", "description": "Takes.", "sharedWith": ["accounting"], "x-s": 1},
            "purpose": "billing", "terms": "none", "tags": ["a"],
            "deprecated": {"date": "2027-01-01", "successor": "sales.others"},
            "levels": {"freshness": "15m", "latency": "30s", "availability": "99.9%", "retention": "7y"},
            "key": ["id"],
            "ports": [{"name": "records", "kind": "records", "options": {"x-kept": "1"}, "x-p": 1}],
            "inputs": [{"address": "shop.carts", "requirement": "^1", "purpose": "p", "fields": ["/id"], "x-i": 1}],
            "root": "Order",
            "types": {"Order": {
                "description": "One.", "fields": [field("id")], "tagging": "external", "extensible": true,
                "newtype": field(""), "x-t": 1,
                "variants": [{
                    "name": "v", "description": "V.", "catchAll": true, "fields": [field("w")], "holds": ["bool"],
                    "x-v": 1
                }]
            }},
            "schemas": {"emits": schema, "accepts": schema},
            "examples": [{"description": "kept nowhere"}], "x-c": {"description": 1}
        });
        Contract::read(&document.to_string()).expect("a contract")
    }

    #[test]
    fn the_promise_is_what_is_left_when_every_type_is_taken_apart() {
        let contract = full();
        let mut stripped = contract.clone();
        strip_contract(&mut stripped);
        let mut value = contract.to_value();
        take_prose(&mut value);
        assert_eq!(value, stripped.to_value());
        assert_eq!(contract.promise(), Digest::of_value(&stripped.to_value()));
    }

    #[test]
    fn sealing_gives_what_asking_one_by_one_does() {
        let contract = full();
        let sealed = contract.seal().expect("exact");
        assert_eq!(Ok(&sealed.document), canonical::canonical(&contract.to_value()).as_ref());
        assert_eq!(Ok(sealed.digest), contract.digest());
        assert_eq!(Ok(sealed.promise), contract.promise());
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
            tenant: _,
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
}
