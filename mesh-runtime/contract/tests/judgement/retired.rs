//! Retired versions have no readers left, and go on excusing what they did. Records that they left still have to be taken.

use std::collections::BTreeSet;

use mesh_contract::judgement::{
    BUDGET, Earlier, Judgement, Left, Policy, Prepared, Side, Verdict, judge_prepared,
};
use mesh_contract::{Contract, ContractVersion};
use serde_json::json;

use crate::change::{contract, objections, property, remove};
use crate::kept::line;

fn judged(old: &[(&Contract, Option<Left>)], new: &Contract) -> Judgement {
    let earlier = Earlier::new(old.iter().map(|&(version, left)| {
        let prepared = Prepared::of(version);
        match left {
            Some(left) => prepared.retired(left),
            None => prepared,
        }
    }));
    judge_prepared(&earlier, &Prepared::of(new), &[], &Policy::default(), BUDGET)
}

#[test]
fn nobody_is_hurt_who_read_a_retired_version() {
    let first = contract("1.2.0", |document| property(document, "extra", &json!({ "type": "string" })));
    let second = contract("1.3.0", |document| remove(document, "note"));
    let third = contract("1.4.0", |document| property(document, "note", &json!({ "type": "integer" })));
    let open = judged(&[(&first, None), (&second, None)], &third);
    assert_eq!(open.verdict, Verdict::Broken);
    let gone = judged(&[(&first, Some(Left::Nothing)), (&second, None)], &third);
    assert_eq!((gone.verdict, objections(&gone)), (Verdict::Compatible, vec![]));
}

#[test]
fn records_of_a_retired_version_still_have_to_be_taken() {
    let first = contract("1.2.0", |_| ());
    let narrower = contract("1.3.0", |document| {
        for side in ["emits", "accepts"] {
            document["schemas"][side]["properties"]["quantity"] =
                json!({ "type": "integer", "minimum": 5, "maximum": 6 });
        }
    });
    let with_records = judged(&[(&first, Some(Left::Records))], &narrower);
    assert_eq!((with_records.readers, with_records.replay), (Verdict::Compatible, Verdict::Broken));
    let without = judged(&[(&first, Some(Left::Nothing))], &narrower);
    assert_eq!((without.readers, without.replay), (Verdict::Compatible, Verdict::Compatible));
}

#[test]
fn what_a_retired_version_did_is_not_held_against_the_next() {
    let first = contract("1.2.0", |_| ());
    let second = contract("1.3.0", |document| remove(document, "email"));
    let third = contract("1.4.0", |document| {
        remove(document, "email");
        document["tags"] = json!(["more"]);
    });
    assert_eq!(judged(&[(&first, None)], &third).verdict, Verdict::Broken);
    let excused = judged(&[(&first, None), (&second, Some(Left::Nothing))], &third);
    assert_eq!(excused.verdict, Verdict::Compatible);
}

#[test]
fn a_later_version_that_is_retired_breaks_nobody() {
    let later = contract("1.4.0", |document| remove(document, "email"));
    let late = contract("1.3.0", |_| ());
    assert_eq!(judged(&[(&later, None)], &late).verdict, Verdict::Broken);
    assert_eq!(judged(&[(&later, Some(Left::Records))], &late).verdict, Verdict::Compatible);
}

#[test]
fn a_line_with_retired_versions_is_judged_as_each_of_its_versions_beside_the_last() {
    let (mut silenced, mut told) = (0, 0);
    for seed in 1..=40_u64 {
        let versions = line(seed, 6);
        let (new, old) = versions.split_last().expect("some versions");
        // Each version of each line is retired in some of the rounds, in either way.
        for round in 0..2_u64 {
            let left = |index: usize| match (seed * 7 + round * 31 + index as u64 * 13) % 4 {
                0 => Some(Left::Nothing),
                1 => Some(Left::Records),
                _ => None,
            };
            let marked: Vec<_> = old.iter().enumerate().map(|(index, it)| (it, left(index))).collect();
            let found = |old: &[(&Contract, Option<Left>)]| -> BTreeSet<String> {
                let judgement = judged(old, new);
                let of_retired = |version: &ContractVersion| {
                    old.iter().any(|(it, left)| it.version == *version && *left == Some(Left::Nothing))
                };
                let parts = judgement
                    .findings
                    .into_iter()
                    .filter(|finding| !["promise-changed", "words-changed"].contains(&finding.rule.as_str()));
                parts
                    .map(|finding| {
                        assert!(!finding.against.iter().any(of_retired), "seed {seed}: {finding:?}");
                        format!("{} {}", finding.rule, finding.fingerprint)
                    })
                    .collect()
            };
            let last = *marked.last().expect("an earlier version");
            let each = marked.iter().flat_map(|version| {
                if version.0 == last.0 { found(&[last]) } else { found(&[*version, last]) }
            });
            let (whole, each) = (found(&marked), each.collect::<BTreeSet<_>>());
            let open: Vec<_> = marked.iter().map(|(version, _)| (*version, None)).collect();
            silenced += usize::from(found(&open).len() > whole.len());
            told += usize::from(!whole.is_empty());
            assert_eq!(whole, each, "seed {seed}, round {round}");
        }
    }
    assert!(silenced >= 2 && told >= 10, "too few lines differ: {silenced} silenced, {told} told");
}

#[test]
fn sides_are_told_apart() {
    let first = contract("1.2.0", |_| ());
    let second = contract("1.3.0", |document| property(document, "quantity", &json!({ "type": "string" })));
    let judgement = judged(&[(&first, Some(Left::Records))], &second);
    assert!(judgement.findings.iter().all(|finding| finding.side != Some(Side::Readers)), "{judgement:?}");
}
