//! `variant-lands-in-another-arm`: a new untagged variant may be taken for another one

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "variant-lands-in-another-arm",
    step: Step::Major,
    sentence: "A new untagged variant may be taken for another one",
    explanation: "Untagged variants are told apart by their shape alone, in the order of their declaration. A reader of an \
                  earlier version does not know the new variant and may take it for one that it knows, without an error: \
                  the worst way to be wrong. Tag the enum, or start a new major line.",
    example: Example {
        before: "#[serde(untagged)]
pub enum Payment { Card { card: String }, Other { reference: Option<String> } }",
        after: "#[serde(untagged)]
pub enum Payment { Card { card: String }, Iban { iban: String }, Other { reference: Option<String> } }",
        old: as_it_is,
        new: |document| {
            let variants = document["types"]["Payment"]["variants"].as_array_mut();
            let iban = json!({ "name": "Iban", "description": "From an account.",
                "fields": [{ "name": "iban", "type": "string", "description": "The account." }] });
            variants.into_iter().for_each(|it| it.insert(1, iban.clone()));
            for side in ["emits", "accepts"] {
                let branch = json!({ "type": "object", "properties": { "iban": { "type": "string" } }, "required": ["iban"] });
                let branches = document["schemas"][side]["$defs"]["Payment"]["anyOf"].as_array_mut();
                branches.into_iter().for_each(|it| it.insert(1, branch.clone()));
            }
        },
    },
    check: Check::Versions(look),
    ..Rule::BASE
};

use super::variant_lands_in_catch_all::{added_variants, types};

fn look(change: &Change<'_>, seen: &mut Vec<Seen>) {
    for (name, old, new) in types(change) {
        if old.tagging != Some(Tagging::Untagged) || new.tagging != Some(Tagging::Untagged) {
            continue;
        }
        for variant in added_variants(old, new) {
            let message = format!(
                "`{variant}` is a new variant of {name}, which is untagged: readers may take it for another one"
            );
            let reason = "whether a reader confuses it with an arm that it knows depends on the reader";
            seen.push(
                Seen::part(&step(&step("/types", name), "variants"), variant, message).unproven(reason),
            );
        }
    }
}
