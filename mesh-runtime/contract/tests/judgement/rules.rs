//! The table of rules: every rule finds its own example, and no other rule speaks up there unless that is written down here.

use std::collections::BTreeSet;
use std::fs;

use mesh_contract::judgement::{BUDGET, Policy, Standing, Step, Verdict, judge, rules};

use crate::change::{checked, contract};

/// The rules that find something in each example beside the rule whose example it is. A change here is a change of verdicts
/// that users see: look at each line.
const ALSO: &[(&str, &[&str])] = &[
    ("field-renamed", &["field-added"]),
    ("field-required", &["field-added"]),
    ("member-refused", &["field-dropped"]),
    ("variant-lands-in-another-arm", &["field-added"]),
    ("expectation-pending", &["words-changed"]),
    ("waiver-expired", &["freshness-weakened"]),
    ("waiver-unused", &["words-changed"]),
    ("personal-data-added", &["field-added"]),
    ("deprecation-without-successor", &["deprecation-announced"]),
];

#[test]
fn every_rule_finds_its_own_example_and_no_other() {
    let mut wrong = Vec::new();
    for rule in rules::ALL {
        let (old, new, judgement) = rule.judged_example();
        let judgement = checked(judgement, &[old], &new);
        let found: BTreeSet<&str> = judgement.findings.iter().map(|finding| finding.rule.as_str()).collect();
        let also = ALSO.iter().find(|(id, _)| *id == rule.id).map_or(&[][..], |(_, also)| also);
        let expected: BTreeSet<&str> = also.iter().copied().chain([rule.id]).collect();
        if found != expected {
            wrong.push(format!("{}: {found:?}, and not {expected:?}", rule.id));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn names_of_files_and_rules_agree() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/judgement/rules");
    let files: BTreeSet<String> = fs::read_dir(folder)
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
        .filter(|name| !["mod.rs", "prelude.rs"].contains(&name.as_str()))
        .map(|name| name.trim_end_matches(".rs").replace('_', "-"))
        .collect();
    let ids: BTreeSet<String> = rules::ALL.iter().map(|rule| rule.id.to_owned()).collect();
    assert_eq!(files, ids);
    assert_eq!(ids.len(), rules::ALL.len(), "an id stands twice in the table");
}

#[test]
fn every_rule_tells_what_it_is_about() {
    for rule in rules::ALL {
        assert!(rule.sentence.len() > 10 && !rule.sentence.ends_with('.'), "{}", rule.id);
        assert!(rule.explanation.len() > 60 && rule.explanation.ends_with('.'), "{}", rule.id);
        assert!(!rule.example.after.is_empty() || rule.id == "field-dropped", "{}", rule.id);
        assert_ne!(rule.example.before, rule.example.after, "{}", rule.id);
    }
}

#[test]
fn whatever_needs_a_major_step_is_refused_in_a_minor_one_and_told_what_to_do() {
    for rule in rules::ALL.iter().filter(|rule| rule.step == Step::Major) {
        let (old, new) = rule.example.contracts();
        let judgement = judge(&[old], &new, &[], &Policy::default(), BUDGET);
        assert_ne!(judgement.verdict, Verdict::Compatible, "{}", rule.id);
        for finding in judgement.objections() {
            assert!(!finding.instead.is_empty(), "{} offers nothing", finding.rule);
        }
    }
}

#[test]
fn whatever_needs_a_minor_step_is_permitted_in_one_and_refused_in_a_patch() {
    for rule in rules::ALL.iter().filter(|rule| rule.step == Step::Minor) {
        let (old, mut new) = rule.example.contracts();
        let judgement = judge(std::slice::from_ref(&old), &new, &[], &Policy::default(), BUDGET);
        assert_eq!(
            (judgement.verdict, judgement.required),
            (Verdict::Compatible, Step::Minor),
            "{}",
            rule.id
        );
        new.version = Step::Patch.from(&old.version);
        let judgement = judge(&[old], &new, &[], &Policy::default(), BUDGET);
        assert_eq!((judgement.verdict, judgement.required), (Verdict::Broken, Step::Minor), "{}", rule.id);
        let version = "#[product(version = \"1.3.0\")]";
        assert!(
            judgement.objections().all(|it| it.instead.iter().any(|it| it.code == version)),
            "{}",
            rule.id
        );
    }
}

#[test]
fn everything_is_permitted_in_a_major_step() {
    for rule in rules::ALL.iter().filter(|rule| !rule.id.starts_with("waiver")) {
        let (old, mut new) = rule.example.contracts();
        new.version = Step::Major.from(&old.version);
        let judgement = judge(&[old], &new, &[], &Policy::default(), BUDGET);
        assert_eq!(judgement.verdict, Verdict::Compatible, "{}: {judgement:#?}", rule.id);
    }
}

#[test]
fn nothing_changes_from_a_contract_to_itself() {
    for rule in rules::ALL {
        let (old, new) = rule.example.contracts();
        for one in [old, new] {
            let judgement = judge(std::slice::from_ref(&one), &one, &[], &Policy::default(), BUDGET);
            assert_eq!((judgement.required, judgement.findings.len()), (Step::None, 0), "{}", rule.id);
        }
    }
}

#[test]
fn a_judgement_is_the_same_whatever_the_order_and_survives_a_round_trip() {
    let old = [contract("1.0.0", |_| ()), contract("1.1.0", |it| it["terms"] = "Other words.".into())];
    for rule in rules::ALL {
        let (base, new) = rule.example.contracts();
        let all = [old[0].clone(), old[1].clone(), base];
        let turned: Vec<_> = all.iter().rev().cloned().collect();
        let text = |old: &[_]| {
            serde_json::to_string(&judge(old, &new, &[], &Policy::default(), BUDGET)).expect("JSON")
        };
        assert_eq!(text(&all), text(&turned), "{}", rule.id);
        let read: mesh_contract::judgement::Judgement =
            serde_json::from_str(&text(&all)).expect("a judgement");
        assert_eq!(serde_json::to_string(&read).expect("JSON"), text(&all));
    }
}

#[test]
fn a_product_that_is_not_stable_may_break_and_says_so() {
    let (old, new) = rules::find("field-removed").expect("the rule").example.contracts();
    let unstable = |mut it: mesh_contract::Contract| {
        it.stability = mesh_contract::Stability::Unstable;
        it
    };
    let judgement = judge(&[unstable(old)], &unstable(new), &[], &Policy::default(), BUDGET);
    assert_eq!((judgement.verdict, judgement.required), (Verdict::Compatible, Step::Major));
    assert_eq!(judgement.findings[0].standing, Standing::Unstable);
}
