//! `field-removed`: a field that every record had is gone

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "field-removed",
    step: Step::Major,
    sentence: "A field that every record had is gone",
    explanation: "A reader of an earlier version finds the field in every record and may refuse one without it. Keep the \
                  field and mark it deprecated until nobody reads it any more, or start a new major line. Where every \
                  reader is registered, the policy `unread = \"may-go\"` lets a field go that none of them names.",
    example: Example {
        before: "pub customer_id: u32,
pub email: String,",
        after: "pub customer_id: u32,",
        old: as_it_is,
        new: |document| {
            remove(document, "email");
        },
    },
    check: Check::Break(name),
    instead,
    when_unread: Some(Step::Minor),
    ..Rule::BASE
};

fn name(found: &Found<'_>) -> Option<Seen> {
    let missing = found.at.side == Side::Readers && found.at.keyword == "required";
    (missing && schemas_of(found.written, found.field).is_empty()).then(|| {
        Seen::field(
            found.field,
            "",
            format!("{} is gone, and every record of the line had it", shown(found.field)),
        )
    })
}

fn instead(change: &Change<'_>, seen: &Seen) -> Vec<Offer> {
    let title = "keep the field as it was, and deprecate it";
    keep_field(change, seen.place.pointer(), title, Kept::Deprecated).into_iter().collect()
}
