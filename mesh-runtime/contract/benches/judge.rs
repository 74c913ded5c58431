//! What the judge costs: contracts of the usual size, large ones, and the search at its limit.

use divan::Bencher;
use mesh_contract::judge::{Containment, Instances, Options, Validator, contains};
use serde_json::{Map, Value, json};

fn main() {
    divan::main();
}

/// A closed contract whose fields are of many kinds; `change` varies a few of them.
fn contract(fields: usize, change: bool) -> Value {
    let mut properties = Map::new();
    for number in 0..fields {
        let field = match number % 6 {
            0 => json!({ "type": "integer", "format": "uint64", "minimum": 0, "description": "A number." }),
            1 => json!({ "type": ["string", "null"], "maxLength": 200 + number }),
            2 => json!({ "type": "string", "format": "date-time" }),
            3 => json!({ "type": "array", "items": { "$ref": "#/$defs/Line" } }),
            4 => json!({ "enum": ["open", "closed", format!("state-{number}")] }),
            _ => json!({ "type": "string", "pattern": "^[A-Z]{2}[0-9]+$" }),
        };
        properties.insert(format!("field_{number:05}"), field);
    }
    let required: Vec<Value> =
        properties.keys().filter(|name| !name.ends_with('1')).cloned().map(Value::from).collect();
    if change {
        properties["field_00001"] = json!({ "type": "string", "maxLength": 50 });
        properties.insert("added".to_owned(), json!({ "type": "boolean" }));
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Contract",
        "type": "object",
        "properties": properties,
        "required": required,
        "$defs": { "Line": {
            "type": "object",
            "properties": { "sku": { "type": "string" }, "quantity": { "type": "integer", "minimum": 1 } },
            "required": ["sku", "quantity"]
        } }
    })
}

const SIZES: [usize; 4] = [30, 100, 1_000, 10_000];

#[divan::bench(args = SIZES)]
fn compatible_change(bencher: Bencher<'_, '_>, fields: usize) {
    let (new, old) = (contract(fields, true), contract(fields, false));
    assert_eq!(
        contains(&new, &old, &Options::contract()).map(|report| report.containment),
        Ok(Containment::Contained)
    );
    bencher.bench(|| contains(&new, &old, &Options::contract()));
}

#[divan::bench(args = SIZES)]
fn breaking_change(bencher: Bencher<'_, '_>, fields: usize) {
    let (new, old) = (contract(fields, true), contract(fields, false));
    let report = contains(&old, &new, &Options::contract());
    assert!(matches!(report.map(|report| report.containment), Ok(Containment::NotContained { .. })));
    bencher.bench(|| contains(&old, &new, &Options::contract()));
}

#[divan::bench(args = SIZES)]
fn compatible_change_with_parsing(bencher: Bencher<'_, '_>, fields: usize) {
    let (new, old) = (contract(fields, true).to_string(), contract(fields, false).to_string());
    bencher.bench(|| {
        let new: Value = serde_json::from_str(&new).map_err(drop)?;
        let old: Value = serde_json::from_str(&old).map_err(drop)?;
        contains(&new, &old, &Options::contract()).map_err(drop)
    });
}

#[divan::bench(args = SIZES)]
fn parsing_alone(bencher: Bencher<'_, '_>, fields: usize) {
    let (new, old) = (contract(fields, true).to_string(), contract(fields, false).to_string());
    bencher
        .bench(|| (serde_json::from_str::<Value>(&new).is_ok(), serde_json::from_str::<Value>(&old).is_ok()));
}

/// The search runs until its budget ends.
#[divan::bench(sample_count = 5)]
fn exhausted_budget(bencher: Bencher<'_, '_>) {
    let hard = json!({ "type": "array", "uniqueItems": true, "minItems": 12, "contains": { "maximum": 3 }, "minContains": 4,
        "items": { "enum": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] } });
    let sup = json!({ "not": { "prefixItems": [{ "minimum": 5 }], "contains": { "multipleOf": 5 }, "minContains": 3 } });
    bencher.bench(|| contains(&hard, &sup, &Options::default()));
}

#[divan::bench]
fn validation_of_one_record(bencher: Bencher<'_, '_>) {
    let schema = contract(30, false);
    let validator = Validator::compile(&schema, &Options::contract()).expect("the contract is a schema");
    let value = Instances::of(&validator, 7).next().expect("the contract has instances");
    bencher.bench(|| validator.is_valid(&value));
}

#[divan::bench]
fn generation_of_one_record(bencher: Bencher<'_, '_>) {
    let schema = contract(30, false);
    let mut instances = Instances::new(&schema, 7, &Options::contract()).expect("the contract is a schema");
    bencher.bench_local(|| instances.next());
}
