//! Registered readers: they are named, with the fields they read.

use mesh_contract::judgement::{BUDGET, Policy, Standing, Step, Unread, Verdict, judge};
use serde_json::json;

use crate::change::{contract, expectation, objections, only, property, remove};

fn reader() -> mesh_contract::Expectation {
    let schema = json!({
        "type": "object",
        "properties": { "order_id": { "type": "integer" }, "note": { "type": "string" } },
        "required": ["order_id"]
    });
    expectation("accounting", &["/note", "/order_id"], &schema)
}

#[test]
fn a_reader_who_is_hurt_is_named_with_the_field() {
    let old = contract("1.2.0", |_| ());
    let new = contract("1.3.0", |document| property(document, "order_id", &json!({ "type": "string" })));
    let judgement = judge(&[old], &new, &[reader()], &Policy::default(), BUDGET);
    let finding = only(&judgement, "type-changed");
    assert_eq!(finding.readers.len(), 1, "{finding:#?}");
    assert_eq!(finding.readers[0].to_string(), "accounting (reads /order_id)");
    assert_eq!(finding.standing, Standing::Refused);
}

#[test]
fn an_optional_field_that_a_reader_names_may_not_go_in_a_minor_step() {
    let old = contract("1.2.0", |_| ());
    let new = contract("1.3.0", |document| remove(document, "note"));
    let unread = judge(std::slice::from_ref(&old), &new, &[], &Policy::default(), BUDGET);
    assert_eq!((unread.verdict, unread.required), (Verdict::Compatible, Step::Minor));
    let read = judge(&[old], &new, &[reader()], &Policy::default(), BUDGET);
    assert_eq!((read.verdict, read.required), (Verdict::Broken, Step::Major));
    assert_eq!(only(&read, "field-dropped").readers[0].consumer.as_str(), "accounting");
}

#[test]
fn a_field_nobody_reads_may_go_when_the_policy_says_so() {
    let old = contract("1.2.0", |_| ());
    let new = contract("1.3.0", |document| remove(document, "email"));
    let policy = Policy { unread: Unread::MayGo, ..Policy::default() };
    let judgement = judge(std::slice::from_ref(&old), &new, &[reader()], &policy, BUDGET);
    assert_eq!((judgement.verdict, judgement.required), (Verdict::Compatible, Step::Minor), "{judgement:#?}");
    let new = contract("1.3.0", |document| remove(document, "order_id"));
    assert_eq!(judge(&[old], &new, &[reader()], &policy, BUDGET).verdict, Verdict::Broken);
}

#[test]
fn a_reader_of_another_line_is_not_asked() {
    let old = contract("1.2.0", |_| ());
    let new = contract("2.0.0", |document| remove(document, "order_id"));
    let judgement = judge(&[old], &new, &[reader()], &Policy::default(), BUDGET);
    assert!(judgement.findings.iter().all(|finding| finding.readers.is_empty()));
}

#[test]
fn a_reader_whom_no_version_has_served_is_pending_and_breaks_nothing() {
    let wish = expectation("planning", &["/vat"], &json!({ "required": ["vat"] }));
    let old = contract("1.2.0", |_| ());
    let new = contract("1.3.0", |document| document["tags"] = json!(["a"]));
    let judgement = judge(&[old], &new, std::slice::from_ref(&wish), &Policy::default(), BUDGET);
    assert_eq!(judgement.verdict, Verdict::Compatible);
    assert_eq!(only(&judgement, "expectation-pending").standing, Standing::Note);

    let with = |version: &str| {
        contract(version, |document| {
            document["schemas"]["emits"]["properties"]["vat"] = json!({ "type": "string" });
            document["schemas"]["emits"]["required"].as_array_mut().expect("a list").push("vat".into());
        })
    };
    let gone = contract("1.4.0", |_| ());
    let judgement =
        judge(&[contract("1.2.0", |_| ()), with("1.3.0")], &gone, &[wish], &Policy::default(), BUDGET);
    assert_eq!(objections(&judgement), [("field-removed", "/vat")]);
    assert_eq!(judgement.findings[0].readers[0].consumer.as_str(), "planning");
}

#[test]
fn a_reader_that_closed_its_schema_is_told_apart() {
    let strict = json!({
        "properties": { "order_id": {}, "note": {} },
        "additionalProperties": true,
        "patternProperties": { "^new_": false }
    });
    let old = contract("1.2.0", |_| ());
    let new = contract("1.3.0", |document| property(document, "new_one", &json!({ "type": "string" })));
    let judgement =
        judge(&[old], &new, &[expectation("strict", &["/order_id"], &strict)], &Policy::default(), BUDGET);
    assert_eq!(judgement.verdict, Verdict::Broken);
    assert!(judgement.findings.iter().any(|finding| !finding.readers.is_empty()), "{judgement:#?}");
}
