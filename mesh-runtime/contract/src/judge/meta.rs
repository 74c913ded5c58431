//! What draft 2020-12 says a schema is, in one document without dynamic references.
//!
//! The published meta-schema spreads over eight documents and an extension mechanism that nobody
//! uses within a document; this statement admits the same values.

use std::sync::OnceLock;

use serde_json::{Map, Value, json};

/// The identifier of the meta-schema.
pub(crate) const URI: &str = "https://json-schema.org/draft/2020-12/schema";

const TEXT: &[&str] = &[
    "$schema",
    "$ref",
    "$dynamicRef",
    "$comment",
    "$recursiveRef",
    "pattern",
    "format",
    "contentEncoding",
    "contentMediaType",
    "title",
    "description",
];
const ANCHOR: &[&str] = &["$anchor", "$dynamicAnchor", "$recursiveAnchor"];
const SCHEMA: &[&str] = &[
    "items",
    "contains",
    "additionalProperties",
    "propertyNames",
    "if",
    "then",
    "else",
    "not",
    "unevaluatedItems",
    "unevaluatedProperties",
    "contentSchema",
];
const SCHEMAS: &[&str] = &["prefixItems", "allOf", "anyOf", "oneOf"];
const NAMED: &[&str] = &["$defs", "definitions", "properties", "patternProperties", "dependentSchemas"];
const COUNT: &[&str] = &[
    "maxLength",
    "minLength",
    "maxItems",
    "minItems",
    "maxContains",
    "minContains",
    "maxProperties",
    "minProperties",
];
const NUMBER: &[&str] = &["maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum"];
const FLAG: &[&str] = &["uniqueItems", "deprecated", "readOnly", "writeOnly"];
const LIST: &[&str] = &["enum", "examples"];

/// The meta-schema of draft 2020-12.
pub(crate) fn schema() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
        let schema = json!({ "$ref": "#" });
        let named = json!({ "type": "object", "additionalProperties": schema });
        let names = json!({ "type": "array", "items": { "type": "string" }, "uniqueItems": true });
        let kind = json!({ "enum": ["array", "boolean", "integer", "null", "number", "object", "string"] });
        let mut properties = Map::new();
        let mut add = |keywords: &[&str], schema: Value| {
            properties.extend(keywords.iter().map(|keyword| ((*keyword).to_owned(), schema.clone())));
        };
        add(TEXT, json!({ "type": "string" }));
        add(ANCHOR, json!({ "type": "string", "pattern": "^[A-Za-z_][-A-Za-z0-9._]*$" }));
        add(&["$id"], json!({ "type": "string", "pattern": "^[^#]*#?$" }));
        add(&["$vocabulary"], json!({ "type": "object", "additionalProperties": { "type": "boolean" } }));
        add(SCHEMAS, json!({ "type": "array", "minItems": 1, "items": schema }));
        add(NAMED, named);
        add(COUNT, json!({ "type": "integer", "minimum": 0 }));
        add(NUMBER, json!({ "type": "number" }));
        add(&["multipleOf"], json!({ "type": "number", "exclusiveMinimum": 0 }));
        add(FLAG, json!({ "type": "boolean" }));
        add(LIST, json!({ "type": "array" }));
        add(&["dependentRequired"], json!({ "type": "object", "additionalProperties": names }));
        let either = json!({ "anyOf": [schema, names] });
        add(&["dependencies"], json!({ "type": "object", "additionalProperties": either }));
        let kinds = json!({ "type": "array", "items": kind, "minItems": 1, "uniqueItems": true });
        add(&["type"], json!({ "anyOf": [kind, kinds] }));
        add(&["required"], names);
        add(SCHEMA, schema);
        json!({ "$schema": URI, "$id": URI, "type": ["object", "boolean"], "properties": properties })
    })
}
