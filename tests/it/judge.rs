//! `mesh judge`, as people and programs use it.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use mesh_contract::judgement::rules;
use serde_json::{Value, json};

use crate::command::{Ended, mesh, run};

/// Gives the command these lines at once, and has its answers.
#[track_caller]
fn batch(arguments: &[&str], input: &[u8]) -> Vec<Value> {
    let mut child = mesh(Path::new("."))
        .args(["judge", "--batch"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(input).expect("everything is read"));
        let ended = Ended::from(child.wait_with_output().expect("the command ends")).with(0);
        ended.stdout.lines().map(|line| serde_json::from_str(line).expect("each answer is JSON")).collect()
    })
}

/// The steps of lines, with the words for readers and replay.
fn told(answer: &Value) -> String {
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    if answer.get("error").is_some() {
        return format!("{} error", answer["id"]);
    }
    let (readers, replay) = (&answer["readers"]["verdict"], &answer["replay"]["verdict"]);
    format!("{} {} {} {}", answer["id"], word(&answer["step"]), word(readers), word(replay))
}

#[test]
fn each_line_is_answered_in_order_whatever_stands_in_the_others() {
    let deep =
        format!("{{\"id\":\"deep\",\"old\":{}1{},\"new\":true}}", "[".repeat(90_000), "]".repeat(90_000));
    let text = [
        r#"{"id":1,"old":{"properties":{"a":{"type":"string"}}},"new":{"properties":{"a":{"type":"string"}}}}"#,
        r#"{"id":2,"old":{"title":"a"},"new":{"title":"b"}}"#,
        r#"{"id":3,"old":{"properties":{"a":{}}},"new":{"properties":{"a":{},"b":{"type":"string"}}}}"#,
        r#"{"id":4,"old":{"enum":["x","y"]},"new":{"enum":["x","y","z"]}}"#,
        r#"{"id":5,"old":{"enum":["x","y"]},"new":{"enum":["x"]}}"#,
        "",
        "no json",
        r#"{"id":"cut","old":{"#,
        r#"{"id":"a","old":{"type":"no-type"},"new":true}"#,
        r#"{"id":"b","old":true}"#,
        r#"{"id":"c","old":true,"new":true,"draft":"draft3"}"#,
        r#"{"id":"d","old":true,"new":7}"#,
        r#"{"id":"e","old":{"const":9007199254740993},"new":{"const":18446744073709551617}}"#,
        &deep,
        r#"{"id":6,"old":{"pattern":"^(?<x>a)\\k<x>$"},"new":{"pattern":"^b$"}}"#,
        r#"{"id":7,"old":false,"new":true,"more":"is nobody's business"}"#,
    ];
    let mut input = text.join("\n").into_bytes();
    input.extend(b"\n\xff\xfe\n{\"id\":\"last\",\"old\":true,\"new\":true}");
    let told: Vec<String> = batch(&[], &input).iter().map(told).collect();
    let expected = [
        "1 none contained contained",
        "2 patch contained contained",
        "3 minor contained contained",
        "4 major not-contained contained",
        "5 major contained not-contained",
        "null error",
        "\"cut\" error",
        "\"a\" error",
        "\"b\" error",
        "\"c\" error",
        "\"d\" error",
        "\"e\" error",
        "\"deep\" error",
        "6 unproven unproven unproven",
        "7 major not-contained contained",
        "null error",
        "\"last\" none contained contained",
    ];
    assert_eq!(told, expected);
}

#[test]
fn an_answer_has_the_documented_shape() {
    let line = json!({
        "id": "x", "old": { "required": ["a"], "properties": { "a": { "type": "integer" } } },
        "new": { "required": ["a"], "properties": { "a": { "type": ["integer", "null"] } } }
    });
    let answer = batch(&[], line.to_string().as_bytes()).remove(0);
    let members: Vec<&String> = answer.as_object().expect("an object").keys().collect();
    assert_eq!(members, ["findings", "id", "readers", "replay", "step"]);
    assert_eq!(answer["readers"], json!({ "verdict": "not-contained", "witness": { "a": null } }));
    assert_eq!(answer["replay"], json!({ "verdict": "contained" }));
    let finding = &answer["findings"][0];
    assert_eq!(
        (&finding["rule"], &finding["step"], &finding["pointer"], &finding["witness"]),
        (&json!("field-made-nullable"), &json!("major"), &json!("/a"), &json!({ "a": null }))
    );
    assert!(finding["message"].as_str().is_some_and(|text| text.contains("`a`")), "{finding}");
}

#[test]
fn formats_are_promises_when_told_so() {
    let line = json!({ "id": 1, "old": { "type": "string", "format": "date" },
        "new": { "type": "string", "format": "date-time" } });
    let step = |options: &[&str]| batch(options, line.to_string().as_bytes()).remove(0)["step"].clone();
    assert_eq!((step(&[]), step(&["--assert-formats"])), (json!("patch"), json!("major")));
}

#[test]
fn the_policy_and_the_draft_decide_what_schemas_mean() {
    let line = |draft: Option<&str>, schema: Option<&str>| {
        let mut old = json!({ "type": "number", "maximum": 5, "exclusiveMaximum": true });
        if let Some(schema) = schema {
            old["$schema"] = schema.into();
        }
        let mut line = json!({ "id": 1, "old": old, "new": old });
        if let Some(draft) = draft {
            line["draft"] = draft.into();
        }
        line.to_string()
    };
    let error = |line: String| batch(&[], line.as_bytes()).remove(0).get("error").is_some();
    assert!(error(line(None, None)), "a boolean `exclusiveMaximum` is of draft 4 only");
    assert!(!error(line(Some("draft4"), None)));
    assert!(!error(line(Some("draft7"), Some("http://json-schema.org/draft-04/schema#"))), "$schema wins");
    assert!(error(line(Some("draft4"), Some("http://json-schema.org/draft-07/schema#"))), "$schema wins");

    let added = json!({ "id": 1, "old": { "properties": { "a": {} } }, "new": { "properties": { "a": {}, "b": { "type": "string" } } } });
    let step =
        |policy: &str| batch(&["--policy", policy], added.to_string().as_bytes()).remove(0)["step"].clone();
    assert_eq!((step("tolerant-reader"), step("as-written")), (json!("minor"), json!("major")));
}

#[test]
fn two_files_are_judged_as_what_they_are() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, value: &Value| {
        fs::write(folder.path().join(name), value.to_string()).expect("a file");
    };
    let (old, new) = rules::find("unit-changed").expect("the rule").example.contracts();
    write("old.json", &old.to_value());
    write("new.json", &new.to_value());
    write("schema.json", &json!({ "type": "string" }));
    write("other.json", &json!({ "type": ["string", "null"] }));
    write("hard.json", &json!({ "pattern": "^(?<x>a)\\k<x>$" }));
    let judge = |words: &[&str]| run(mesh(folder.path()).arg("judge").args(words));

    let told = judge(&["old.json", "new.json"]).with(1).stdout;
    assert!(told.contains("error[unit-changed]: `total` was in EUR") && told.contains("(2.0.0)"), "{told}");
    assert!(!told.contains('\u{1b}'), "no colours into a pipe");
    let log = judge(&["old.json", "new.json", "--message-format", "sarif"]).with(1).json();
    assert_eq!(log["runs"][0]["results"][0]["ruleId"], "unit-changed");
    judge(&["old.json", "old.json"]).with(0);
    judge(&["new.json", "old.json"]).with(2).says(&["name the earlier one first"]);
    judge(&["old.json", "schema.json"]).with(2).says(&["`old.json` is a contract and `schema.json` is none"]);

    let told = judge(&["schema.json", "other.json"]).with(1).stdout;
    assert!(told.contains("breaks readers of the old schema") && told.contains("major"), "{told}");
    assert_eq!(judge(&["schema.json", "schema.json", "--format", "json"]).with(0).json()["step"], "none");
    let told = judge(&["hard.json", "schema.json"]).with(2).stdout;
    assert!(told.contains("unproven"), "{told}");
}
