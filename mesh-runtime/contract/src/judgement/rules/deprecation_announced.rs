//! `deprecation-announced`: the product is deprecated

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "deprecation-announced",
    step: Step::Minor,
    sentence: "The product is deprecated",
    explanation: "It goes away on a day that is named, and readers learn of it where they bind. The step is minor, so that \
                  the news has a version.",
    example: Example {
        before: r#"#[product(version = "1.2.0")]"#,
        after: r#"#[product(deprecated(date = "2030-01-31", successor = "shop.sales"))]"#,
        old: as_it_is,
        new: |document| {
            document["deprecated"] = json!({ "date": "2030-01-31", "successor": "shop.sales" });
        },
    },
    check: Check::Versions(look),
    ..Rule::BASE
};

fn look(change: &Change<'_>, seen: &mut Vec<Seen>) {
    let Change { old, new, .. } = change;
    if let (None, Some(gone)) = (&old.deprecated, &new.deprecated) {
        seen.push(Seen::part("/deprecated", "", format!("it may be gone from {} on", gone.date)));
    }
}
