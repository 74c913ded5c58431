//! What is published and asked for in a run: few products, few versions and few contents, so that publishers meet.

use fastrand::Rng;
use mesh_contract::{Contract, ContractVersion, Digest};
use serde_json::{Value, json};

use crate::world::contract;

/// Products that everybody publishes.
pub(super) const SHARED: usize = 3;
/// Products that a reader is registered with while a version comes that would hurt it, one after another.
pub(super) const GUARDED: usize = 8;
const VERSIONS: u8 = 24;
const CONTENTS: u8 = 3;
const READERS: u8 = 12;

/// A document to publish, and what is known of it.
#[derive(Debug, Clone)]
pub(super) struct Document {
    pub(super) address: String,
    pub(super) version: ContractVersion,
    pub(super) digest: Digest,
    /// Whether every reader that [`reader_of`] registers needs what it leaves out.
    pub(super) hurts: bool,
    pub(super) text: Value,
}

impl Document {
    fn of(text: Value, hurts: bool) -> Self {
        let contract = Contract::read(&text.to_string()).expect("a contract");
        let sealed = contract.seal().expect("numbers that are exact");
        Self {
            address: contract.address.to_string(),
            version: contract.version,
            digest: sealed.digest,
            hurts,
            text,
        }
    }

    pub(super) fn path(&self) -> String {
        format!("/api/v1/products/{}/versions/{}", self.address, self.version)
    }
}

pub(super) fn shared_address(number: usize) -> String {
    format!("shared.p{number}")
}

pub(super) fn guarded_address(number: usize) -> String {
    format!("guarded.p{number}")
}

/// Some version of some shared product with some content. The judge has nothing against any of them.
pub(super) fn any_shared(random: &mut Rng) -> Document {
    let address = shared_address(random.usize(..SHARED));
    let mut text = contract(&address, &any_version(random), "Everybody's.");
    text["x-content"] = random.u8(..CONTENTS).into();
    Document::of(text, false)
}

pub(super) fn any_version(random: &mut Rng) -> String {
    format!("1.{}.0", random.u8(..VERSIONS))
}

/// The first version of a guarded product, which has a field that it may go without.
pub(super) fn first_guarded(number: usize) -> Document {
    let mut text = contract(&guarded_address(number), "1.0.0", "Guarded.");
    let fields = text["types"]["Record"]["fields"].as_array_mut().expect("fields");
    fields.push(json!({ "name": "note", "type": "string", "description": "A note.", "optional": true }));
    for (side, open) in [("emits", false), ("accepts", true)] {
        text["schemas"][side] = json!({
            "type": "object", "required": ["id"], "additionalProperties": open,
            "properties": { "id": { "type": "integer" }, "note": { "type": "string" } },
        });
    }
    Document::of(text, false)
}

/// The next version, without that field.
pub(super) fn lean_guarded(number: usize) -> Document {
    let mut text = first_guarded(number).text;
    text["version"] = "1.1.0".into();
    text["types"]["Record"]["fields"].as_array_mut().expect("fields").pop();
    for side in ["emits", "accepts"] {
        text["schemas"][side]["properties"].as_object_mut().expect("properties").remove("note");
    }
    Document::of(text, true)
}

/// A reader of a product. Of a guarded one it needs the field that the next version leaves out.
pub(super) fn reader_of(address: &str, random: &mut Rng) -> (String, Value) {
    let name = format!("reader-{}", random.u8(..READERS));
    let needs = if address.starts_with("guarded") { "note" } else { "id" };
    let expectation = json!({
        "mesh": 1, "consumer": name, "address": address, "requirement": "^1",
        "fields": [format!("/{needs}")], "schema": { "type": "object", "required": [needs] },
    });
    (name, expectation)
}
