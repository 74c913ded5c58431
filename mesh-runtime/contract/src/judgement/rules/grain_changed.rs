//! `grain-changed`: one record stands for something finer or coarser than before

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "grain-changed",
    step: Step::Major,
    sentence: "One record stands for something finer or coarser than before",
    explanation: "The key grew or shrank, so there are more or fewer records for the same thing, and every count and sum \
                  over them changes. Offer the other grain as a product of its own.",
    example: Example {
        before: "#[field(key)]
pub order_id: u32,",
        after: "#[field(key)]
pub order_id: u32,
#[field(key)]
pub line_no: u32,",
        old: as_it_is,
        new: |document| {
            document["key"] = json!(["order_id", "line_no"]);
        },
    },
    check: Check::Versions(look),
    instead: super::key_changed::instead,
    ..Rule::BASE
};

fn look(change: &Change<'_>, seen: &mut Vec<Seen>) {
    let Change { old, new, .. } = change;
    if old.key != new.key && is_finer_or_coarser(&old.key, &new.key) {
        let message =
            format!("one record stood for {} and stands for {} now", listed(&old.key), listed(&new.key));
        seen.push(Seen::part("/key", new.key.join(","), message));
    }
}

use super::key_changed::listed;

/// Whether one key holds all of the other and more.
pub(super) fn is_finer_or_coarser(old: &[String], new: &[String]) -> bool {
    let within = |part: &[String], all: &[String]| part.iter().all(|name| all.contains(name));
    old.len() != new.len() && !old.is_empty() && !new.is_empty() && (within(old, new) || within(new, old))
}
