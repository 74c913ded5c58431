//! What the judgement of a contract change costs: two contracts of the usual size, a long line with many readers, and reading
//! the documents beside it.

use divan::Bencher;
use mesh_contract::judgement::{BUDGET, Example, Policy, Verdict, judge};
use mesh_contract::{Contract, Expectation};
use serde_json::{Value, json};

fn main() {
    divan::main();
}

/// A contract whose records have so many fields of many kinds.
fn document(version: &str, fields: usize) -> Value {
    let mut document = Example::base();
    document["version"] = version.into();
    document["key"] = json!(["field_000"]);
    let mut meaning = Vec::new();
    for number in 0..fields {
        let name = format!("field_{number:03}");
        let (logical, schema) = match number % 5 {
            0 => (
                json!("uint32"),
                json!({ "type": "integer", "format": "uint32", "minimum": 0, "maximum": 4_294_967_295_u32 }),
            ),
            1 => (json!("string"), json!({ "type": "string", "maxLength": 200 + number })),
            2 => (json!("timestamp"), json!({ "type": "string", "format": "date-time" })),
            3 => (json!({ "list": "string" }), json!({ "type": "array", "items": { "type": "string" } })),
            _ => (
                json!({ "decimal": { "precision": 12, "scale": 2 } }),
                json!({ "type": "string", "pattern": "^-?[0-9]{1,10}(\\.[0-9]{1,2})?$" }),
            ),
        };
        meaning.push(json!({ "name": name, "type": logical, "description": format!("What the field number {number} stands for.") }));
        add(&mut document, &name, schema, number % 5 != 1);
    }
    document["types"] = json!({ "Order": { "description": "One order.", "fields": meaning } });
    document
}

fn add(document: &mut Value, name: &str, schema: Value, required: bool) {
    for side in ["emits", "accepts"] {
        let of_side = &mut document["schemas"][side];
        if name == "field_000" {
            of_side["properties"] = json!({});
            of_side["required"] = json!([]);
            of_side["$defs"] = json!({});
        }
        of_side["properties"][name] = schema.clone();
        if required {
            of_side["required"].as_array_mut().into_iter().for_each(|names| names.push(name.into()));
        }
    }
}

/// The same with an optional field more.
fn grown(version: &str, fields: usize, name: &str) -> Value {
    let mut document = document(version, fields);
    let meaning =
        json!({ "name": name, "type": "bool", "description": "Whether it is new.", "optional": true });
    document["types"]["Order"]["fields"]
        .as_array_mut()
        .into_iter()
        .for_each(|fields| fields.push(meaning.clone()));
    add(&mut document, name, json!({ "type": "boolean" }), false);
    document
}

fn read(document: &Value) -> Contract {
    Contract::read(&document.to_string()).expect("a contract")
}

const FIELDS: usize = 30;

#[divan::bench]
fn compatible(bencher: Bencher<'_, '_>) {
    let (old, new) = ([read(&document("1.0.0", FIELDS))], read(&grown("1.1.0", FIELDS, "added")));
    assert_eq!(judge(&old, &new, &[], &Policy::default(), BUDGET).verdict, Verdict::Compatible);
    bencher.bench(|| judge(&old, &new, &[], &Policy::default(), BUDGET));
}

#[divan::bench]
fn breaking_with_alternatives(bencher: Bencher<'_, '_>) {
    let mut new = document("1.1.0", FIELDS);
    new["schemas"]["emits"]["properties"]["field_000"] = json!({ "type": "string" });
    let (old, new) = ([read(&document("1.0.0", FIELDS))], read(&new));
    assert_eq!(judge(&old, &new, &[], &Policy::default(), BUDGET).verdict, Verdict::Broken);
    bencher.bench(|| judge(&old, &new, &[], &Policy::default(), BUDGET));
}

#[divan::bench]
fn compatible_with_reading(bencher: Bencher<'_, '_>) {
    let (old, new) = (document("1.0.0", FIELDS).to_string(), grown("1.1.0", FIELDS, "added").to_string());
    bencher.bench(|| {
        let old = [Contract::read(&old).expect("a contract")];
        let new = Contract::read(&new).expect("a contract");
        judge(&old, &new, &[], &Policy::default(), BUDGET)
    });
}

#[divan::bench]
fn reading_alone(bencher: Bencher<'_, '_>) {
    let (old, new) = (document("1.0.0", FIELDS).to_string(), grown("1.1.0", FIELDS, "added").to_string());
    bencher.bench(|| (Contract::read(&old).is_ok(), Contract::read(&new).is_ok()));
}

/// 50 versions, each with a field of its own beside the usual ones, and 500 readers of which no two are alike.
#[divan::bench(sample_count = 20)]
fn fifty_versions_and_five_hundred_readers(bencher: Bencher<'_, '_>) {
    let old: Vec<Contract> = (0..50)
        .map(|minor| read(&grown(&format!("1.{minor}.0"), FIELDS, &format!("added_{minor}"))))
        .collect();
    let mut all = document("1.50.0", FIELDS);
    for minor in 0..=50 {
        let name = format!("added_{minor}");
        let meaning =
            json!({ "name": name, "type": "bool", "description": "Whether it is new.", "optional": true });
        all["types"]["Order"]["fields"]
            .as_array_mut()
            .into_iter()
            .for_each(|fields| fields.push(meaning.clone()));
        add(&mut all, &name, json!({ "type": "boolean" }), false);
    }
    let new = read(&all);
    let readers: Vec<Expectation> = (0..500)
        .map(|number| {
            let field = format!("field_{:03}", number % FIELDS);
            let schema = json!({
                "title": format!("Reader {number}"), "type": "object",
                "properties": { field.clone(): new.schemas.emits["properties"][&field].clone() }
            });
            serde_json::from_value(json!({
                "mesh": 1, "consumer": format!("reader-{number}"), "address": "shop.orders", "requirement": "^1",
                "fields": [format!("/{field}")], "schema": schema
            }))
            .expect("an expectation")
        })
        .collect();
    assert_eq!(judge(&old, &new, &readers, &Policy::default(), BUDGET).verdict, Verdict::Compatible);
    bencher.bench(|| judge(&old, &new, &readers, &Policy::default(), BUDGET));
}
