//! `personal-data-marked`: a field is marked as personal data that was not

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "personal-data-marked",
    step: Step::Major,
    sentence: "A field is marked as personal data that was not",
    explanation: "From now on the field is masked for whoever has no grant, so its readers lose it. The mark is right if \
                  the data is personal, and then it should ship soon: tell the readers, give grants, and waive the finding \
                  or start a new line.",
    example: Example {
        before: "pub customer_id: u32,",
        after: r#"#[field(pii = "online-id", classification = "confidential")]
pub customer_id: u32,"#,
        old: as_it_is,
        new: |document| {
            let field = field(document, "Order", "customer_id");
            field["pii"] = "online-id".into();
            field["classification"] = "confidential".into();
        },
    },
    check: Check::Versions(look),
    instead,
    ..Rule::BASE
};

fn look(change: &Change<'_>, seen: &mut Vec<Seen>) {
    for (pointer, old, new) in change.kept() {
        if let (None, Some(is)) = (old.pii, new.pii) {
            seen.push(Seen::field(
                pointer,
                is.as_str(),
                format!("{} is personal data now ({is})", shown(pointer)),
            ));
        }
    }
}

fn instead(change: &Change<'_>, seen: &Seen) -> Vec<Offer> {
    keep_field(change, seen.place.pointer(), "keep it as it was", Kept::AsItWas).into_iter().collect()
}
