//! Each schema contains itself, asked in another form that means the same, so that no shortcut for equal documents answers.

use mesh_contract::judge::{Containment, Options, contains};
use serde_json::{Map, Value, json};

/// A few hundred written shapes: every scalar of contracts in every place that a type of Rust puts it.
fn shapes() -> Vec<Value> {
    let scalars = [
        json!({ "type": "integer", "format": "int32" }),
        json!({ "type": "integer", "format": "int64", "not": { "const": 0 } }),
        json!({ "type": "integer", "format": "uint8", "minimum": 1 }),
        json!({ "type": "integer", "minimum": 0, "maximum": 255 }),
        json!({ "type": ["string", "null"], "maxLength": 10 }),
        json!({ "type": "string", "pattern": "^[A-Z]{3}-[0-9]+$" }),
        json!({ "type": "string", "format": "date-time" }),
        json!({ "type": "string", "format": "uuid", "minLength": 3 }),
        json!({ "enum": ["open", "closed", null, 3] }),
        json!({ "const": { "a": [1, 2.5] } }),
        json!({ "type": "number", "exclusiveMinimum": 0, "multipleOf": 0.01 }),
        json!({ "type": "boolean" }),
        json!({ "type": "object" }),
        json!(true),
    ];
    let mut shapes = scalars.to_vec();
    for (place, scalar) in scalars.iter().enumerate() {
        let other = &scalars[(place + 1) % scalars.len()];
        shapes.extend(containers(scalar, other));
    }
    shapes
}

fn containers(scalar: &Value, other: &Value) -> Vec<Value> {
    let object = |properties: Value, required: Value| json!({ "type": "object", "properties": properties, "required": required });
    let tagged = |name: &str, value: &Value| {
        object(json!({ "kind": { "const": name }, "value": value }), json!(["kind", "value"]))
    };
    vec![
        json!({ "type": "array", "items": scalar, "minItems": 1 }),
        json!({ "type": "array", "items": scalar, "uniqueItems": true }),
        json!({ "type": "array", "prefixItems": [scalar, other], "items": false, "minItems": 2 }),
        json!({ "type": "array", "contains": scalar, "minContains": 1, "maxContains": 2 }),
        json!({ "type": "object", "additionalProperties": scalar }),
        json!({ "type": "object", "patternProperties": { "^x-": scalar, "y$": other }, "additionalProperties": false }),
        json!({ "type": "object", "propertyNames": { "maxLength": 3 }, "additionalProperties": other, "maxProperties": 2 }),
        object(json!({ "a": scalar, "b": other }), json!(["a"])),
        object(
            json!({ "a": object(json!({ "b": scalar }), json!(["b"])), "c": { "type": "array", "items": object(json!({ "d": other }), json!([])) } }),
            json!(["a", "c"]),
        ),
        json!({ "type": "object", "properties": { "a": scalar }, "unevaluatedProperties": false }),
        json!({ "allOf": [object(json!({ "a": scalar }), json!([])), object(json!({ "b": other }), json!(["b"]))], "unevaluatedProperties": false }),
        json!({ "oneOf": [tagged("x", scalar), tagged("y", other), tagged("z", &json!({ "type": "null" }))] }),
        json!({ "oneOf": [tagged("x", scalar), tagged("y", other)], "unevaluatedProperties": false }),
        json!({ "anyOf": [{ "type": "null" }, object(json!({ "a": scalar }), json!(["a"]))] }),
        json!({ "anyOf": [
            { "type": "object", "properties": { "X": scalar }, "required": ["X"], "additionalProperties": false },
            { "type": "object", "properties": { "Y": other }, "required": ["Y"], "additionalProperties": false },
            { "const": "Unit" }
        ] }),
        json!({ "$ref": "#/$defs/node", "$defs": { "node": object(
            json!({ "value": scalar, "children": { "type": "array", "items": { "$ref": "#/$defs/node" } } }), json!(["value"])
        ) } }),
        json!({ "if": { "properties": { "a": scalar }, "required": ["a"] }, "then": { "required": ["b"] }, "else": { "required": ["c"] } }),
        json!({ "dependentSchemas": { "a": { "properties": { "b": scalar } } }, "dependentRequired": { "c": ["d"] } }),
    ]
}

/// The same schema in other words.
fn restated(schema: &Value) -> Vec<Value> {
    let mut forms = vec![each_in_an_all_of(schema)];
    if let Value::Object(members) = schema {
        let mut annotated = members.clone();
        annotated.insert("title".to_owned(), json!("restated"));
        annotated.insert("minProperties".to_owned(), json!(0));
        forms.push(Value::Object(annotated));
    }
    if !schema.to_string().contains("\"#") {
        forms.extend([
            json!({ "not": { "not": schema } }),
            json!({ "anyOf": [schema, false] }),
            json!({ "$ref": "#/$defs/x", "$defs": { "x": schema } }),
            json!({ "if": true, "then": schema }),
            json!({ "allOf": [schema, { "anyOf": [schema, { "type": "string", "maxLength": 4 }] }] }),
        ]);
    }
    forms
}

/// Every member of `properties` and every schema under `items` behind an `allOf` of one.
fn each_in_an_all_of(schema: &Value) -> Value {
    let Value::Object(members) = schema else { return schema.clone() };
    let wrapped = |inner: &Value| json!({ "allOf": [each_in_an_all_of(inner)] });
    let rewrite = |(name, value): (&String, &Value)| {
        let value = match (name.as_str(), value) {
            ("properties" | "$defs", Value::Object(named)) => {
                Value::Object(named.iter().map(|(name, inner)| (name.clone(), wrapped(inner))).collect())
            }
            ("items" | "additionalProperties", Value::Object(_)) => wrapped(value),
            _ => value.clone(),
        };
        (name.clone(), value)
    };
    Value::Object(members.iter().map(rewrite).collect::<Map<_, _>>())
}

#[test]
fn a_few_hundred_shapes_contain_themselves_in_other_words() {
    let shapes = shapes();
    assert!(shapes.len() > 250, "{}", shapes.len());
    let options = Options::contract();
    let mut open = Vec::new();
    for shape in &shapes {
        for form in restated(shape) {
            let closed = options.closed_sub();
            for (sub, sup, options) in
                [(shape, &form, options), (&form, shape, options), (shape, &form, closed)]
            {
                let answer = contains(sub, sup, &options).unwrap().containment;
                if answer != Containment::Contained {
                    open.push(format!("{:?} {sub} in {sup}: {answer:?}", options.sub));
                }
            }
        }
    }
    assert!(open.is_empty(), "{} of them:\n{}", open.len(), open.join("\n"));
}
