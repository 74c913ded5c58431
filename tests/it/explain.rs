//! `mesh explain`, and the page that is written from the same table.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use mesh_contract::judgement::rules;
use mesh_runtime::verdict::{FILE_RULES, Report, plain, text};
use serde_json::Value;

use crate::command::{mesh, run};
use crate::workspace;

fn explain(words: &[&str]) -> crate::command::Ended {
    run(mesh(Path::new(".")).arg("explain").args(words))
}

#[test]
fn every_rule_is_listed_for_people_and_for_programs() {
    let text = explain(&[]).with(0).stdout;
    let listed = explain(&["--format", "json"]).with(0).json();
    let listed = listed.as_array().expect("a list");
    assert_eq!(listed.len(), rules::ALL.len() + FILE_RULES.len());
    for rule in listed {
        let id = rule["rule"].as_str().expect("a name");
        assert!(text.lines().any(|line| line.starts_with(&format!("{id} "))), "{id} is missing in\n{text}");
    }
}

#[test]
fn a_rule_is_explained_with_what_the_judge_says_of_its_example() {
    let text = explain(&["field-removed"]).with(0).stdout;
    for part in ["Before", "pub email: String,", "error[field-removed]: `email` is gone", "(2.0.0)"] {
        assert!(text.contains(part), "`{part}` is missing in\n{text}");
    }
    let told = explain(&["field-removed", "--format", "json"]).with(0).json();
    assert_eq!(told["example"]["verdict"]["changes"][0]["findings"][0]["rule"], "field-removed");
    explain(&["frozen-version-changed"]).with(0);
}

#[test]
fn an_unknown_rule_is_told_with_the_nearest_one() {
    explain(&["feild-removed"]).with(2).says(&["no rule `feild-removed`", "mesh explain field-removed"]);
    explain(&["nothing-of-the-sort-at-all"]).with(2).says(&["`mesh explain` lists them all"]);
}

#[test]
fn the_page_of_rules_is_what_the_table_says() {
    let path = workspace::root().join("docs/rules.md");
    let page = page();
    if std::env::var_os("MESH_UPDATE").is_some() {
        fs::write(&path, &page).expect("the page is written");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == page,
        "the rules read otherwise now; look at docs/rules.md with `MESH_UPDATE=1 cargo test --test it explain` and `git diff`"
    );
}

fn page() -> String {
    let mut page = "# The rules of `mesh check`\n\nWritten from the table of rules by a test; `mesh explain RULE` shows the \
                    same. The step is the least one that permits the change.\n\n| rule | step | finds |\n|---|---|---|\n"
        .to_owned();
    for rule in rules::ALL {
        let _ = writeln!(page, "| [{0}](#{0}) | {1} | {2} |", rule.id, rule.step, rule.sentence);
    }
    for rule in FILE_RULES {
        let _ = writeln!(page, "| [{0}](#{0}) | - | {1} |", rule.id, rule.sentence);
    }
    for rule in rules::ALL {
        let (old, new, judgement) = rule.judged_example();
        let mut report = Report::default();
        report.add(&judgement, &[&old, &new], &());
        let _ = write!(page, "\n## {}\n\n{}.\n\n{}\n", rule.id, rule.sentence, rule.explanation);
        for (title, code) in [("Before", rule.example.before), ("After", rule.example.after)] {
            let code = if code.is_empty() { "// nothing" } else { code };
            let _ = write!(page, "\n{title}:\n\n```rust\n{code}\n```\n");
        }
        let told = text(&report, &plain);
        let (from, to) = (&old.version, &new.version);
        let _ = write!(page, "\nFrom {from} to {to} the judge says:\n\n```text\n{}\n```\n", told.trim_end());
    }
    for rule in FILE_RULES {
        let _ = write!(page, "\n## {}\n\n{}.\n\n{}\n", rule.id, rule.sentence, rule.explanation);
    }
    page
}

#[test]
fn nothing_on_the_page_ends_a_block_of_code_early() {
    let fences = page().lines().filter(|line| line.starts_with("```")).count();
    assert_eq!(fences, rules::ALL.len() * 6);
}

#[test]
fn the_list_and_the_table_agree_about_steps() {
    let listed: Value = explain(&["--format", "json"]).with(0).json();
    for (rule, told) in rules::ALL.iter().zip(listed.as_array().expect("a list")) {
        assert_eq!((told["rule"].as_str(), told["step"].as_str()), (Some(rule.id), Some(rule.step.as_str())));
    }
}
