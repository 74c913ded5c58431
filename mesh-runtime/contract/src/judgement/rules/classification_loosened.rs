//! `classification-loosened`: a field may be seen by more people than before

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "classification-loosened",
    step: Step::Major,
    sentence: "A field may be seen by more people than before",
    explanation: "Whoever let the data into the product did so under the old classification. Loosening it is a decision \
                  about people and not about bytes: waive the finding in the name of who decided it, or start a new major \
                  line.",
    example: Example {
        before: r#"#[field(classification = "confidential")]
pub total: Decimal,"#,
        after: r#"#[field(classification = "public")]
pub total: Decimal,"#,
        old: |document| field(document, "Order", "total")["classification"] = "confidential".into(),
        new: |document| {
            field(document, "Order", "total")["classification"] = "public".into();
        },
    },
    check: Check::Versions(look),
    instead,
    ..Rule::BASE
};

fn look(change: &Change<'_>, seen: &mut Vec<Seen>) {
    for (pointer, old, new) in change.kept() {
        let Some(was) = old.classification else { continue };
        if new.classification.is_none_or(|is| is < was) {
            let is = new.classification.map_or("not classified", Classification::as_str);
            seen.push(Seen::field(pointer, is, format!("{} was {was} and is {is} now", shown(pointer))));
        }
    }
}

fn instead(change: &Change<'_>, seen: &Seen) -> Vec<Offer> {
    keep_field(change, seen.place.pointer(), "keep it as it was", Kept::AsItWas).into_iter().collect()
}
