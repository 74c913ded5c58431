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
    around: |_| {
        let expectation = json!({
            "mesh": 1, "consumer": "accounting", "address": "shop.orders", "requirement": "^1.0",
            "fields": ["/vat"], "schema": { "required": ["vat"] }
        });
        (serde_json::from_value(expectation).into_iter().collect(), Policy::default())
    },
    ..Rule::BASE
};

pub(crate) fn seen(expectation: &Expectation, first: &Seen) -> Seen {
    let key = format!(
        "{} {} {}",
        expectation.consumer,
        expectation.consumer_version.as_deref().unwrap_or_default(),
        expectation.environment.as_ref().map(ToString::to_string).unwrap_or_default()
    );
    let message = format!(
        "{} expects of {} what no version has offered yet",
        expectation.consumer,
        shown(first.place.pointer())
    );
    Seen { place: first.place.clone(), key, message, step: None, unproven: None }
}
