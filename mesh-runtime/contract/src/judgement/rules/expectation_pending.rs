//! `expectation-pending`: a registered reader expects what no version has ever offered

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "expectation-pending",
    step: Step::None,
    sentence: "A registered reader expects what no version has ever offered",
    explanation: "The reader asks for something new, and that must not break the provider's build. It counts from the \
                  first version that meets it. Until then it is a wish list with a name on it.",
    example: Example {
        before: "// accounting expects `vat`, which no version has",
        after: "// still without `vat`",
        old: as_it_is,
        new: |document| {
            document["tags"] = json!(["still-without"]);
        },
    },
    check: Check::Judgement,
    ..Rule::BASE
};

pub(crate) fn seen(expectation: &Expectation, first: &Seen) -> Seen {
    let key = format!(
        "{} {} {}",
        expectation.consumer,
        expectation.consumer_version.as_deref().unwrap_or_default(),
        expectation.environment.as_ref().map(ToString::to_string).unwrap_or_default()
    );
    let message =
        format!("{} expects what no version has offered yet: {}", expectation.consumer, first.message);
    Seen { place: first.place.clone(), key, message, step: None, unproven: None }
}
