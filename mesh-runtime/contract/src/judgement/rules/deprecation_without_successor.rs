//! `deprecation-without-successor`: a product is deprecated and nothing is named to use instead

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "deprecation-without-successor",
    step: Step::None,
    sentence: "A product is deprecated and nothing is named to use instead",
    explanation: "Readers have to move, and nobody tells them where to. Name a successor, or write in the description what \
                  to do without one.",
    example: Example {
        before: r#"#[product(version = "1.2.0")]"#,
        after: r#"#[product(deprecated(date = "2030-01-31"))]"#,
        old: as_it_is,
        new: |document| {
            document["deprecated"] = json!({ "date": "2030-01-31" });
        },
    },
    check: Check::Versions(look),
    ..Rule::BASE
};

fn look(change: &Change<'_>, seen: &mut Vec<Seen>) {
    let Change { old, new, .. } = change;
    let without =
        |contract: &Contract| contract.deprecated.as_ref().is_some_and(|gone| gone.successor.is_none());
    if without(new) && !without(old) {
        let message = "it goes away, and nothing is named to use instead".to_owned();
        seen.push(Seen::part("/deprecated", "successor", message));
    }
}
