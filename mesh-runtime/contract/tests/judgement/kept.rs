//! What is kept of earlier versions between judgements changes no judgement; and what is judged against a whole line is what
//! is judged against each of its versions.

use std::collections::BTreeSet;
use std::sync::Arc;

use mesh_contract::judgement::{BUDGET, Earlier, Policy, Prepared, judge, judge_prepared};
use mesh_contract::{Contract, Expectation};
use serde_json::{Value, json};

use crate::change::{contract, expectation, property, remove};

type Edit = fn(&mut Value);

/// Changes that readers, records, or neither take. Each sets something to a value of its own, so that they can be made in any
/// order, undone by another one, and made again.
const EDITS: &[Edit] = &[
    |_| (),
    |it| remove(it, "note"),
    |it| property(it, "note", &json!({ "type": "string" })),
    |it| property(it, "note", &json!({ "type": "string", "maxLength": 80 })),
    |it| property(it, "note", &json!({ "type": "integer" })),
    |it| property(it, "extra", &json!({ "type": "string" })),
    |it| property(it, "extra", &json!({ "type": ["string", "null"] })),
    |it| property(it, "quantity", &json!({ "type": "integer", "minimum": 0, "maximum": 1000 })),
    |it| property(it, "quantity", &json!({ "type": "integer", "minimum": 1, "maximum": 500 })),
    |it| it["schemas"]["accepts"]["properties"]["quantity"]["maximum"] = json!(5000),
    |it| it["types"]["Order"]["fields"][1]["unit"] = "EUR".into(),
    |it| it["types"]["Order"]["fields"][1]["unit"] = "USD".into(),
    |it| it["types"]["Order"]["fields"][1]["unit"] = Value::Null,
    |it| it["types"]["Order"]["fields"][2]["description"] = "Other words.".into(),
    |it| it["levels"]["freshness"] = "1h".into(),
    |it| it["levels"]["freshness"] = "48h".into(),
    |it| it["terms"] = "Ask first.".into(),
    |it| it["description"] = "All orders.".into(),
    |it| it["x-note"] = "nobody cares".into(),
    |it| it["schemas"]["emits"]["$defs"]["Status"]["enum"] = json!(["open", "closed"]),
    |it| it["schemas"]["emits"]["$defs"]["Status"]["enum"] = json!(["open", "closed", "lost", "returned"]),
];

/// Versions of a line, each with one more change than the one before, or one less.
pub(crate) fn line(seed: u64, length: usize) -> Vec<Contract> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut draw = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).expect("it is less than a length")
    };
    // Every second line comes back to the same members again and again.
    let some = if seed.is_multiple_of(2) { EDITS } else { &EDITS[1..7] };
    let mut edits: Vec<Edit> = Vec::new();
    (0..length)
        .map(|number| {
            if draw(3) == 0 {
                edits.pop();
            } else {
                edits.push(some[draw(some.len())]);
            }
            contract(&format!("1.{number}.0"), |document| {
                edits.iter().for_each(|edit| edit(document));
            })
        })
        .collect()
}

fn readers() -> Vec<Expectation> {
    let of = |field: &str, schema: Value| {
        let consumer = format!("reads-{}", field.replace('_', "-"));
        let schema = json!({ "type": "object", "properties": { field: schema } });
        expectation(&consumer, &[&format!("/{field}")], &schema)
    };
    vec![of("note", json!({ "type": "string" })), of("quantity", json!({ "minimum": 0, "maximum": 2000 }))]
}

#[test]
fn what_is_kept_between_judgements_changes_none() {
    let readers = readers();
    for seed in 1..=40 {
        let versions = line(seed, 7);
        let mut kept = Earlier::default();
        for (index, new) in versions.iter().enumerate() {
            let afresh = judge(&versions[..index], new, &readers, &Policy::default(), BUDGET);
            let prepared = Arc::new(Prepared::sealed(new.clone(), new.promise().expect("a digest")));
            let remembered = judge_prepared(&kept, &prepared, &readers, &Policy::default(), BUDGET);
            assert_eq!(remembered, afresh, "seed {seed}, version {}", new.version);
            kept.insert(prepared);
        }
        // A version that is set between others later on, and one that replaces another, are taken in like any other.
        let (mut late, last) = (Earlier::default(), versions.last().expect("some versions"));
        for index in [5, 1, 3, 0, 4, 2, 3] {
            late.insert(Arc::new(Prepared::of(&versions[index])));
            judge_prepared(&late, &Prepared::of(last), &readers, &Policy::default(), BUDGET);
        }
        let prepared = Prepared::of(last);
        let remembered = judge_prepared(&late, &prepared, &readers, &Policy::default(), BUDGET);
        let afresh = judge(&versions[..6], last, &readers, &Policy::default(), BUDGET);
        assert_eq!(remembered, afresh, "seed {seed}, versions in another order");
    }
}

#[test]
fn a_line_is_judged_as_each_of_its_versions_beside_the_last() {
    let mut broken = 0;
    for seed in 1..=80 {
        let versions = line(seed, 6);
        let (new, old) = versions.split_last().expect("some versions");
        let last = old.last().expect("an earlier version");
        let found = |old: &[Contract]| -> BTreeSet<String> {
            let judgement = judge(old, new, &[], &Policy::default(), BUDGET);
            // These two tell of a version as a whole, where nothing else is told.
            let parts = judgement
                .findings
                .into_iter()
                .filter(|finding| !["promise-changed", "words-changed"].contains(&finding.rule.as_str()));
            parts.map(|finding| format!("{} {}", finding.rule, finding.fingerprint)).collect()
        };
        let each = old.iter().flat_map(|version| {
            if version == last {
                found(std::slice::from_ref(last))
            } else {
                found(&[version.clone(), last.clone()])
            }
        });
        let (whole, each) = (found(old), each.collect::<BTreeSet<_>>());
        broken += usize::from(whole.len() > found(std::slice::from_ref(last)).len());
        assert_eq!(whole, each, "seed {seed}");
    }
    assert!(broken >= 5, "too few lines break a version that is not the last: {broken}");
}
