//! `reference-changed`: a field names a record of another product

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "reference-changed",
    step: Step::Major,
    sentence: "A field names a record of another product",
    explanation: "Readers join on the field. Pointing it at another product, or at nothing, makes their joins empty or \
                  wrong. Add a field for the new reference.",
    example: Example {
        before: r#"#[field(references = "shop.customers/customer_id")]
pub customer_id: u32,"#,
        after: r#"#[field(references = "crm.accounts/id")]
pub customer_id: u32,"#,
        old: as_it_is,
        new: |document| {
            field(document, "Order", "customer_id")["references"] = "crm.accounts/id".into();
        },
    },
    check: Check::Versions(look),
    instead,
    ..Rule::BASE
};

fn look(change: &Change<'_>, seen: &mut Vec<Seen>) {
    for (pointer, old, new) in change.kept() {
        let Some(was) = &old.references else { continue };
        if new.references.as_ref() != Some(was) {
            let is = new.references.as_ref().map_or_else(|| "nothing".to_owned(), |is| format!("`{is}`"));
            seen.push(Seen::field(
                pointer,
                is.clone(),
                format!("{} named `{was}` and names {is} now", shown(pointer)),
            ));
        }
    }
}

fn instead(change: &Change<'_>, seen: &Seen) -> Vec<Offer> {
    let title = "keep the field as it was, and add the new one beside it under a name of its own";
    keep_field(change, seen.place.pointer(), title, Kept::AsItWas).into_iter().collect()
}
