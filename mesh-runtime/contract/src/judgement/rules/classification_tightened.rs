//! `classification-tightened`: a field may be seen by fewer people than before

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "classification-tightened",
    step: Step::Major,
    sentence: "A field may be seen by fewer people than before",
    explanation: "Readers without a grant lose the field: it comes masked from the day the version ships. Ask who reads \
                  it, give them a grant, and start a new major line, or waive the finding when nobody loses anything.",
    example: Example {
        before: r#"#[field(classification = "internal")]
pub total: Decimal,"#,
        after: r#"#[field(classification = "restricted")]
pub total: Decimal,"#,
        old: as_it_is,
        new: |document| {
            field(document, "Order", "total")["classification"] = "restricted".into();
        },
    },
    check: Check::Versions(look),
    yields_to: &["personal-data-marked"],
    instead,
    ..Rule::BASE
};

fn look(change: &Change<'_>, seen: &mut Vec<Seen>) {
    for (pointer, old, new) in change.kept() {
        let Some(is) = new.classification else { continue };
        // Without a class a field is open to everybody in the organisation.
        let was = old.classification.unwrap_or(Classification::Internal);
        if is > was {
            seen.push(Seen::field(
                pointer,
                is.as_str(),
                format!("{} was {was} and is {is} now", shown(pointer)),
            ));
        }
    }
}

fn instead(change: &Change<'_>, seen: &Seen) -> Vec<Offer> {
    keep_field(change, seen.place.pointer(), "keep it as it was", Kept::AsItWas).into_iter().collect()
}
