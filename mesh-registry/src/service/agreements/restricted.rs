//! What somebody relies on who reads some fields of what a schema allows: those fields as the schema has them, and nothing else.
//! Every value that the schema allows is allowed by what comes out.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// Fields as a tree: each step with what is read below it. A step without any below is read whole.
#[derive(Debug, Default)]
struct Read {
    whole: bool,
    below: BTreeMap<String, Read>,
}

impl Read {
    fn of(fields: &[String]) -> Self {
        let mut read = Self::default();
        for field in fields {
            let mut at = &mut read;
            for step in field.split('/').skip(1) {
                at = at.below.entry(step.replace("~1", "/").replace("~0", "~")).or_default();
            }
            at.whole = true;
        }
        read
    }
}

/// References that lead to references are followed so often: a schema that leads further promises nothing here.
const STEPS: usize = 64;

/// The part of a schema that is about some fields, given as JSON pointers in which `*` stands for each item.
pub(super) fn restricted(schema: &Value, fields: &[String]) -> Value {
    let mut part = about(schema, schema, &Read::of(fields), 0);
    // What is taken over whole refers to these.
    for definitions in ["$defs", "definitions"] {
        if let (Some(kept), Some(members)) = (schema.get(definitions), part.as_object_mut()) {
            members.insert(definitions.to_owned(), kept.clone());
        }
    }
    part
}

fn about(root: &Value, schema: &Value, read: &Read, steps: usize) -> Value {
    let Some(members) = schema.as_object().filter(|_| steps < STEPS) else { return json!({}) };
    if read.whole {
        return without_definitions(members);
    }
    if read.below.is_empty() {
        return json!({});
    }
    let mut part = Map::new();
    // What has another shape than before does not hold the field any more.
    if let Some(kind) = members.get("type") {
        part.insert("type".to_owned(), kind.clone());
    }
    let named = |name: &str, below: &Read| {
        let property = members.get("properties").and_then(|properties| properties.get(name));
        property.map(|property| about(root, property, below, steps + 1))
    };
    let properties: Map<String, Value> =
        read.below.iter().filter_map(|(name, below)| Some((name.clone(), named(name, below)?))).collect();
    let required: Vec<&Value> = members
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter(|name| name.as_str().is_some_and(|name| properties.contains_key(name)))
        .collect();
    if !required.is_empty() {
        part.insert("required".to_owned(), json!(required));
    }
    if !properties.is_empty() {
        part.insert("properties".to_owned(), properties.into());
    }
    // Each item of a list; a map's values are held against a field only where no other member is named beside them.
    if let Some(below) = read.below.get("*") {
        if let Some(items) = members.get("items") {
            part.insert("items".to_owned(), about(root, items, below, steps + 1));
        }
        let alone = !members.contains_key("properties") && !members.contains_key("patternProperties");
        if let Some(values) = members.get("additionalProperties").filter(|it| alone && it.is_object()) {
            part.insert("additionalProperties".to_owned(), about(root, values, below, steps + 1));
        }
    }
    let mut all: Vec<Value> = Vec::new();
    if let Some(target) = members.get("$ref").and_then(Value::as_str)
        && let Some(target) = target.strip_prefix('#').and_then(|pointer| root.pointer(pointer))
    {
        all.push(about(root, target, read, steps + 1));
    }
    let branches = |name: &str| members.get(name).and_then(Value::as_array);
    for branch in branches("allOf").into_iter().flatten() {
        all.push(about(root, branch, read, steps + 1));
    }
    for choice in ["anyOf", "oneOf"] {
        if let Some(branches) = branches(choice) {
            // Parts may allow the same where wholes did not: any of them will do.
            let parts: Vec<Value> =
                branches.iter().map(|branch| about(root, branch, read, steps + 1)).collect();
            all.push(json!({ "anyOf": parts }));
        }
    }
    if !all.is_empty() {
        part.insert("allOf".to_owned(), all.into());
    }
    part.into()
}

fn without_definitions(members: &Map<String, Value>) -> Value {
    let kept = members
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "$defs" | "definitions" | "$id" | "$schema"));
    Value::Object(kept.map(|(name, value)| (name.clone(), value.clone())).collect())
}

#[cfg(test)]
mod tests {
    use mesh_contract::judgement::{BUDGET, Policy, Verdict, judge};
    use mesh_contract::{Contract, Expectation};

    use super::*;

    fn list(fields: &[&str]) -> Vec<String> {
        fields.iter().map(|field| (*field).to_owned()).collect()
    }

    fn sample() -> Value {
        json!({
            "type": "object", "required": ["id", "lines", "note"], "additionalProperties": false,
            "properties": {
                "id": { "type": "integer" },
                "note": { "type": "string" },
                "lines": { "type": "array", "items": { "$ref": "#/$defs/Line" } },
                "buyer": { "anyOf": [{ "$ref": "#/$defs/Buyer" }, { "type": "null" }] },
            },
            "$defs": {
                "Line": { "type": "object", "required": ["amount"], "properties": {
                    "amount": { "type": "number" }, "text": { "type": "string" },
                } },
                "Buyer": { "type": "object", "properties": { "name": { "type": "string" }, "mail": { "type": "string" } } },
            },
        })
    }

    #[test]
    fn only_the_fields_that_are_read_count() {
        let schema = restricted(&sample(), &list(&["/id", "/lines/*/amount", "/buyer/name"]));
        let takes = |value: Value| jsonschema::is_valid(&schema, &value);
        let whole = json!({ "id": 1, "note": "x", "lines": [{ "amount": 1.5, "text": "y" }], "buyer": { "name": "n" } });
        assert!(takes(whole.clone()));
        for (pointer, value) in [("/note", json!(7)), ("/lines/0/text", json!(7)), ("/buyer", json!(null))] {
            let mut other = whole.clone();
            *other.pointer_mut(pointer).expect("a place") = value;
            assert!(takes(other.clone()), "nobody reads {pointer}: {other}");
        }
        for (pointer, value) in [
            ("/id", json!("1")),
            ("/lines/0", json!({ "text": "y" })),
            ("/lines", json!("none")),
            ("/buyer/name", json!(7)),
        ] {
            let mut other = whole.clone();
            *other.pointer_mut(pointer).expect("a place") = value;
            assert!(!takes(other.clone()), "{pointer} is read: {other}");
        }
        let mut missing = whole.clone();
        missing.as_object_mut().expect("an object").remove("id");
        assert!(!takes(missing), "what is read was promised to be there");
    }

    #[test]
    fn nothing_read_is_nothing_relied_on_and_the_whole_is_all_of_it() {
        assert!(jsonschema::is_valid(&restricted(&sample(), &[]), &json!(7)));
        let whole = restricted(&sample(), &list(&[""]));
        assert!(!jsonschema::is_valid(&whole, &json!({ "id": 1, "lines": [] })));
        assert!(jsonschema::is_valid(&whole, &json!({ "id": 1, "lines": [{ "amount": 1 }], "note": "" })));
    }

    #[test]
    fn whoever_read_a_version_takes_that_version() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/contracts");
        let mut judged = 0;
        for entry in std::fs::read_dir(folder).expect("fixtures") {
            let text = std::fs::read_to_string(entry.expect("an entry").path()).expect("a text");
            let contract = Contract::read(&text).expect("a contract");
            let mut fields: Vec<String> =
                contract.field_paths().into_iter().map(|(pointer, _)| pointer).collect();
            fields.push(String::new());
            for field in fields {
                let fields = vec![field.clone()];
                let expectation = Expectation {
                    mesh: mesh_contract::FORMAT,
                    consumer: "bi".parse().expect("a name"),
                    consumer_version: None,
                    environment: None,
                    address: contract.address.clone(),
                    requirement: format!("^{}", contract.version).parse().expect("a requirement"),
                    purpose: None,
                    schema: restricted(&contract.schemas.emits, &fields),
                    fields,
                };
                let judgement = judge(&[], &contract, &[expectation], &Policy::default(), BUDGET);
                let broken = judgement.objections().any(|finding| !finding.readers.is_empty());
                assert!(judgement.verdict != Verdict::Broken && !broken, "{} {field}", contract.address);
                judged += 1;
            }
        }
        assert!(judged > 20, "{judged}");
    }
}
