//! `variant-added`: a closed enum has a new variant

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "variant-added",
    step: Step::Major,
    sentence: "A closed enum has a new variant",
    explanation: "A reader of an earlier version knows the variants of its time and refuses any other. Enums that will \
                  grow should say so from the first day: `extensible` on the type and a catch-all variant on the reading \
                  side. For an enum that is closed today, keep the old field with the old variants, and tell the finer \
                  story in a new field beside it.",
    example: Example {
        before: "pub enum Status { Open, Closed }",
        after: "pub enum Status { Open, Closed, Returned }",
        old: as_it_is,
        new: |document| {
            for side in ["emits", "accepts"] {
                document["schemas"][side]["$defs"]["Status"]["enum"] = json!(["open", "closed", "returned"]);
            }
            let variants = document["types"]["Status"]["variants"].as_array_mut();
            variants
                .into_iter()
                .for_each(|it| it.push(json!({ "name": "returned", "description": "Sent back." })));
        },
    },
    check: Check::Break(name),
    ..Rule::BASE
};

fn name(found: &Found<'_>) -> Option<Seen> {
    let variant = (found.at.side == Side::Readers).then(|| variant(found)).flatten()?;
    let message =
        format!("{} may be the new variant `{variant}`, which readers do not know", shown(found.field));
    Some(Seen::field(found.field, variant, message))
}

/// The variant that the guilty value names and the refusing union does not know.
pub(super) fn variant(found: &Found<'_>) -> Option<String> {
    let schema = found.read.pointer(&found.at.schema)?;
    unknown_variant(found.at.value()?, found.read, schema, found.at.keyword)
}
