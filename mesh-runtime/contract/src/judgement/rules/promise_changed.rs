//! `promise-changed`: the promise differs in a way that hurts nobody

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "promise-changed",
    step: Step::Minor,
    sentence: "The promise differs in a way that hurts nobody",
    explanation: "Readers go on reading and earlier records are taken. The step is minor, because what is promised is not \
                  what was promised.",
    example: Example {
        before: "#[field(max = 1000)]
pub quantity: u32,",
        after: "#[field(max = 1000)]
#[serde(default)]
pub quantity: u32,",
        old: as_it_is,
        new: |document| {
            optional(document, "accepts", "quantity");
        },
    },
    check: Check::Judgement,
    ..Rule::BASE
};

pub(crate) fn seen() -> Seen {
    Seen::part("/schemas", "", "the promise differs, and nobody is hurt".to_owned())
}
