//! `terms-changed`: the terms of use are other terms

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "terms-changed",
    step: Step::Major,
    sentence: "The terms of use are other terms",
    explanation: "Readers agreed to the old ones: what it costs, what it may be used for. Start a new major line, so that \
                  they agree anew, or waive the finding when the new terms only give more.",
    example: Example {
        before: r#"#[product(terms = "Free inside the company.")]"#,
        after: r#"#[product(terms = "1 cent for each thousand records.")]"#,
        old: as_it_is,
        new: |document| {
            document["terms"] = "1 cent for each thousand records.".into();
        },
    },
    check: Check::Versions(look),
    instead,
    ..Rule::BASE
};

fn look(change: &Change<'_>, seen: &mut Vec<Seen>) {
    let Change { old, new, .. } = change;
    let (was, is) = (old.terms.as_deref().unwrap_or_default(), new.terms.as_deref().unwrap_or_default());
    if !same_words(was, is) {
        let message =
            if was.is_empty() { "there are terms of use now" } else { "the terms of use are other terms" };
        seen.push(Seen::part("/terms", words(is), message.to_owned()));
    }
}

fn instead(change: &Change<'_>, _: &Seen) -> Vec<Offer> {
    let mut contract = change.new.clone();
    contract.terms.clone_from(&change.old.terms);
    let code = contract.terms.as_ref().map_or_else(
        || "// without `terms` in #[product(..)]".to_owned(),
        |terms| format!("#[product(terms = {terms:?})]"),
    );
    vec![Offer { title: "keep the terms of this line".to_owned(), code, contract }]
}
