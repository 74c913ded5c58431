//! `personal-data-unmarked`: a field is no longer marked as personal data

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "personal-data-unmarked",
    step: Step::Major,
    sentence: "A field is no longer marked as personal data",
    explanation: "The field would be shown to everybody from the day the version ships. If it never held personal data, \
                  waive the finding in the name of who checked that.",
    example: Example {
        before: r#"#[field(pii = "email", classification = "confidential")]
pub email: String,"#,
        after: r#"#[field(classification = "confidential")]
pub email: String,"#,
        old: as_it_is,
        new: |document| {
            let field = field(document, "Order", "email");
            field.as_object_mut().map(|it| it.remove("pii"));
        },
    },
    check: Check::Versions(look),
    instead,
    ..Rule::BASE
};

fn look(change: &Change<'_>, seen: &mut Vec<Seen>) {
    for (pointer, old, new) in change.kept() {
        if let (Some(was), None) = (old.pii, new.pii) {
            seen.push(Seen::field(
                pointer,
                "",
                format!("{} was personal data ({was}) and is no longer marked", shown(pointer)),
            ));
        }
    }
}

fn instead(change: &Change<'_>, seen: &Seen) -> Vec<Offer> {
    keep_field(change, seen.place.pointer(), "keep it as it was", Kept::AsItWas).into_iter().collect()
}
