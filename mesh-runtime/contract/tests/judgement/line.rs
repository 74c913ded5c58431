//! All versions of a line count, and what one of them already did is not held against the next.

use mesh_contract::judgement::{Step, Verdict};
use serde_json::json;

use crate::change::{contract, field, judged, objections, only, property, remove};

#[test]
fn two_safe_steps_make_an_unsafe_pair() {
    let first = contract("1.2.0", |_| ());
    let second = contract("1.3.0", |document| remove(document, "note"));
    let third = contract("1.4.0", |document| property(document, "note", &json!({ "type": "integer" })));
    assert_eq!(judged(std::slice::from_ref(&first), &second).verdict, Verdict::Compatible);
    assert_eq!(judged(std::slice::from_ref(&second), &third).verdict, Verdict::Compatible);
    let judgement = judged(&[first.clone(), second], &third);
    assert_eq!(judgement.verdict, Verdict::Broken);
    let finding = only(&judgement, "type-changed");
    assert_eq!((&finding.place, &finding.against[..]), (&field("/note"), &[first.version][..]));
}

#[test]
fn a_unit_that_comes_back_as_another_one_is_found_across_three_versions() {
    let unit = |version: &str, unit: Option<&str>| {
        contract(version, |document| {
            let total = document["types"]["Order"]["fields"].as_array_mut().expect("a list");
            let total = total.iter_mut().find(|field| field["name"] == "total").expect("the field");
            total["unit"] = unit.map_or(serde_json::Value::Null, Into::into);
        })
    };
    let (first, third) = (unit("1.2.0", Some("EUR")), unit("1.4.0", Some("USD")));
    let judgement = judged(&[first], &third);
    assert_eq!(objections(&judgement), [("unit-changed", "/total")]);
}

#[test]
fn what_a_version_did_already_is_not_held_against_the_next() {
    let first = contract("1.2.0", |_| ());
    let second = contract("1.3.0", |document| {
        remove(document, "email");
        document["levels"]["freshness"] = "24h".into();
    });
    let third = contract("1.4.0", |document| {
        remove(document, "email");
        document["levels"]["freshness"] = "24h".into();
        document["tags"] = json!(["more"]);
    });
    assert_eq!(judged(std::slice::from_ref(&first), &second).verdict, Verdict::Broken);
    let judgement = judged(&[first, second], &third);
    assert_eq!((judgement.verdict, judgement.required), (Verdict::Compatible, Step::Patch));
}

#[test]
fn the_step_is_measured_from_the_last_version_and_readers_are_those_of_the_line() {
    let first = contract("1.2.0", |_| ());
    let other_line = contract("2.0.0", |document| remove(document, "email"));
    let late = contract("1.3.0", |document| remove(document, "quantity"));
    let judgement = judged(&[first, other_line.clone()], &late);
    assert_eq!(judgement.base.as_ref().map(ToString::to_string).as_deref(), Some("1.2.0"));
    assert_eq!(objections(&judgement), [("field-removed", "/quantity")]);
    let major = judged(&[late, other_line], &contract("3.0.0", |document| remove(document, "total")));
    assert_eq!((major.verdict, major.required, major.made), (Verdict::Compatible, Step::Major, Step::Major));
}

#[test]
fn below_one_a_minor_number_is_a_major_step() {
    let first = contract("0.2.0", |_| ());
    let broken = |version: &str| {
        judged(std::slice::from_ref(&first), &contract(version, |document| remove(document, "email"))).verdict
    };
    assert_eq!((broken("0.2.1"), broken("0.3.0")), (Verdict::Broken, Verdict::Compatible));
    let added = contract("0.2.1", |document| {
        document["ports"].as_array_mut().expect("ports").push(json!({ "name": "table", "kind": "table" }))
    });
    assert_eq!(judged(&[first], &added).verdict, Verdict::Compatible);
}

#[test]
fn a_pre_release_promises_nothing_to_what_follows() {
    let draft = contract("1.3.0-rc.1", |document| property(document, "note", &json!({ "type": "integer" })));
    let first = contract("1.2.0", |_| ());
    assert_eq!(judged(&[first, draft], &contract("1.3.0", |_| ())).verdict, Verdict::Compatible);
}

#[test]
fn a_first_version_has_nothing_to_break() {
    let judgement = judged(&[], &contract("1.0.0", |_| ()));
    assert_eq!(
        (judgement.verdict, judgement.required, judgement.base),
        (Verdict::Compatible, Step::None, None)
    );
}

#[test]
fn every_place_that_breaks_is_told_at_once() {
    let old = contract("1.2.0", |_| ());
    let new = contract("1.3.0", |document| {
        remove(document, "email");
        property(document, "customer_id", &json!({ "type": "string" }));
        property(document, "quantity", &json!({ "type": "integer", "minimum": 0, "maximum": 5000 }));
        for side in ["emits", "accepts"] {
            document["schemas"][side]["$defs"]["Status"]["enum"] =
                json!(["open", "closed", "lost", "returned"]);
        }
    });
    let judgement = judged(&[old], &new);
    assert_eq!(
        objections(&judgement),
        [
            ("type-changed", "/customer_id"),
            ("field-removed", "/email"),
            ("values-widened", "/quantity"),
            ("values-widened", "/quantity"),
            ("variant-added", "/status"),
        ]
    );
    assert_eq!((judgement.readers, judgement.replay), (Verdict::Broken, Verdict::Broken));
}

#[test]
fn a_schema_written_in_other_words_is_a_patch() {
    let old = contract("1.2.0", |_| ());
    let new = contract("1.2.1", |document| {
        for side in ["emits", "accepts"] {
            document["schemas"][side]["properties"]["quantity"] =
                json!({ "type": "integer", "allOf": [{ "minimum": 1 }, { "maximum": 1000 }] });
        }
    });
    let judgement = judged(&[old], &new);
    assert_eq!((judgement.verdict, judgement.required), (Verdict::Compatible, Step::Patch));
}

#[test]
fn a_budget_that_is_used_up_is_unproven_and_never_compatible() {
    use mesh_contract::judge::Steps;
    use mesh_contract::judgement::{Policy, judge};
    let old = contract("1.2.0", |_| ());
    let new = contract("1.3.0", |document| {
        property(document, "note", &json!({ "type": "string", "maxLength": 5 }))
    });
    let judgement = judge(&[old], &new, &[], &Policy::default(), Steps(1));
    assert_eq!(judgement.verdict, Verdict::Unproven);
}

#[test]
fn it_does_not_matter_which_of_two_versions_comes_first() {
    let first = contract("1.2.0", |_| ());
    let without = contract("1.4.0", |document| remove(document, "note"));
    let with_more = contract("1.3.0", |document| property(document, "extra", &json!({ "type": "string" })));
    let other = contract("1.3.0", |document| {
        property(document, "quantity", &json!({ "type": "integer", "minimum": 1, "maximum": 900 }))
    });
    // What a later version adds, keeps or drops with the step that it made is nothing to tell.
    assert_eq!(judged(&[first.clone(), without.clone()], &with_more).verdict, Verdict::Compatible);
    // The later version writes quantities that readers of this one refuse.
    let judgement = judged(&[first.clone(), without.clone()], &other);
    assert_eq!(judgement.verdict, Verdict::Broken);
    let finding = only(&judgement, "later-version-breaks");
    // Hurt are those who read this version, by records of the later one.
    assert_eq!((&finding.place, &finding.against[..]), (&field("/quantity"), &[other.version.clone()][..]));
    assert!(finding.message.starts_with("1.4.0 is published already"), "{}", finding.message);
    // In the other order it is the same difference, with the same name for a waiver.
    let in_order = judged(&[first, other], &without);
    assert_eq!(only(&in_order, "values-widened").fingerprint, finding.fingerprint);
    // Another line is another matter.
    let next_line = contract("2.0.0", |document| remove(document, "email"));
    assert_eq!(judged(&[next_line], &contract("1.2.0", |_| ())).verdict, Verdict::Compatible);
}
