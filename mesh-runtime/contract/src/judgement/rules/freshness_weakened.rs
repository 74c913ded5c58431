//! `freshness-weakened`: records may be older than was promised

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "freshness-weakened",
    step: Step::Major,
    sentence: "Records may be older than was promised",
    explanation: "Readers plan by it: an alarm, a nightly run, a page that says how old its figures are. Keep the promise, \
                  or start a new major line.",
    example: Example {
        before: r#"#[product(freshness = "15m")]"#,
        after: r#"#[product(freshness = "24h")]"#,
        old: as_it_is,
        new: |document| {
            document["levels"]["freshness"] = "24h".into();
        },
    },
    check: Check::Versions(look),
    instead,
    ..Rule::BASE
};

fn look(change: &Change<'_>, seen: &mut Vec<Seen>) {
    let Change { old, new, .. } = change;
    let Some(was) = old.levels.freshness else { return };
    let weaker = new.levels.freshness.is_none_or(|is| is.as_seconds() > was.as_seconds());
    if weaker {
        let is = new.levels.freshness.map_or_else(|| "nothing".to_owned(), |is| is.to_string());
        seen.push(Seen::part(
            "/levels/freshness",
            is.clone(),
            format!("the promised freshness was {was} and is {is} now"),
        ));
    }
}

fn instead(change: &Change<'_>, _: &Seen) -> Vec<Offer> {
    let Some(was) = change.old.levels.freshness else { return Vec::new() };
    let mut contract = change.new.clone();
    contract.levels.freshness = Some(was);
    vec![Offer {
        title: "keep the promise".to_owned(),
        code: format!("#[product(freshness = \"{was}\")]"),
        contract,
    }]
}
