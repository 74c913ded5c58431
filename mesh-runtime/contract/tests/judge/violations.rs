//! What a violation tells: the place in the value, the keyword, and where the keyword stands in the schema.

use mesh_contract::judge::{Draft, Options, Validator, Violation};
use serde_json::{Value, json};

fn violations_in(draft: Draft, schema: &Value, value: &Value) -> Vec<Violation> {
    Validator::compile(schema, &Options::contract().with_draft(draft)).unwrap().validate(value).unwrap_err()
}

fn violations(schema: &Value, value: &Value) -> Vec<Violation> {
    violations_in(Draft::Draft202012, schema, value)
}

/// The violations as `place: keyword at schema`, one a line, the nearest branch indented.
fn told(violations: &[Violation]) -> String {
    let mut text = String::new();
    for Violation { pointer, keyword, schema, nearest } in violations {
        text.push_str(&format!("{pointer}: {keyword} at {schema}\n"));
        for line in told(nearest).lines() {
            text.push_str(&format!("  {line}\n"));
        }
    }
    text
}

#[test]
fn a_violation_names_the_place_and_the_rule_and_not_the_value() {
    let schema = json!({
        "type": "object",
        "properties": { "lines": { "items": { "properties": { "quantity": { "minimum": 1 } }, "required": ["sku"] } } },
        "additionalProperties": false
    });
    let value = json!({ "lines": [{ "quantity": 0, "sku": "a" }, { "quantity": 2 }], "secret/name": "Ada" });
    let violations: Vec<String> =
        violations(&schema, &value).into_iter().map(|violation| violation.to_string()).collect();
    assert_eq!(
        violations,
        [
            "`/lines/0/quantity` breaks `minimum`",
            "`/lines/1/sku` breaks `required`",
            "`/secret~1name` breaks `additionalProperties`"
        ]
    );
}

#[test]
fn a_violation_names_the_schema_behind_references_and_equal_schemas_stay_apart() {
    let schema = json!({
        "$ref": "#/$defs/Order",
        "$defs": {
            "Order": {
                "type": "object",
                "properties": {
                    "total": { "type": "number", "maximum": 10 },
                    "tax": { "type": "number", "maximum": 10 },
                    "a/b": { "$ref": "#short" }
                },
                "required": ["id"]
            },
            "Short~": { "$anchor": "short", "maxLength": 2 }
        }
    });
    let value = json!({ "total": 11, "tax": 12, "a/b": "long" });
    assert_eq!(
        told(&violations(&schema, &value)),
        "/a~1b: maxLength at /$defs/Short~0\n\
         /id: required at /$defs/Order\n\
         /tax: maximum at /$defs/Order/properties/tax\n\
         /total: maximum at /$defs/Order/properties/total\n"
    );
}

#[test]
fn each_keyword_is_named_as_it_is_written() {
    let cases = [
        (json!({ "const": 1 }), json!(2), ": const at "),
        (json!({ "enum": [1] }), json!(2), ": enum at "),
        (json!({ "exclusiveMinimum": 1 }), json!(1), ": exclusiveMinimum at "),
        (json!({ "format": "uint8" }), json!(300), ": format at "),
        (json!({ "type": "string", "format": "date" }), json!("x"), ": format at "),
        (json!({ "prefixItems": [true], "items": false }), json!([1, 2]), "/1: items at "),
        (json!({ "prefixItems": [{ "type": "null" }] }), json!([1]), "/0: type at /prefixItems/0"),
        (json!({ "properties": { "a": false } }), json!({ "a": 1 }), "/a: properties at "),
        (json!({ "patternProperties": { "^a": false } }), json!({ "a": 1 }), "/a: patternProperties at "),
        (
            json!({ "patternProperties": { "^a": { "minimum": 2 } } }),
            json!({ "a": 1 }),
            "/a: minimum at /patternProperties/^a",
        ),
        (json!({ "contains": { "const": 1 } }), json!([2]), ": contains at "),
        (json!({ "contains": { "const": 1 }, "maxContains": 1 }), json!([1, 1]), ": maxContains at "),
        (json!({ "contains": { "const": 1 }, "minContains": 2 }), json!([1]), ": minContains at "),
        (json!({ "dependentRequired": { "a": ["b"] } }), json!({ "a": 1 }), ": dependentRequired at "),
        (
            json!({ "dependentSchemas": { "a": { "minProperties": 2 } } }),
            json!({ "a": 1 }),
            ": minProperties at /dependentSchemas/a",
        ),
        (
            json!({ "if": { "minimum": 0 }, "then": { "maximum": 9 }, "else": false }),
            json!(10),
            ": maximum at /then",
        ),
        (json!({ "if": { "minimum": 0 }, "then": { "maximum": 9 }, "else": false }), json!(-1), ": else at "),
        (json!({ "allOf": [true, { "not": { "type": "null" } }] }), json!(null), ": not at /allOf/1"),
        (
            json!({ "properties": { "a": true }, "unevaluatedProperties": false }),
            json!({ "a": 1, "b": 2 }),
            "/b: unevaluatedProperties at ",
        ),
        (
            json!({ "anyOf": [{ "properties": { "a": true } }], "unevaluatedProperties": false }),
            json!({ "a": 1, "b": 2 }),
            "/b: unevaluatedProperties at ",
        ),
        (
            json!({ "prefixItems": [true], "unevaluatedItems": { "type": "null" } }),
            json!([1, 2]),
            "/1: type at /unevaluatedItems",
        ),
        (json!({ "propertyNames": { "maxLength": 1 } }), json!({ "ab": 1 }), ": propertyNames at "),
        (json!(false), json!(1), ": false at "),
    ];
    for (schema, value, expected) in cases {
        assert_eq!(told(&violations(&schema, &value)), format!("{expected}\n"), "{schema}");
    }
}

#[test]
fn the_words_of_older_drafts_are_kept() {
    let schema = json!({ "definitions": { "a": { "minimum": 1, "exclusiveMinimum": true } }, "items": { "$ref": "#/definitions/a" } });
    assert_eq!(told(&violations_in(Draft::Draft4, &schema, &json!([1]))), "/0: minimum at /definitions/a\n");
    let schema = json!({ "items": [true], "additionalItems": false, "dependencies": { "a": ["b"] } });
    assert_eq!(told(&violations_in(Draft::Draft7, &schema, &json!([1, 2]))), "/1: additionalItems at \n");
    assert_eq!(told(&violations_in(Draft::Draft7, &schema, &json!({ "a": 1 }))), ": dependencies at \n");
}

#[test]
fn a_member_beside_a_wrong_one_is_not_called_unknown() {
    let schema = json!({
        "allOf": [{ "properties": { "a": { "type": "string" }, "b": true } }],
        "unevaluatedProperties": false
    });
    assert_eq!(
        told(&violations(&schema, &json!({ "a": 1, "b": 2, "c": 3 }))),
        "/a: type at /allOf/0/properties/a\n/c: unevaluatedProperties at \n"
    );
}

#[test]
fn the_branch_that_fits_best_names_the_field() {
    let tagged = json!({ "oneOf": [
        { "type": "object", "properties": { "kind": { "const": "cash" }, "till": { "type": "integer" } }, "required": ["kind", "till"] },
        { "type": "object", "properties": { "kind": { "const": "card" }, "number": { "type": "string" }, "holder": { "type": "string" } }, "required": ["kind", "number", "holder"] }
    ] });
    assert_eq!(
        told(&violations(&tagged, &json!({ "kind": "card", "number": 5 }))),
        ": oneOf at \n  /holder: required at /oneOf/1\n  /number: type at /oneOf/1/properties/number\n"
    );
    let external = json!({ "anyOf": [
        { "const": "Unit" },
        { "type": "object", "properties": { "Cash": { "type": "object", "properties": { "till": { "type": "integer" } } } }, "required": ["Cash"], "additionalProperties": false },
        { "type": "object", "properties": { "Card": { "$ref": "#/$defs/Card" } }, "required": ["Card"], "additionalProperties": false }
    ], "$defs": { "Card": { "properties": { "a": { "minimum": 1 }, "b": { "minimum": 1 }, "c": { "minimum": 1 } } } } });
    assert_eq!(
        told(&violations(&external, &json!({ "Card": { "a": 0, "b": 0, "c": 0 } }))),
        ": anyOf at \n  /Card/a: minimum at /$defs/Card/properties/a\n  /Card/b: minimum at /$defs/Card/properties/b\n  /Card/c: minimum at /$defs/Card/properties/c\n"
    );
    let optional =
        json!({ "properties": { "line": { "anyOf": [{ "type": "null" }, external["anyOf"][1]] } } });
    assert_eq!(
        told(&violations(&optional, &json!({ "line": { "Cash": { "till": "one" } } }))),
        "/line: anyOf at /properties/line\n  /line/Cash/till: type at /properties/line/anyOf/1/properties/Cash/properties/till\n"
    );
}

#[test]
fn branches_that_hold_at_once_have_no_nearest_one() {
    let schema = json!({ "oneOf": [{ "minimum": 0 }, { "maximum": 9 }] });
    assert_eq!(told(&violations(&schema, &json!(5))), ": oneOf at \n");
}

#[test]
fn unions_of_unions_are_explained_without_looking_at_every_path() {
    let names = ["and", "or", "xor", "nand", "nor"];
    let branches: Vec<Value> = names
        .iter()
        .map(|name| json!({ "properties": { "op": { "const": name }, "left": { "$ref": "#" }, "right": { "$ref": "#" } }, "required": ["op"] }))
        .collect();
    let schema = json!({ "anyOf": branches });
    let mut value = json!({ "op": "not" });
    for _ in 0..40 {
        value = json!({ "op": "nor", "left": value });
    }
    let mut found = violations(&schema, &value);
    let mut levels = 0;
    while let Some(next) =
        found.first().map(|violation| violation.nearest.clone()).filter(|next| !next.is_empty())
    {
        found = next;
        levels += 1;
    }
    assert_eq!(levels, 41);
    assert_eq!(found[0].keyword, "const");
}

#[test]
fn a_schema_outside_of_the_document_is_named_by_the_reference_to_it() {
    let schema =
        json!({ "properties": { "schema": { "$ref": "https://json-schema.org/draft/2020-12/schema" } } });
    assert_eq!(
        told(&violations(&schema, &json!({ "schema": { "type": 1 } }))),
        "/schema: $ref at /properties/schema\n"
    );
}
