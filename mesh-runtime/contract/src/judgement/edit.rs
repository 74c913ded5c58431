//! Edits of contract documents, from which the rules make their examples.

use serde_json::{Value, json};

/// The meaning of a field.
pub(crate) fn field<'d>(document: &'d mut Value, of: &str, name: &str) -> &'d mut Value {
    let fields = document["types"][of]["fields"].as_array_mut();
    let found = fields.and_then(|fields| fields.iter_mut().find(|field| field["name"] == name));
    found.expect("examples edit fields that the base has")
}

/// The schema of a member of the root, on both sides.
pub(crate) fn property(document: &mut Value, name: &str, schema: Value) {
    for side in ["emits", "accepts"] {
        document["schemas"][side]["properties"][name] = schema.clone();
    }
}

/// Another bound or keyword of a member of the root, on both sides.
pub(crate) fn keyword(document: &mut Value, name: &str, keyword: &str, value: Value) {
    for side in ["emits", "accepts"] {
        document["schemas"][side]["properties"][name][keyword] = value.clone();
    }
}

/// Takes a member of the root away.
pub(crate) fn remove(document: &mut Value, name: &str) {
    if let Some(fields) = document["types"]["Order"]["fields"].as_array_mut() {
        fields.retain(|field| field["name"] != name);
    }
    for side in ["emits", "accepts"] {
        if let Some(properties) = document["schemas"][side]["properties"].as_object_mut() {
            properties.remove(name);
        }
        optional(document, side, name);
    }
}

/// Adds a member to the root: whether it is always written, and whether a reader may go without.
pub(crate) fn add(document: &mut Value, meaning: Value, schema: Value, written: bool, taken: bool) {
    let name = meaning["name"].as_str().unwrap_or_default().to_owned();
    if let Some(fields) = document["types"]["Order"]["fields"].as_array_mut() {
        fields.push(meaning);
    }
    property(document, &name, schema);
    for (side, required) in [("emits", written), ("accepts", taken)] {
        if required && let Some(names) = document["schemas"][side]["required"].as_array_mut() {
            names.push(json!(name));
        }
    }
}

/// Says of a member of the root that it may be missing.
pub(crate) fn optional(document: &mut Value, side: &str, name: &str) {
    if let Some(names) = document["schemas"][side]["required"].as_array_mut() {
        names.retain(|it| it != name);
    }
}
