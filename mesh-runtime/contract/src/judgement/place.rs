//! Places in records and in the schemas that describe them.

use std::collections::BTreeSet;

use serde_json::Value;

/// Keywords whose schemas speak of the same value as the schema that holds them.
const SAME_VALUE: [&str; 3] = ["allOf", "anyOf", "oneOf"];

/// Adds a step to a JSON pointer.
pub(crate) fn step(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// The last step of a JSON pointer as it is meant, and the pointer above it.
pub(crate) fn last_step(pointer: &str) -> Option<(&str, String)> {
    let (above, name) = pointer.rsplit_once('/')?;
    Some((above, name.replace("~1", "/").replace("~0", "~")))
}

/// The name of a field for people: `total` of `/lines/*/total`.
pub(crate) fn shown(pointer: &str) -> String {
    let name = pointer.trim_start_matches('/').replace("/*", "[]").replace('/', ".");
    if name.is_empty() {
        "the record".to_owned()
    } else {
        format!("`{}`", name.replace("~1", "/").replace("~0", "~"))
    }
}

/// The pointer of a value in a record as the pointer of its field: `*` in place of each index of a list, and of each name
/// in a map. What is known of the fields tells lists and maps from members with such names; without it only indexes go.
pub(crate) fn field_of<'f>(pointer: &str, known: impl Iterator<Item = &'f str>) -> String {
    let steps: Vec<&str> = pointer.split('/').skip(1).collect();
    let fits = |field: &str| {
        let mut matched = 0;
        for (index, step) in field.split('/').skip(1).enumerate() {
            match steps.get(index) {
                Some(there) if step == *there || step == "*" => matched += 1,
                Some(_) => return None,
                None => return None,
            }
        }
        Some(matched)
    };
    let best = known
        .filter_map(|field| Some((fits(field)?, field)))
        .max_by_key(|(matched, field)| (*matched, !field.contains('*')));
    let (matched, mut field) =
        best.map_or((0, String::new()), |(matched, field)| (matched, field.to_owned()));
    for there in &steps[matched..] {
        let index = !there.is_empty() && there.bytes().all(|byte| byte.is_ascii_digit());
        field.push('/');
        field.push_str(if index { "*" } else { there });
    }
    field
}

/// Whether a place is another one, or above or below it.
pub(crate) fn touches(one: &str, other: &str) -> bool {
    let within = |long: &str, short: &str| {
        long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    within(one, other) || within(other, one)
}

/// The schemas of a document that describe a field, as JSON pointers into the document, references followed.
pub(crate) fn schemas_of(document: &Value, field: &str) -> Vec<String> {
    let mut here = same_value(document, [String::new()].into());
    for name in field.split('/').skip(1) {
        let mut below = BTreeSet::new();
        for at in &here {
            let Some(schema) = document.pointer(at).and_then(Value::as_object) else { continue };
            let mut found = |path: String| {
                if document.pointer(&path).is_some() {
                    below.insert(path);
                }
            };
            found(format!("{at}/properties/{name}"));
            if name == "*" {
                for keyword in ["items", "additionalProperties", "unevaluatedProperties"] {
                    if schema.get(keyword).is_some_and(Value::is_object) {
                        found(format!("{at}/{keyword}"));
                    }
                }
                for keyword in ["prefixItems", "items", "patternProperties"] {
                    match schema.get(keyword) {
                        Some(Value::Array(items)) => {
                            (0..items.len()).for_each(|index| found(format!("{at}/{keyword}/{index}")))
                        }
                        Some(Value::Object(members)) if keyword == "patternProperties" => {
                            members.keys().for_each(|name| found(step(&format!("{at}/{keyword}"), name)));
                        }
                        _ => {}
                    }
                }
            } else {
                found(format!("{at}/prefixItems/{name}"));
            }
        }
        here = same_value(document, below);
    }
    here.into_iter().collect()
}

/// The schemas that speak of the same value, references followed.
fn same_value(document: &Value, start: BTreeSet<String>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open: Vec<String> = start.into_iter().collect();
    while let Some(at) = open.pop() {
        let Some(schema) = document.pointer(&at) else { continue };
        if !found.insert(at.clone()) {
            continue;
        }
        if let Some(target) =
            schema.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix('#'))
        {
            open.push(target.to_owned());
        }
        for keyword in SAME_VALUE {
            let branches = schema.get(keyword).and_then(Value::as_array).map_or(0, Vec::len);
            open.extend((0..branches).map(|index| format!("{at}/{keyword}/{index}")));
        }
        for keyword in ["then", "else"] {
            if schema.get(keyword).is_some() {
                open.push(format!("{at}/{keyword}"));
            }
        }
    }
    found
}

/// A schema of what is written, as a reader holds it who ignores members that it does not know: what closes it is gone.
pub fn opened(schema: &Value) -> Value {
    let mut reader = schema.clone();
    open(&mut reader);
    reader
}

fn open(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if members.get("unevaluatedProperties") == Some(&Value::Bool(false)) {
                members.remove("unevaluatedProperties");
            }
            for (name, member) in members.iter_mut() {
                match name.as_str() {
                    "const" | "enum" | "default" | "examples" | "required" => {}
                    // Names of members, not keywords: one may be called as a keyword is.
                    "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas" => {
                        member
                            .as_object_mut()
                            .into_iter()
                            .flat_map(serde_json::Map::values_mut)
                            .for_each(open);
                    }
                    _ => open(member),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(open),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_reader_that_ignores_what_it_does_not_know_takes_a_new_field() {
        let schema = json!({
            "properties": {
                "id": { "type": "integer", "unevaluatedProperties": false },
                "tags": { "enum": [{"unevaluatedProperties": false}] },
                "const": { "unevaluatedProperties": false }
            },
            "unevaluatedProperties": false
        });
        assert_eq!(
            opened(&schema),
            json!({ "properties": {
                "id": { "type": "integer" },
                "tags": { "enum": [{"unevaluatedProperties": false}] },
                "const": {}
            } })
        );
    }

    #[test]
    fn pointers_of_values_are_told_as_fields() {
        let known = ["/lines", "/lines/*/price", "/by_genre/*", "/0"];
        let field = |pointer| field_of(pointer, known.into_iter());
        assert_eq!(field("/lines/3/price"), "/lines/*/price");
        assert_eq!(field("/by_genre/Rock"), "/by_genre/*");
        assert_eq!(field("/0"), "/0");
        assert_eq!(field("/lines/3/gone"), "/lines/*/gone");
        assert_eq!(field(""), "");
    }

    #[test]
    fn schemas_of_a_field_are_found_through_references_and_branches() {
        let document = json!({
            "properties": { "lines": { "items": { "$ref": "#/$defs/Line" } } },
            "$defs": { "Line": { "oneOf": [ { "properties": { "price": {} } }, { "properties": { "free": {} } } ] } }
        });
        assert_eq!(schemas_of(&document, "/lines/*/price"), ["/$defs/Line/oneOf/0/properties/price"]);
        assert!(schemas_of(&document, "/lines/*/gone").is_empty());
    }

    #[test]
    fn a_place_touches_what_is_above_and_below_it() {
        assert!(touches("/lines", "/lines/*/price"));
        assert!(touches("/lines/*/price", "/lines"));
        assert!(!touches("/lines", "/lines_total"));
    }
}
