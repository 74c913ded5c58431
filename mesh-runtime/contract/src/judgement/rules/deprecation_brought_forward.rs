//! `deprecation-brought-forward`: a deprecated product goes away earlier than was announced

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "deprecation-brought-forward",
    step: Step::Major,
    sentence: "A deprecated product goes away earlier than was announced",
    explanation: "Readers planned their move by the day. Keep it, or start a new major line.",
    example: Example {
        before: r#"#[product(deprecated(date = "2030-01-31", successor = "shop.sales"))]"#,
        after: r#"#[product(deprecated(date = "2029-01-31", successor = "shop.sales"))]"#,
        old: |document| document["deprecated"] = json!({ "date": "2030-01-31", "successor": "shop.sales" }),
        new: |document| {
            document["deprecated"]["date"] = "2029-01-31".into();
        },
    },
    check: Check::Versions(look),
    instead,
    ..Rule::BASE
};

fn look(change: &Change<'_>, seen: &mut Vec<Seen>) {
    let Change { old, new, .. } = change;
    if let (Some(was), Some(is)) = (&old.deprecated, &new.deprecated)
        && is.date < was.date
    {
        let message = format!("it was to stay until {} and goes away on {} now", was.date, is.date);
        seen.push(Seen::part("/deprecated/date", is.date.to_string(), message));
    }
}

fn instead(change: &Change<'_>, _: &Seen) -> Vec<Offer> {
    let Some(was) = &change.old.deprecated else { return Vec::new() };
    let mut contract = change.new.clone();
    contract.deprecated = Some(was.clone());
    let successor = was.successor.as_ref().map(|it| format!(", successor = \"{it}\"")).unwrap_or_default();
    let code = format!("#[product(deprecated(date = \"{}\"{successor}))]", was.date);
    vec![Offer { title: "keep the day".to_owned(), code, contract }]
}
