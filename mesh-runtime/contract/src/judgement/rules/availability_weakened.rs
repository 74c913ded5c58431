//! `availability-weakened`: the ports may be down for longer than was promised

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "availability-weakened",
    step: Step::Major,
    sentence: "The ports may be down for longer than was promised",
    explanation: "Readers build their own promises on it: nobody can be up more often than what they depend on. Keep the \
                  promise, or start a new major line.",
    example: Example {
        before: r#"#[product(availability = "99.9%")]"#,
        after: r#"#[product(availability = "99%")]"#,
        old: as_it_is,
        new: |document| {
            document["levels"]["availability"] = "99%".into();
        },
    },
    check: Check::Versions(look),
    instead,
    ..Rule::BASE
};

fn look(change: &Change<'_>, seen: &mut Vec<Seen>) {
    let Change { old, new, .. } = change;
    let Some(was) = old.levels.availability else { return };
    let weaker = new.levels.availability.is_none_or(|is| is < was);
    if weaker {
        let is = new.levels.availability.map_or_else(|| "nothing".to_owned(), |is| is.to_string());
        seen.push(Seen::part(
            "/levels/availability",
            is.clone(),
            format!("the promised availability was {was} and is {is} now"),
        ));
    }
}

fn instead(change: &Change<'_>, _: &Seen) -> Vec<Offer> {
    let Some(was) = change.old.levels.availability else { return Vec::new() };
    let mut contract = change.new.clone();
    contract.levels.availability = Some(was);
    vec![Offer {
        title: "keep the promise".to_owned(),
        code: format!("#[product(availability = \"{was}\")]"),
        contract,
    }]
}
