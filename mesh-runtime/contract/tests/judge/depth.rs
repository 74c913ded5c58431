//! Schemas made to exhaust the stack. A thread of a server has little of it, and less than these tests have.

use mesh_contract::judge::{Instances, Options, Validator, contains};
use serde_json::{Map, Value, json};

/// Answers on a stack as small as the one that asynchronous run times give their threads.
fn on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(work).unwrap();
    thread.join().expect("the stack sufficed");
}

fn judged(sub: Value, sup: Value) {
    on_a_small_stack(move || {
        for options in [Options::default(), Options::default().closed_sub()] {
            // Any answer will do; that there is one, is the point.
            let _ = contains(&sub, &sup, &options);
            let _ = contains(&sup, &sub, &options);
        }
        for schema in [&sub, &sup] {
            if let Ok(validator) = Validator::compile(schema, &Options::default()) {
                let values: Vec<Value> = Instances::of(&validator, 1).take(3).collect();
                for value in values.iter().chain([&json!(null), &json!({}), &json!([])]) {
                    let _ = validator.validate(value);
                }
            }
        }
    });
}

/// Definitions, each made from the one before.
fn chain(length: usize, first: Value, next: impl Fn(Value) -> Value, listed: bool) -> Value {
    let mut defs = Map::new();
    defs.insert("d00000".to_owned(), first);
    for number in 1..length {
        let before = json!({ "$ref": format!("#/$defs/d{:05}", number - 1) });
        defs.insert(format!("d{number:05}"), next(before));
    }
    let last = json!({ "$ref": format!("#/$defs/d{:05}", length - 1) });
    // Listed from the first to the last, each is compiled when the one after it asks.
    let all: Vec<Value> = defs.keys().map(|name| json!({ "$ref": format!("#/$defs/{name}") })).collect();
    if listed { json!({ "$defs": defs, "allOf": all }) } else { json!({ "$defs": defs, "allOf": [last] }) }
}

#[test]
fn chains_of_definitions_end_in_an_answer() {
    for length in [155, 2_000] {
        for listed in [false, true] {
            let wrap: [fn(Value) -> Value; 6] = [
                |before| json!({ "allOf": [before, { "title": "x" }] }),
                |before| json!({ "not": before }),
                |before| json!({ "anyOf": [before, { "type": "null" }] }),
                |before| json!({ "properties": { "a": before } }),
                |before| json!({ "items": before, "minItems": 1 }),
                |before| json!({ "if": before, "then": { "minimum": 1 }, "else": { "maximum": 9 } }),
            ];
            for wrap in wrap {
                judged(
                    chain(length, json!({ "type": "integer" }), wrap, listed),
                    chain(length, json!({ "type": "number", "minimum": 0 }), wrap, listed),
                );
            }
        }
    }
}

#[test]
fn nested_documents_end_in_an_answer() {
    let wrap: [fn(Value) -> Value; 5] = [
        |inner| json!({ "not": inner }),
        |inner| json!({ "anyOf": [inner, { "minimum": 3 }], "oneOf": [{ "maximum": 5 }, { "type": "string" }] }),
        |inner| json!({ "required": ["a"], "properties": { "a": inner } }),
        |inner| json!({ "contains": inner, "minContains": 2 }),
        |inner| json!({ "dependentSchemas": { "a": inner }, "unevaluatedProperties": { "maximum": 7 } }),
    ];
    for wrap in wrap {
        for depth in [60, 150, 400] {
            let (mut sub, mut sup) = (json!({ "type": "integer" }), json!({ "type": "string" }));
            for _ in 0..depth {
                (sub, sup) = (wrap(sub), wrap(sup));
            }
            judged(sub, sup);
        }
    }
}

#[test]
fn many_choices_on_many_levels_end_in_an_answer() {
    let tower = |first: Value| {
        let level = |inner: Value| {
            let parts: Vec<Value> = (0..20)
                .map(|number| json!({ "anyOf": [{ "required": [format!("m{number}")] }, { "minProperties": number }, { "properties": { "a": inner } }] }))
                .collect();
            json!({ "type": "object", "required": ["a"], "allOf": parts })
        };
        chain(12, first, level, false)
    };
    judged(tower(json!({ "type": "integer" })), tower(json!({ "type": "integer", "minimum": 1 })));
}

#[test]
fn deep_patterns_end_in_an_answer() {
    for depth in [50, 99, 100, 100_000] {
        let pattern = format!("{}a{}", "(".repeat(depth), ")*".repeat(depth));
        judged(json!({ "pattern": pattern }), json!({ "pattern": "b" }));
    }
}

#[test]
fn deep_values_are_checked_or_refused() {
    let mut value = json!(1);
    for _ in 0..120 {
        value = json!([value]);
    }
    judged(json!({ "const": value }), json!({ "items": { "items": { "$ref": "#" } }, "type": "array" }));
}
