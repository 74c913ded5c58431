//! `deprecation-withdrawn`: a deprecated product stays after all

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "deprecation-withdrawn",
    step: Step::Minor,
    sentence: "A deprecated product stays after all",
    explanation: "Readers who have moved already moved for nothing. It is told so that the others may stop.",
    example: Example {
        before: r#"#[product(deprecated(date = "2030-01-31", successor = "shop.sales"))]"#,
        after: r#"#[product(version = "1.3.0")]"#,
        old: |document| document["deprecated"] = json!({ "date": "2030-01-31", "successor": "shop.sales" }),
        new: |document| {
            document.as_object_mut().map(|it| it.remove("deprecated"));
        },
    },
    check: Check::Versions(look),
    ..Rule::BASE
};

fn look(change: &Change<'_>, seen: &mut Vec<Seen>) {
    let Change { old, new, .. } = change;
    if let (Some(was), None) = (&old.deprecated, &new.deprecated) {
        seen.push(Seen::part(
            "/deprecated",
            "withdrawn",
            format!("it was to go away on {} and stays", was.date),
        ));
    }
}
