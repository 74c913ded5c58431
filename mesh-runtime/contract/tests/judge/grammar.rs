//! Random schemas over all keywords, small enough that their keywords meet.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn name() -> impl Strategy<Value = String> + Clone {
    prop::sample::select(vec!["a", "b", "c", "ab", "x1"]).prop_map(str::to_owned)
}

fn small() -> impl Strategy<Value = u64> + Clone {
    0..4u64
}

fn number() -> impl Strategy<Value = Value> + Clone {
    prop_oneof![
        (-4..8i64).prop_map(Value::from),
        prop::sample::select(vec![json!(0.5), json!(2.5), json!(-1.5), json!(1.0), json!(1e3), json!(0.1)]),
    ]
}

fn step() -> impl Strategy<Value = Value> + Clone {
    prop::sample::select(vec![json!(1), json!(2), json!(3), json!(0.5), json!(1.5), json!(0.1)])
}

fn pattern() -> impl Strategy<Value = String> + Clone {
    prop::sample::select(vec![
        "^a",
        "b$",
        "^[a-c]*$",
        "^x[0-9]+$",
        "a",
        "^$",
        "^.b?$",
        "^(?:ab|c){1,2}$",
        "\\d",
    ])
    .prop_map(str::to_owned)
}

fn kind() -> impl Strategy<Value = Value> + Clone {
    let one = prop::sample::select(vec!["null", "boolean", "integer", "number", "string", "array", "object"]);
    prop_oneof![
        4 => one.clone().prop_map(Value::from),
        1 => prop::collection::btree_set(one, 1..4).prop_map(|names| json!(names)),
    ]
}

fn format() -> impl Strategy<Value = Value> + Clone {
    prop::sample::select(vec!["date", "time", "date-time", "uuid"]).prop_map(Value::from)
}

/// A small JSON value.
pub(crate) fn value() -> impl Strategy<Value = Value> + Clone {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number(),
        prop::sample::select(vec!["", "a", "ab", "b", "c", "x1", "abc", "\u{e9}"]).prop_map(Value::from),
        prop::sample::select(vec![
            "2024-02-29",
            "2023-02-29",
            "23:59:59Z",
            "2024-02-29T23:59:59+01:00",
            "67e55044-10b1-426f-9247-bb680e5fe0c8",
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map(name(), inner, 0..3).prop_map(|map| json!(map)),
        ]
    })
}

/// Any value now and then where a schema expects something else is for the tests of odd input, not for these.
fn leaf() -> impl Strategy<Value = Value> + Clone {
    prop_oneof![
        1 => any::<bool>().prop_map(Value::from),
        4 => kind().prop_map(|kind| json!({ "type": kind })),
        1 => number().prop_map(|limit| json!({ "minimum": limit })),
        1 => number().prop_map(|limit| json!({ "type": "number", "exclusiveMaximum": limit })),
        1 => (number(), number()).prop_map(|(low, high)| json!({ "type": "integer", "minimum": low, "maximum": high })),
        1 => step().prop_map(|step| json!({ "multipleOf": step })),
        1 => (small(), small()).prop_map(|(low, more)| json!({ "type": "string", "minLength": low, "maxLength": low + more })),
        2 => pattern().prop_map(|pattern| json!({ "type": "string", "pattern": pattern })),
        1 => format().prop_map(|format| json!({ "type": "string", "format": format })),
        2 => value().prop_map(|value| json!({ "const": value })),
        2 => prop::collection::vec(value(), 1..4).prop_map(|values| json!({ "enum": values })),
    ]
}

fn keyword(inner: BoxedStrategy<Value>, recursive: bool) -> BoxedStrategy<(String, Value)> {
    let list = prop::collection::vec(inner.clone(), 1..3);
    let named = prop::collection::btree_map(name(), inner.clone(), 1..3).prop_map(|map| json!(map));
    let patterned = prop::collection::btree_map(pattern(), inner.clone(), 1..3).prop_map(|map| json!(map));
    let names = prop::collection::btree_set(name(), 0..3);
    let needs = prop::collection::btree_map(name(), names.clone(), 1..3).prop_map(|map| json!(map));
    let one = |keyword: &'static str, strategy: BoxedStrategy<Value>| {
        strategy.prop_map(move |value| (keyword.to_owned(), value)).boxed()
    };
    let count = || small().prop_map(Value::from).boxed();
    let mut choices = vec![
        (4, one("type", kind().boxed())),
        (6, one("properties", named.clone().boxed())),
        (4, one("required", names.prop_map(|names| json!(names)).boxed())),
        (2, one("patternProperties", patterned.boxed())),
        (4, one("additionalProperties", inner.clone())),
        (1, one("propertyNames", inner.clone())),
        (1, one("minProperties", count())),
        (1, one("maxProperties", count())),
        (1, one("dependentRequired", needs.boxed())),
        (1, one("dependentSchemas", named.boxed())),
        (2, one("unevaluatedProperties", inner.clone())),
        (2, one("prefixItems", list.clone().prop_map(Value::from).boxed())),
        (3, one("items", inner.clone())),
        (2, one("contains", inner.clone())),
        (1, one("minContains", count())),
        (1, one("maxContains", count())),
        (1, one("minItems", count())),
        (1, one("maxItems", count())),
        (1, one("uniqueItems", any::<bool>().prop_map(Value::from).boxed())),
        (1, one("unevaluatedItems", inner.clone())),
        (2, one("allOf", list.clone().prop_map(Value::from).boxed())),
        (3, one("anyOf", list.clone().prop_map(Value::from).boxed())),
        (2, one("oneOf", list.prop_map(Value::from).boxed())),
        (2, one("not", inner.clone())),
        (1, one("if", inner.clone())),
        (1, one("then", inner.clone())),
        (1, one("else", inner.clone())),
        (1, one("minimum", number().boxed())),
        (1, one("maxLength", count())),
        (1, one("minLength", count())),
        (1, one("maximum", number().boxed())),
        (1, one("exclusiveMinimum", number().boxed())),
        (1, one("exclusiveMaximum", number().boxed())),
        (1, one("multipleOf", step().boxed())),
        (1, one("pattern", pattern().prop_map(Value::from).boxed())),
        (1, one("format", format().boxed())),
        (1, one("const", value().boxed())),
        (1, one("enum", prop::collection::vec(value(), 1..4).prop_map(Value::from).boxed())),
    ];
    if recursive {
        choices.push((1, one("items", Just(json!({ "$ref": "#" })).boxed())));
        choices.push((1, one("additionalProperties", Just(json!({ "$ref": "#" })).boxed())));
        choices.push((1, one("properties", Just(json!({ "a": { "$ref": "#" } })).boxed())));
        choices.push((1, one("items", Just(json!({ "$ref": "#/$defs/one" })).boxed())));
        choices.push((1, one("$ref", Just(json!("#/$defs/two")).boxed())));
        choices.push((1, one("properties", Just(json!({ "b": { "$dynamicRef": "#meta" } })).boxed())));
    }
    prop::strategy::Union::new_weighted(choices).boxed()
}

/// A schema over all keywords.
pub(crate) fn schema() -> impl Strategy<Value = Value> {
    let inner = leaf().prop_recursive(3, 16, 3, |inner| {
        prop::collection::vec(keyword(inner.boxed(), false), 1..4).prop_map(object)
    });
    let recursive =
        |most| prop::collection::vec(keyword(inner.clone().boxed(), true), 1..most).prop_map(object);
    prop_oneof![
        3 => (recursive(4), recursive(3), inner.clone()).prop_map(with_definitions),
        1 => inner,
    ]
}

/// The definitions that recursive parts refer to, where one of them does. References stay guarded: the second definition refers
/// to none in place.
fn with_definitions((mut root, mut one, two): (Value, Value, Value)) -> Value {
    if let Some(members) = one.as_object_mut() {
        members.remove("$ref");
    }
    let refers =
        |schema: &Value| schema.to_string().contains("\"#/$defs/") || schema.to_string().contains("#meta");
    if refers(&root)
        && let Some(members) = root.as_object_mut()
    {
        members.insert("$dynamicAnchor".to_owned(), json!("meta"));
        members.insert("$defs".to_owned(), json!({ "one": one, "two": two }));
    }
    root
}

fn object(keywords: Vec<(String, Value)>) -> Value {
    Value::Object(keywords.into_iter().collect::<Map<_, _>>())
}
