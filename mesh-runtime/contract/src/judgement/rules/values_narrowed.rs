//! `values-narrowed`: a field no longer takes values that earlier records hold

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "values-narrowed",
    step: Step::Major,
    sentence: "A field no longer takes values that earlier records hold",
    explanation: "Records of earlier versions hold such values, and the new type refuses them when they are read again. \
                  Hold the tighter bound where records are made, and go on taking the wider one where they are read.",
    example: Example {
        before: "#[field(max = 1000)]
pub quantity: u32,",
        after: "#[field(max = 10)]
pub quantity: u32,",
        old: as_it_is,
        new: |document| {
            keyword(document, "quantity", "maximum", json!(10));
        },
    },
    check: Check::Break(name),
    instead,
    ..Rule::BASE
};

fn name(found: &Found<'_>) -> Option<Seen> {
    let bound = (found.at.side == Side::Replay).then(|| super::values_widened::bound(found)).flatten()?;
    let message =
        format!("{} broke `{bound}` in earlier records, which the new version refuses", shown(found.field));
    Some(Seen::field(found.field, found.at.keyword, message))
}

fn instead(change: &Change<'_>, seen: &Seen) -> Vec<Offer> {
    keep_field(change, seen.place.pointer(), "go on taking what earlier records hold", Kept::AsItWas)
        .into_iter()
        .collect()
}
