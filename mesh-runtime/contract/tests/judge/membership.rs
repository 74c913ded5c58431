//! Membership and generated instances, held against an independent validator.

use mesh_contract::judge::{Instances, Options, Validator, shrink};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::grammar;
use crate::suite;

/// The independent validator for a schema of draft 2020-12.
pub(crate) fn independent(schema: &Value) -> Option<jsonschema::Validator> {
    jsonschema::draft202012::new(schema).ok()
}

/// The independent validator for a schema of any draft.
#[track_caller]
pub(crate) fn independent_in(schema: &Value, draft: jsonschema::Draft) -> jsonschema::Validator {
    jsonschema::options().with_draft(draft).build(schema).unwrap()
}

/// Whether the independent validator reads the value in its own way: it rounds numbers that a double cannot count,
/// and `.` matches the line separators of Unicode there, which ECMA-262 rules out.
pub(crate) fn is_disputed(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.as_f64().is_none_or(|number| number.abs() >= 9e15),
        // A leap second, which validators of formats date differently.
        Value::String(text) => text.contains(['\u{2028}', '\u{2029}', '\r']) || text.contains(":60"),
        Value::Array(items) => items.iter().any(is_disputed),
        Value::Object(members) => members
            .iter()
            .any(|(name, member)| name.contains(['\u{2028}', '\u{2029}', '\r']) || is_disputed(member)),
        _ => false,
    }
}

#[test]
fn membership_agrees_with_the_known_answers() {
    for case in suite::cases() {
        let Some(value) = case.sub.get("const") else { continue };
        if case.sub.as_object().is_some_and(|map| map.len() > 1) {
            continue;
        }
        match Validator::compile(&case.sup, &Options::default()) {
            Ok(validator) => {
                assert_eq!(validator.is_valid(value), case.contained, "{}: {}", case.id, case.sup)
            }
            Err(error) => panic!("{}: {error}", case.id),
        }
    }
}

#[test]
fn an_asserted_format_admits_what_the_rust_type_does() {
    let options = Options::contract();
    let cases = [
        ("uint8", json!(255), json!(256)),
        ("int8", json!(-128), json!(-129)),
        ("uint64", json!(u64::MAX), json!(-1)),
        ("int64", json!(i64::MIN), json!(u64::MAX)),
        ("date", json!("2024-02-29"), json!("2023-02-29")),
        ("date", json!("2000-02-29"), json!("1900-02-29")),
        ("time", json!("23:59:60Z"), json!("12:00:60Z")),
        ("date-time", json!("2024-01-31T00:00:00.5+01:00"), json!("2024-01-31 00:00:00")),
        ("uuid", json!("67e55044-10b1-426f-9247-bb680e5fe0c8"), json!("67e5504410b1426f9247bb680e5fe0c8")),
    ];
    for (format, good, bad) in cases {
        let validator = Validator::compile(&json!({ "format": format }), &options).unwrap();
        assert!(validator.is_valid(&good), "{format} {good}");
        assert!(!validator.is_valid(&bad), "{format} {bad}");
        let schema = json!({ "type": ["string", "integer"], "format": format });
        for value in Instances::new(&schema, 1, &options).unwrap().take(30) {
            assert!(validator.is_valid(&value), "{format} {value}");
        }
    }
}

#[test]
fn instances_reach_every_branch_and_both_ends() {
    let schema = json!({
        "type": "object",
        "properties": {
            "state": { "enum": ["open", "closed"] },
            "amount": { "type": "integer", "minimum": -3, "maximum": 1000 },
            "note": { "type": ["string", "null"], "maxLength": 5 },
            "how": { "oneOf": [{ "const": "card" }, { "type": "array", "items": { "type": "boolean" } }] },
            "children": { "type": "array", "items": { "$ref": "#" } }
        },
        "required": ["state"]
    });
    let drawn: Vec<Value> = Instances::new(&schema, 42, &Options::default()).unwrap().take(2_000).collect();
    assert_eq!(drawn.len(), 2_000);
    let seen = |test: &dyn Fn(&Value) -> bool| drawn.iter().any(test);
    assert!(seen(&|value| value["state"] == "open") && seen(&|value| value["state"] == "closed"));
    assert!(seen(&|value| value["amount"] == -3) && seen(&|value| value["amount"] == 1000));
    assert!(seen(&|value| value["note"] == "") && seen(&|value| value["note"].is_null()));
    assert!(seen(&|value| value["note"].as_str().is_some_and(|note| note.chars().count() == 5)));
    assert!(seen(&|value| value["how"] == "card") && seen(&|value| value["how"].is_array()));
    assert!(seen(&|value| value["children"][0]["state"].is_string()));
    assert!(seen(&|value| value.as_object().unwrap().len() == 1));
    assert!(seen(&|value| value
        .as_object()
        .unwrap()
        .keys()
        .any(|name| schema["properties"].get(name).is_none())));
    let again: Vec<Value> = Instances::new(&schema, 42, &Options::default()).unwrap().take(2_000).collect();
    assert_eq!(drawn, again);
}

#[test]
fn shrinking_ends_at_the_smallest_value_that_still_fails() {
    let mut value = json!({ "a": [1, "text", { "b": -75.5 }], "c": "long \u{1f600} text", "d": null });
    let fails = |value: &Value| value["a"].as_array().is_some_and(|items| items.iter().any(Value::is_object));
    while let Some(smaller) = shrink(&value).find(|smaller| fails(smaller)) {
        value = smaller;
    }
    assert_eq!(value, json!({ "a": [{}] }));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: crate::containment::cases().max(600), max_shrink_iters: 2_000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn membership_agrees_with_an_independent_validator(schema in grammar::schema(), values in prop::collection::vec(grammar::value(), 6)) {
        let (Ok(ours), Some(theirs)) = (Validator::compile(&schema, &Options::default()), independent(&schema)) else {
            return Ok(());
        };
        for value in &values {
            prop_assert_eq!(ours.is_valid(value), theirs.is_valid(value), "{} {}", schema, value);
        }
    }

    #[test]
    fn every_generated_instance_is_valid(schema in grammar::schema(), seed in any::<u64>()) {
        let (Ok(instances), Some(theirs)) = (Instances::new(&schema, seed, &Options::default()), independent(&schema)) else {
            return Ok(());
        };
        for value in instances.take(5).filter(|value| !is_disputed(value)) {
            prop_assert!(theirs.is_valid(&value), "{} {}", schema, value);
        }
    }
}
