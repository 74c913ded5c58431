//! `extensible-withdrawn`: an enum is no longer extensible

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "extensible-withdrawn",
    step: Step::Minor,
    sentence: "An enum is no longer extensible",
    explanation: "Readers that wrote a catch-all lose nothing. It is told because the promise that variants will come was \
                  a plan that others may have built on.",
    example: Example {
        before: "#[data(extensible)]
pub enum Channel { .. }",
        after: "pub enum Channel { .. }",
        old: as_it_is,
        new: |document| {
            document["types"]["Channel"]["extensible"] = false.into();
        },
    },
    check: Check::Versions(look),
    ..Rule::BASE
};

fn look(change: &Change<'_>, seen: &mut Vec<Seen>) {
    for (name, old, new) in super::variant_lands_in_catch_all::types(change) {
        if old.extensible && !new.extensible {
            let message = format!("{name} no longer promises that variants may come");
            seen.push(Seen::part(&step(&step("/types", name), "extensible"), "", message));
        }
    }
}
