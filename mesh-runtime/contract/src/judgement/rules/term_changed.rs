//! `term-changed`: a field stands for another term

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "term-changed",
    step: Step::Major,
    sentence: "A field stands for another term",
    explanation: "The glossary tells readers what the field means for the business. Another term is another meaning under \
                  the same name. Add a field for the new term.",
    example: Example {
        before: r#"#[field(term = "order total")]
pub total: Decimal,"#,
        after: r#"#[field(term = "net revenue")]
pub total: Decimal,"#,
        old: as_it_is,
        new: |document| {
            field(document, "Order", "total")["term"] = "net revenue".into();
        },
    },
    check: Check::Versions(look),
    instead,
    ..Rule::BASE
};

fn look(change: &Change<'_>, seen: &mut Vec<Seen>) {
    for (pointer, old, new) in change.kept() {
        let Some(term) = &old.term else { continue };
        if new.term.as_ref() != Some(term) {
            let now = new.term.as_ref().map_or_else(|| "no term".to_owned(), |term| format!("`{term}`"));
            seen.push(Seen::field(
                pointer,
                now.clone(),
                format!("{} stood for `{term}` and stands for {now} now", shown(pointer)),
            ));
        }
    }
}

fn instead(change: &Change<'_>, seen: &Seen) -> Vec<Offer> {
    let title = "keep the field as it was, and add the new one beside it under a name of its own";
    keep_field(change, seen.place.pointer(), title, Kept::AsItWas).into_iter().collect()
}
