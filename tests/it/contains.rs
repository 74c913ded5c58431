//! `mesh contains`, as people and programs use it.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::command::{Ended, mesh, run};

/// Gives the command these lines at once, and has its answers.
#[track_caller]
fn batch(arguments: &[&str], input: Vec<u8>) -> Vec<Value> {
    let mut command = mesh(Path::new("."));
    let mut child = command
        .args(["contains", "--batch"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let ended = Ended::from(child.wait_with_output().expect("the command ends")).with(0);
    writer.join().expect("no panic").expect("everything is read");
    ended.stdout.lines().map(|line| serde_json::from_str(line).expect("each answer is JSON")).collect()
}

fn lines(values: &[Value]) -> Vec<u8> {
    values.iter().map(|value| format!("{value}\n")).collect::<String>().into_bytes()
}

#[test]
fn each_line_is_answered_in_order_whatever_stands_in_the_others() {
    let deep =
        format!("{{\"id\":\"deep\",\"sub\":{}1{},\"sup\":true}}", "[".repeat(100_000), "]".repeat(100_000));
    let nested = format!(
        "{{\"id\":\"nested\",\"sub\":{}true{},\"sup\":false}}",
        "{\"not\":".repeat(120),
        "}".repeat(120)
    );
    let text = [
        r#"{"id":1,"sub":{"const":1},"sup":{"type":"integer"}}"#,
        "",
        r#"{"id":[2],"sub":{"type":"integer"},"sup":{"const":1}}"#,
        "no json",
        r#"{"id":"cut","sub":{"#,
        r#"{"id":3,"sub":{"type":"no-type"},"sup":true}"#,
        r#"{"id":4,"sub":true}"#,
        r#"{"id":5,"sub":true,"sup":true,"draft":"draft3"}"#,
        r#"{"id":6,"sub":{"$ref":"https://elsewhere.example/x"},"sup":true}"#,
        r#"{"id":7,"sub":5,"sup":true}"#,
        r#"{"id":8,"sub":{"const":18446744073709551617},"sup":{"const":18446744073709551616}}"#,
        r#"{"id":9,"sub":{"const":9007199254740993},"sup":{"const":9007199254740992}}"#,
        r#"{"id":10,"sub":{"pattern":"^(a+)+$"},"sup":{"pattern":"("}}"#,
        r#"{"id":11,"sub":{"minimum":1e999},"sup":true}"#,
        "[1,2]",
        &deep,
        &nested,
        r#"{"sub":false,"sup":false,"more":"is nobody's business"}"#,
    ];
    let mut input = text.join("\n").into_bytes();
    input.extend(b"\n\xff\xfe\n{\"id\":\"last\",\"sub\":false,\"sup\":true}");
    let told: Vec<String> = batch(&[], input)
        .iter()
        .map(|answer| format!("{} {}", answer["id"], answer["verdict"].as_str().unwrap_or_default()))
        .collect();
    let expected = [
        "1 contained",
        "[2] not-contained",
        "null error",
        "\"cut\" error",
        "3 error",
        "4 error",
        "5 error",
        "6 error",
        "7 error",
        "8 error",
        "9 not-contained",
        "10 error",
        "11 error",
        "null error",
        "\"deep\" error",
        "\"nested\" not-contained",
        "null contained",
        "null error",
        "\"last\" contained",
    ];
    assert_eq!(told, expected);
}

#[test]
fn an_error_names_what_is_wrong_and_what_there_is() {
    let answers = batch(
        &[],
        lines(&[
            json!({ "id": 1, "sub": true, "sup": true, "draft": "draft3" }),
            json!({ "id": 2, "sub": true, "sup": { "properties": { "a": { "type": "strin" } } } }),
        ]),
    );
    let reasons: Vec<&str> = answers.iter().filter_map(|answer| answer["reason"].as_str()).collect();
    assert_eq!(
        reasons,
        [
            "there is no draft `draft3`; there are draft4, draft6, draft7, draft2019-09, draft2020-12",
            "sup: `type` at `/properties/a` must be the name of a type, or a list of such names"
        ]
    );
}

#[test]
fn the_schema_names_its_draft_before_the_line_does() {
    // Draft 7 knows no `prefixItems`, draft 2020-12 no list under `items`.
    let sub = json!({ "type": "array", "items": { "type": "integer" } });
    let sup = json!({ "prefixItems": [{ "type": "string" }] });
    let named = |schema: &Value| {
        let mut schema = schema.clone();
        schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
        schema
    };
    let answers = batch(
        &[],
        lines(&[
            json!({ "id": 1, "sub": sub, "sup": sup }),
            json!({ "id": 2, "sub": sub, "sup": sup, "draft": "draft7" }),
            json!({ "id": 3, "sub": sub, "sup": named(&sup), "draft": "draft7" }),
        ]),
    );
    let verdicts: Vec<&str> = answers.iter().filter_map(|answer| answer["verdict"].as_str()).collect();
    assert_eq!(verdicts, ["not-contained", "contained", "not-contained"]);
}

#[test]
fn an_answer_is_written_before_the_next_question_is_asked() {
    let mut child = mesh(Path::new("."))
        .args(["contains", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let mut answers = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    for id in 0..3 {
        writeln!(stdin, "{}", json!({ "id": id, "sub": true, "sup": false })).expect("it is read");
        let answer: Value =
            serde_json::from_str(&answers.next().expect("a line").expect("text")).expect("JSON");
        assert_eq!(answer["id"], id);
    }
    drop(stdin);
    assert!(child.wait().expect("the command ends").success());
}

#[test]
fn a_budget_leaves_the_answer_open_and_says_which() {
    let hard = json!({ "id": 1,
        "sub": { "type": "array", "uniqueItems": true, "minItems": 12, "contains": { "maximum": 3 }, "minContains": 4,
            "items": { "enum": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] } },
        "sup": { "not": { "prefixItems": [{ "minimum": 5 }], "contains": { "multipleOf": 5 }, "minContains": 3 } } });
    let steps = batch(&["--steps", "50"], lines(std::slice::from_ref(&hard)));
    assert_eq!(steps[0]["verdict"], "unproven");
    assert_eq!(steps[0]["reason"], "the budget of 50 steps is used up; ask again with a larger one");
    let time = batch(&["--budget-ms", "0", "--steps", "100000000"], lines(&[hard]));
    assert_eq!(time[0]["reason"], "the caller's time limit was reached");
}

#[test]
fn two_files_are_answered_for_people_and_for_programs() {
    let folder = tempfile::tempdir().expect("a folder");
    let write =
        |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("it is written");
    write("new.json", r#"{"type":"object","properties":{"total":{"type":"number"}},"required":["total"]}"#);
    write("old.json", r#"{"type":"object","properties":{"total":{"type":"number","minimum":0}}}"#);
    write("broken.json", r#"{"type":"objekt"}"#);
    write("no.json", "{");
    let answer = |arguments: &[&str]| run(mesh(folder.path()).arg("contains").args(arguments));

    assert!(answer(&["old.json", "old.json"]).with(0).stdout.starts_with("contained: "));
    let refuted = answer(&["new.json", "old.json"]).with(1);
    assert!(refuted.stdout.contains("\n  {\"total\":-"), "{}", refuted.stdout);
    assert!(refuted.stdout.contains("`/total` breaks `minimum` of /properties/total"), "{}", refuted.stdout);
    let json = answer(&["new.json", "old.json", "--format", "json"]).with(1).json();
    assert_eq!(json["verdict"], "not-contained");
    assert!(json["witness"]["total"].as_f64().is_some_and(|total| total < 0.0));
    let open = answer(&["new.json", "old.json", "--steps", "0", "--format", "json"]).with(2).json();
    assert_eq!(open["verdict"], "unproven");
    answer(&["broken.json", "old.json"]).with(2).says(&["broken.json", "`type` must be the name of a type"]);
    answer(&["no.json", "old.json"]).with(2).says(&["`no.json` is no JSON"]);
    answer(&["absent.json", "old.json"]).with(2).says(&["cannot read `absent.json`"]);
    answer(&["new.json"]).with(2);
}

/// The cases with known answers, where they lie beside the checkout.
fn cases() -> Option<PathBuf> {
    let file = "shared/compat/containment-2020-12-calibration.jsonl";
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|folder| folder.join(file))
        .find(|path| path.is_file())
}

#[test]
fn the_known_answers_are_found_through_the_command() {
    let Some(path) = cases() else {
        println!("left out: the cases do not lie in a folder `shared` above this one");
        return;
    };
    let text = std::fs::read_to_string(path).expect("the cases are text");
    let answers = batch(&["--budget-ms", "1000"], text.clone().into_bytes());
    let cases: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("a case")).collect();
    assert_eq!(answers.len(), cases.len());
    let (mut right, mut disputed) = (0, Vec::new());
    for (case, answer) in cases.iter().zip(&answers) {
        assert_eq!(case["id"], answer["id"]);
        let known = if case["contained"] == true { "contained" } else { "not-contained" };
        right += usize::from(answer["verdict"] == known);
        if answer["verdict"] == "contained" && known == "not-contained" {
            disputed.push(case["id"].clone());
        }
        assert_ne!(answer["reason"], "the caller's time limit was reached", "{}", case["id"]);
    }
    println!("{right} of {} right", cases.len());
    assert_eq!(disputed, Vec::<Value>::new(), "called contained, and are not");
    assert!(right * 100 >= cases.len() * 97, "{right} of {}", cases.len());
}
