//! `stability-lowered`: the product says of itself that it may break sooner than before

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "stability-lowered",
    step: Step::Major,
    sentence: "The product says of itself that it may break sooner than before",
    explanation: "Readers chose it because it was stable. Start a new major line for what is still moving, and keep the \
                  old one.",
    example: Example {
        before: r#"#[product(stability = "stable")]"#,
        after: r#"#[product(stability = "experimental")]"#,
        old: as_it_is,
        new: |document| {
            document["stability"] = "experimental".into();
        },
    },
    check: Check::Versions(look),
    instead,
    ..Rule::BASE
};

fn look(change: &Change<'_>, seen: &mut Vec<Seen>) {
    let Change { old, new, .. } = change;
    if new.stability < old.stability {
        let message = format!("it was {} and is {} now", old.stability, new.stability);
        seen.push(Seen::part("/stability", new.stability.as_str(), message));
    }
}

fn instead(change: &Change<'_>, _: &Seen) -> Vec<Offer> {
    let mut contract = change.new.clone();
    contract.stability = change.old.stability;
    let code = format!("#[product(stability = \"{}\")]", contract.stability);
    vec![Offer { title: "stay as stable as it was".to_owned(), code, contract }]
}
