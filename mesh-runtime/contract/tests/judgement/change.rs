//! What the other tests are made of: the contract of the rules' examples, and changes to it.

use mesh_contract::judge::{Options, Validator};
use mesh_contract::judgement::{BUDGET, Example, Finding, Judgement, Place, Policy, judge};
use mesh_contract::{Contract, Expectation};
use serde_json::{Value, json};

/// The contract at version 1.2.0 with something edited.
pub(crate) fn contract(version: &str, edit: impl FnOnce(&mut Value)) -> Contract {
    let mut document = Example::base();
    document["version"] = version.into();
    edit(&mut document);
    Contract::read(&document.to_string()).expect("a contract")
}

/// The schema of a member, on both sides.
pub(crate) fn property(document: &mut Value, name: &str, schema: &Value) {
    for side in ["emits", "accepts"] {
        document["schemas"][side]["properties"][name] = schema.clone();
    }
}

/// Takes a member away, on both sides and from the meaning.
pub(crate) fn remove(document: &mut Value, name: &str) {
    document["types"]["Order"]["fields"]
        .as_array_mut()
        .expect("a list")
        .retain(|field| field["name"] != name);
    for side in ["emits", "accepts"] {
        let schema = &mut document["schemas"][side];
        schema["properties"].as_object_mut().expect("members").remove(name);
        schema["required"].as_array_mut().expect("a list").retain(|it| it != name);
    }
}

/// A reader of some fields.
pub(crate) fn expectation(consumer: &str, fields: &[&str], schema: &Value) -> Expectation {
    serde_json::from_value(json!({
        "mesh": 1, "consumer": consumer, "address": "shop.orders", "requirement": "^1.0",
        "fields": fields, "schema": schema
    }))
    .expect("an expectation")
}

/// Judges with the default policy.
pub(crate) fn judged(old: &[Contract], new: &Contract) -> Judgement {
    checked(judge(old, new, &[], &Policy::default(), BUDGET), old, new)
}

/// Every witness of a judgement is a record that one side writes and another side refuses, says a validator.
#[track_caller]
pub(crate) fn checked(judgement: Judgement, old: &[Contract], new: &Contract) -> Judgement {
    let mine = Options::contract();
    let valid = |schema: &Value, value: &Value| {
        let independent = jsonschema::validator_for(schema).expect("a schema").is_valid(value);
        let own = Validator::compile(schema, &mine).expect("a schema").is_valid(value);
        (independent, own)
    };
    for finding in judgement.findings.iter().filter(|finding| finding.readers.is_empty()) {
        let Some(witness) = &finding.witness else { continue };
        let by_new = valid(&new.schemas.emits, witness);
        let by_old = old.iter().any(|old| valid(&old.schemas.emits, witness).1);
        assert!(by_new.1 || by_old, "nobody writes the witness of {finding:?}");
        let taken_by_new = valid(&new.schemas.accepts, witness).1;
        let taken_by_all = old.iter().all(|old| valid(&old.schemas.emits, witness).1);
        assert!(!taken_by_new || !taken_by_all, "everybody takes the witness of {finding:?}");
        let independently = by_new.0 || old.iter().any(|old| valid(&old.schemas.emits, witness).0);
        assert!(independently, "an independent validator finds no writer of the witness of {finding:?}");
    }
    judgement
}

/// The rules and places that a judgement objects to.
pub(crate) fn objections(judgement: &Judgement) -> Vec<(&str, &str)> {
    judgement.objections().map(|finding| (finding.rule.as_str(), finding.place.pointer())).collect()
}

/// The only finding of a rule.
#[track_caller]
pub(crate) fn only<'j>(judgement: &'j Judgement, rule: &str) -> &'j Finding {
    let found: Vec<&Finding> = judgement.findings.iter().filter(|finding| finding.rule == rule).collect();
    let [only] = found[..] else { panic!("{} findings of {rule}: {judgement:#?}", found.len()) };
    only
}

/// A place in a record.
pub(crate) fn field(pointer: &str) -> Place {
    Place::Field(pointer.to_owned())
}
