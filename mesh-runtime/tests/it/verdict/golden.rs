//! Every form of a few verdicts as it is, so that a change of words is seen. `MESH_UPDATE=1` writes the files anew.

use std::fs;
use std::path::Path;

use mesh_contract::judgement::{Policy, Waiver};
use mesh_runtime::verdict::{
    FileRule, Location, Report, Source, Tone, github, json, markdown, plain, sarif, text,
};
use serde_json::Value;

use super::{contract, field, judged, reader, remove, report, sides};

#[track_caller]
fn check(name: &str, report: &Report) {
    let pretty = |value: &Value| format!("{value:#}\n");
    let mut log = sarif(report);
    // The table of rules is the same in every log.
    log["runs"][0]["tool"]["driver"]["rules"].as_array_mut().expect("rules").truncate(1);
    let forms = [
        ("txt", text(report, &plain)),
        ("json", pretty(&json(report))),
        ("sarif", pretty(&log)),
        ("github", github(report)),
        ("md", markdown(report)),
    ];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/verdict/golden");
    let mut wrong = Vec::new();
    for (form, told) in forms {
        let path = folder.join(format!("{name}.{form}"));
        if std::env::var_os("MESH_UPDATE").is_some() {
            fs::create_dir_all(&folder).expect("a folder");
            fs::write(&path, &told).expect("the file is written");
        }
        if fs::read_to_string(&path).unwrap_or_default() != told {
            wrong.push(format!("{}:\n{told}", path.display()));
        }
    }
    let how = "look at them with `MESH_UPDATE=1 cargo test -p mesh-runtime --test it verdict` and `git diff`";
    assert!(wrong.is_empty(), "these verdicts read otherwise now; {how}\n{}", wrong.join("\n"));
}

#[test]
fn a_break_names_the_reader_and_what_to_write_instead() {
    let old = [contract("1.0.0", |_| ()), contract("1.2.0", |_| ())];
    let new = contract("1.3.0", |it| {
        remove(it, "email");
        sides(it, |schema| {
            schema["$defs"]["Status"]["enum"] = serde_json::json!(["open", "closed", "returned"])
        });
    });
    let readers = [reader("accounting", "email")];
    check("break", &report(&old, &new, &readers, &Policy::default()));
}

#[test]
fn what_is_unproven_is_never_told_as_safe() {
    let old = [contract("1.2.0", |_| ())];
    let new =
        contract("1.2.1", |it| field(it, "total")["description"] = "What is to be paid, without VAT.".into());
    check("unproven", &report(&old, &new, &[], &Policy::default()));
}

#[test]
fn what_is_waived_or_permitted_is_told_in_passing() {
    let old = [contract("1.2.0", |_| ())];
    let new = contract("1.3.0", |it| {
        field(it, "total")["unit"] = "USD".into();
        it["levels"]["freshness"] = "5m".into();
    });
    let found = judged(&old, &new, &[], &Policy::default());
    let waiver = Waiver {
        finding: found.objections().next().expect("a finding").fingerprint.clone(),
        product: "shop.orders".parse().expect("an address"),
        owner: "ann@example.com".to_owned(),
        reason: "nobody has read it yet".to_owned(),
        until: "2026-12-31".parse().expect("a day"),
    };
    let policy = Policy {
        waivers: vec![waiver],
        today: Some("2026-02-01".parse().expect("a day")),
        ..Policy::default()
    };
    check("waived", &report(&old, &new, &[], &policy));
}

#[test]
fn a_change_that_is_fine_and_files_that_are_not() {
    let old = [contract("1.2.0", |_| ())];
    let new = contract("1.2.1", |it| it["tags"] = serde_json::json!(["tidy"]));
    let mut report = report(&old, &new, &[], &Policy::default());
    let rule = FileRule::find("frozen-version-changed").expect("the rule");
    report.add_file(
        rule,
        "shop.orders 1.1.0",
        Location::file("contracts/orders/1.1.0.json", Source::Contract),
        "it is released with the digest 12ab and now has 34cd; take the change back, or raise the version",
    );
    check("files", &report);
}

#[test]
fn nothing_to_tell_is_nothing_on_a_terminal() {
    let same = contract("1.2.0", |_| ());
    let report = report(std::slice::from_ref(&same), &same, &[], &Policy::default());
    assert!(report.is_clean());
    assert_eq!((text(&report, &plain), github(&report)), (String::new(), String::new()));
    assert_eq!(json(&report)["clean"], true);
}

#[test]
fn colours_change_nothing_of_what_is_said() {
    let old = [contract("1.2.0", |_| ())];
    let new = contract("1.3.0", |it| remove(it, "email"));
    let report = report(&old, &new, &[], &Policy::default());
    let painted = text(&report, &|tone: Tone, text: &str| format!("\u{2}{tone:?}\u{3}{text}\u{4}"));
    let mut stripped = String::new();
    let mut rest = painted.as_str();
    while let Some((before, painted)) = rest.split_once('\u{2}') {
        let (_, inner) = painted.split_once('\u{3}').expect("the end of a tone");
        stripped.push_str(before);
        rest = inner;
    }
    stripped.push_str(rest);
    assert_eq!(stripped.replace('\u{4}', ""), text(&report, &plain));
}
