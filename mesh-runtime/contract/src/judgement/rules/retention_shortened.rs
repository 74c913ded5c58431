//! `retention-shortened`: records stay readable for a shorter time than was promised

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "retention-shortened",
    step: Step::Major,
    sentence: "Records stay readable for a shorter time than was promised",
    explanation: "Whoever replays or looks back that far finds nothing there, and what is deleted does not come back. Keep \
                  the promise, or start a new major line.",
    example: Example {
        before: r#"#[product(retention = "7y")]"#,
        after: r#"#[product(retention = "30d")]"#,
        old: as_it_is,
        new: |document| {
            document["levels"]["retention"] = "30d".into();
        },
    },
    check: Check::Versions(look),
    instead,
    ..Rule::BASE
};

fn look(change: &Change<'_>, seen: &mut Vec<Seen>) {
    let Change { old, new, .. } = change;
    let Some(was) = old.levels.retention else { return };
    let weaker = new.levels.retention.is_none_or(|is| is.as_seconds() < was.as_seconds());
    if weaker {
        let is = new.levels.retention.map_or_else(|| "nothing".to_owned(), |is| is.to_string());
        seen.push(Seen::part(
            "/levels/retention",
            is.clone(),
            format!("the promised retention was {was} and is {is} now"),
        ));
    }
}

fn instead(change: &Change<'_>, _: &Seen) -> Vec<Offer> {
    let Some(was) = change.old.levels.retention else { return Vec::new() };
    let mut contract = change.new.clone();
    contract.levels.retention = Some(was);
    vec![Offer {
        title: "keep the promise".to_owned(),
        code: format!("#[product(retention = \"{was}\")]"),
        contract,
    }]
}
