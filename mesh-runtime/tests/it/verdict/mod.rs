//! The forms of a verdict: what people and their tools get to read.

mod golden;
mod hostile;
mod masking;

use mesh_contract::judgement::{BUDGET, Example, Finding, Judgement, Place, Policy, judge};
use mesh_contract::{Contract, Expectation};
use mesh_runtime::verdict::{Location, Locations, Report, Source};
use serde_json::{Value, json};

/// The contract of the rules' examples with something edited.
fn contract(version: &str, edit: impl FnOnce(&mut Value)) -> Contract {
    let mut document = Example::base();
    document["version"] = version.into();
    edit(&mut document);
    Contract::read(&document.to_string()).expect("a contract")
}

/// Edits the schemas of both sides.
fn sides(document: &mut Value, edit: impl Fn(&mut Value)) {
    for side in ["emits", "accepts"] {
        edit(&mut document["schemas"][side]);
    }
}

/// Takes a field of the root away.
fn remove(document: &mut Value, name: &str) {
    let fields = document["types"]["Order"]["fields"].as_array_mut().expect("fields");
    fields.retain(|field| field["name"] != name);
    sides(document, |schema| {
        schema["properties"].as_object_mut().expect("members").remove(name);
        schema["required"].as_array_mut().expect("names").retain(|it| it != name);
    });
}

/// The meaning of a field of the root.
fn field<'d>(document: &'d mut Value, name: &str) -> &'d mut Value {
    let fields = document["types"]["Order"]["fields"].as_array_mut().expect("fields");
    fields.iter_mut().find(|field| field["name"] == name).expect("the field")
}

/// A reader of one field.
fn reader(consumer: &str, field: &str) -> Expectation {
    serde_json::from_value(json!({
        "mesh": 1, "consumer": consumer, "consumerVersion": "2.1.0", "environment": "production",
        "address": "shop.orders", "requirement": "^1.0", "fields": [format!("/{field}")],
        "schema": { "properties": { field: { "type": "string" } }, "required": [field] }
    }))
    .expect("an expectation")
}

/// Knows the lines of two places.
struct Lines;

impl Locations for Lines {
    fn of(&self, finding: &Finding) -> Vec<Location> {
        let contract = "contracts/orders/1.3.0.json".to_owned();
        match &finding.place {
            Place::Field(_) => vec![
                Location {
                    file: "src/order.rs".to_owned(),
                    line: Some(12),
                    column: Some(5),
                    source: Source::Rust,
                },
                Location { file: contract, line: Some(44), column: None, source: Source::Contract },
            ],
            Place::Contract(_) => vec![Location::file(contract, Source::Contract)],
        }
    }
}

fn judged(old: &[Contract], new: &Contract, expectations: &[Expectation], policy: &Policy) -> Judgement {
    judge(old, new, expectations, policy, BUDGET)
}

/// The report of one judgement.
fn report(old: &[Contract], new: &Contract, expectations: &[Expectation], policy: &Policy) -> Report {
    let judgement = judged(old, new, expectations, policy);
    let mut report = Report::default();
    let contracts: Vec<&Contract> = old.iter().chain([new]).collect();
    report.add(&judgement, &contracts, &Lines);
    report
}
