//! `variant-removed`: a variant is no longer taken

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "variant-removed",
    step: Step::Major,
    sentence: "A variant is no longer taken",
    explanation: "Records of earlier versions hold the variant, and the new type refuses them when the log is replayed or \
                  a table is read again. Keep the variant on the reading side: mark it deprecated and stop writing it, or \
                  take it with `#[serde(alias)]`.",
    example: Example {
        before: "pub enum Status { Open, Closed }",
        after: "pub enum Status { Open }",
        old: as_it_is,
        new: |document| {
            for side in ["emits", "accepts"] {
                document["schemas"][side]["$defs"]["Status"]["enum"] = json!(["open"]);
            }
            let variants = document["types"]["Status"]["variants"].as_array_mut();
            variants.into_iter().for_each(|it| it.truncate(1));
        },
    },
    check: Check::Break(name),
    ..Rule::BASE
};

fn name(found: &Found<'_>) -> Option<Seen> {
    let variant = (found.at.side == Side::Replay).then(|| super::variant_added::variant(found)).flatten()?;
    let message =
        format!("{} was `{variant}` in earlier records, which the new version refuses", shown(found.field));
    Some(Seen::field(found.field, variant, message))
}
