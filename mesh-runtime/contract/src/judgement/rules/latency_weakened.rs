//! `latency-weakened`: records may arrive later than was promised

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "latency-weakened",
    step: Step::Major,
    sentence: "Records may arrive later than was promised",
    explanation: "How long it takes from when something happened until its record can be read. Whoever reacts to records \
                  has a deadline of their own behind it. Keep the promise, or start a new major line.",
    example: Example {
        before: r#"#[product(latency = "1m")]"#,
        after: r#"#[product(latency = "10m")]"#,
        old: as_it_is,
        new: |document| {
            document["levels"]["latency"] = "10m".into();
        },
    },
    check: Check::Versions(look),
    instead,
    ..Rule::BASE
};

fn look(change: &Change<'_>, seen: &mut Vec<Seen>) {
    let Change { old, new, .. } = change;
    let Some(was) = old.levels.latency else { return };
    let weaker = new.levels.latency.is_none_or(|is| is.as_seconds() > was.as_seconds());
    if weaker {
        let is = new.levels.latency.map_or_else(|| "nothing".to_owned(), |is| is.to_string());
        seen.push(Seen::part(
            "/levels/latency",
            is.clone(),
            format!("the promised latency was {was} and is {is} now"),
        ));
    }
}

fn instead(change: &Change<'_>, _: &Seen) -> Vec<Offer> {
    let Some(was) = change.old.levels.latency else { return Vec::new() };
    let mut contract = change.new.clone();
    contract.levels.latency = Some(was);
    vec![Offer {
        title: "keep the promise".to_owned(),
        code: format!("#[product(latency = \"{was}\")]"),
        contract,
    }]
}
