//! Plain schemas, as tools ask about them.

use mesh_contract::judge::Options;
use mesh_contract::judgement::{BUDGET, Reading, Step, Verdict, judge_schemas};
use serde_json::{Value, json};

/// Step, readers, replay, and the rules with their places.
type Told = (Option<Step>, Verdict, Verdict, Vec<(&'static str, String)>);

fn judged(old: &Value, new: &Value, reading: Reading) -> Told {
    let judgement = judge_schemas(old, new, reading, &Options::default(), BUDGET);
    let findings = judgement.findings.into_iter().map(|it| (it.rule, it.pointer)).collect();
    (judgement.step, judgement.readers.verdict, judgement.replay.verdict, findings)
}

fn base() -> Value {
    json!({
        "type": "object",
        "properties": { "id": { "type": "integer" }, "note": { "type": "string" }, "state": { "enum": ["a", "b"] } },
        "required": ["id", "state"]
    })
}

#[track_caller]
fn check(
    edit: impl FnOnce(&mut Value),
    step: Step,
    readers: Verdict,
    replay: Verdict,
    findings: &[(&'static str, &str)],
) {
    let mut new = base();
    edit(&mut new);
    let told = judged(&base(), &new, Reading::TolerantReader);
    let findings = findings.iter().map(|(rule, pointer)| (*rule, (*pointer).to_owned())).collect();
    assert_eq!(told, (Some(step), readers, replay, findings));
}

#[test]
fn changes_get_the_step_that_they_need() {
    use Verdict::{Broken, Compatible};
    check(|_| (), Step::None, Compatible, Compatible, &[]);
    check(|it| it["title"] = "Order".into(), Step::Patch, Compatible, Compatible, &[]);
    check(|it| it["properties"]["id"]["default"] = 1.into(), Step::Patch, Compatible, Compatible, &[]);
    check(
        |it| it["properties"]["new"] = json!({ "type": "string" }),
        Step::Minor,
        Compatible,
        Compatible,
        &[],
    );
    check(
        |it| drop(it["properties"].as_object_mut().expect("members").remove("note")),
        Step::Minor,
        Compatible,
        Compatible,
        &[("field-dropped", "/note")],
    );
    check(
        |it| it["required"] = json!(["id", "state", "note"]),
        Step::Major,
        Compatible,
        Broken,
        &[("field-required", "/note")],
    );
    check(
        |it| it["required"] = json!(["state"]),
        Step::Major,
        Broken,
        Compatible,
        &[("field-made-optional", "/id")],
    );
    check(
        |it| it["properties"]["state"]["enum"] = json!(["a", "b", "c"]),
        Step::Major,
        Broken,
        Compatible,
        &[("variant-added", "/state")],
    );
    check(
        |it| it["properties"]["state"]["enum"] = json!(["a"]),
        Step::Major,
        Compatible,
        Broken,
        &[("variant-removed", "/state")],
    );
    check(
        |it| it["properties"]["note"] = json!({ "type": ["string", "null"] }),
        Step::Major,
        Broken,
        Compatible,
        &[("field-made-nullable", "/note")],
    );
    check(
        |it| it["properties"]["note"]["maxLength"] = 5.into(),
        Step::Major,
        Compatible,
        Broken,
        &[("values-narrowed", "/note")],
    );
}

#[test]
fn explicit_keywords_are_honoured_on_both_sides() {
    let mut closed = base();
    closed["additionalProperties"] = false.into();
    let mut new = closed.clone();
    new["properties"]["new"] = json!({ "type": "string" });
    let told = judged(&closed, &new, Reading::TolerantReader);
    assert_eq!(
        (told.0, told.1, told.3),
        (Some(Step::Major), Verdict::Broken, vec![("member-refused", "/new".to_owned())])
    );
    let mut open = base();
    open["additionalProperties"] = json!({ "type": "string" });
    let told = judged(&base(), &open, Reading::TolerantReader);
    assert_eq!((told.1, told.2), (Verdict::Compatible, Verdict::Compatible));
}

#[test]
fn as_they_are_written_a_new_field_narrows_what_is_taken() {
    let mut new = base();
    new["properties"]["new"] = json!({ "type": "string" });
    let told = judged(&base(), &new, Reading::AsWritten);
    assert_eq!((told.0, told.1, told.2), (Some(Step::Major), Verdict::Compatible, Verdict::Broken));
    let other = json!({ "allOf": [base(), true] });
    assert_eq!(judged(&base(), &other, Reading::AsWritten).0, Some(Step::Patch));
}

#[test]
fn older_drafts_are_closed_as_well() {
    let draft = "http://json-schema.org/draft-07/schema#";
    let old = json!({ "$schema": draft, "properties": { "a": { "$ref": "#/definitions/A" } },
        "definitions": { "A": { "type": "object", "properties": { "x": { "type": "integer" } } } } });
    let mut new = old.clone();
    new["definitions"]["A"]["properties"]["y"] = json!({ "type": "string" });
    assert_eq!(judged(&old, &new, Reading::TolerantReader).0, Some(Step::Minor));
}
