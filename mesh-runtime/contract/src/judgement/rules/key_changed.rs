//! `key-changed`: records are named by other fields

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "key-changed",
    step: Step::Major,
    sentence: "Records are named by other fields",
    explanation: "Readers join, deduplicate and update by the key. With another one they take different records for the \
                  same and the same record for different ones. Start a new major line.",
    example: Example {
        before: "#[field(key)]
pub order_id: u32,
pub customer_id: u32,",
        after: "pub order_id: u32,
#[field(key)]
pub customer_id: u32,",
        old: as_it_is,
        new: |document| {
            document["key"] = json!(["customer_id"]);
        },
    },
    check: Check::Versions(look),
    instead,
    ..Rule::BASE
};

fn look(change: &Change<'_>, seen: &mut Vec<Seen>) {
    let Change { old, new, .. } = change;
    let grain = super::grain_changed::is_finer_or_coarser(&old.key, &new.key);
    if old.key != new.key && !grain {
        let message =
            format!("records were named by {} and are named by {} now", listed(&old.key), listed(&new.key));
        seen.push(Seen::part("/key", new.key.join(","), message));
    }
}

/// Names as a person lists them.
pub(super) fn listed(names: &[String]) -> String {
    if names.is_empty() {
        return "nothing".to_owned();
    }
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ")
}

pub(super) fn instead(change: &Change<'_>, _: &Seen) -> Vec<Offer> {
    let mut contract = change.new.clone();
    contract.key.clone_from(&change.old.key);
    let code = change
        .old
        .key
        .iter()
        .map(|name| format!("#[field(key)] // on `{name}`"))
        .collect::<Vec<_>>()
        .join("\n");
    vec![Offer { title: "keep the key".to_owned(), code, contract }]
}
