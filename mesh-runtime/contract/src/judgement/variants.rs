//! The variants of a union as its schema tells them: by constants, by the one member that names them, or by a tag.

use std::collections::BTreeMap;

use serde_json::Value;

/// The variant that a value names and the union does not know.
pub(crate) fn unknown_variant(
    value: &Value,
    document: &Value,
    schema: &Value,
    keyword: &str,
) -> Option<String> {
    let mut names = Names::default();
    match keyword {
        "enum" | "const" => names.constants(schema),
        "oneOf" | "anyOf" => {
            for branch in schema.get(keyword)?.as_array()? {
                names.branch(document, branch, 0);
            }
        }
        _ => return None,
    }
    names.unknown(value)
}

/// Deeper nesting of unions than this is not followed.
const DEEPEST: u8 = 16;

#[derive(Debug, Default)]
struct Names<'s> {
    /// The values that are variants as they stand.
    plain: Vec<&'s str>,
    /// The members that name a variant by being there.
    members: Vec<&'s str>,
    /// The values of the members that name a variant.
    tags: BTreeMap<&'s str, Vec<&'s str>>,
}

impl<'s> Names<'s> {
    fn constants(&mut self, schema: &'s Value) {
        self.plain.extend(schema.get("const").and_then(Value::as_str));
        let listed = schema.get("enum").and_then(Value::as_array);
        self.plain.extend(listed.into_iter().flatten().filter_map(Value::as_str));
    }

    fn branch(&mut self, document: &'s Value, branch: &'s Value, depth: u8) {
        if depth > DEEPEST {
            return;
        }
        self.constants(branch);
        if let Some(properties) = branch.get("properties").and_then(Value::as_object) {
            for (name, member) in properties {
                let mut tag = Names::default();
                tag.constants(member);
                if !tag.plain.is_empty() {
                    self.tags.entry(name).or_default().extend(tag.plain);
                }
            }
            let required = branch.get("required").and_then(Value::as_array);
            if let Some([name]) = required.map(Vec::as_slice) {
                self.members.extend(name.as_str().filter(|name| properties.contains_key(*name)));
            }
        }
        let target = branch.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix('#'));
        if let Some(target) = target.and_then(|target| document.pointer(target)) {
            self.branch(document, target, depth + 1);
        }
        for keyword in ["oneOf", "anyOf", "allOf"] {
            for inner in branch.get(keyword).and_then(Value::as_array).into_iter().flatten() {
                self.branch(document, inner, depth + 1);
            }
        }
    }

    fn unknown(&self, value: &Value) -> Option<String> {
        match value {
            Value::String(text) => {
                (!self.plain.is_empty() && !self.plain.contains(&text.as_str())).then(|| text.clone())
            }
            Value::Object(members) => {
                for (tag, known) in &self.tags {
                    match members.get(*tag).and_then(Value::as_str) {
                        Some(name) if !known.contains(&name) => return Some(name.to_owned()),
                        _ => {}
                    }
                }
                let (only, _) = members.iter().next().filter(|_| members.len() == 1)?;
                let by_member = !self.members.is_empty() && self.tags.is_empty();
                (by_member && !self.members.contains(&only.as_str())).then(|| only.clone())
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn unknown_variants_are_named_in_every_tagging() {
        let unknown =
            |value: Value, schema: Value, keyword: &str| unknown_variant(&value, &schema, &schema, keyword);
        let plain = json!({ "enum": ["open", "closed"] });
        assert_eq!(unknown(json!("returned"), plain.clone(), "enum"), Some("returned".to_owned()));
        assert_eq!(unknown(json!("open"), plain, "enum"), None);
        let external = json!({ "oneOf": [
            { "const": "none" },
            { "properties": { "card": {} }, "required": ["card"] }
        ] });
        assert_eq!(unknown(json!({ "cheque": 1 }), external.clone(), "oneOf"), Some("cheque".to_owned()));
        assert_eq!(unknown(json!({ "card": 1 }), external.clone(), "oneOf"), None);
        assert_eq!(unknown(json!("gone"), external, "oneOf"), Some("gone".to_owned()));
        let internal = json!({ "oneOf": [
            { "properties": { "kind": { "const": "card" }, "number": {} }, "required": ["kind", "number"] },
            { "$ref": "#/$defs/Cash" }
        ], "$defs": { "Cash": { "properties": { "kind": { "const": "cash" } }, "required": ["kind"] } } });
        assert_eq!(
            unknown(json!({ "kind": "cheque" }), internal.clone(), "oneOf"),
            Some("cheque".to_owned())
        );
        assert_eq!(unknown(json!({ "kind": "card" }), internal, "oneOf"), None);
    }
}
