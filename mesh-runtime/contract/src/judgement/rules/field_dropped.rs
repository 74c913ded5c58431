//! `field-dropped`: an optional field is gone

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "field-dropped",
    step: Step::Minor,
    sentence: "An optional field is gone",
    explanation: "Readers still decode every record, and those who used the field find nothing in it any more. It is a \
                  minor step as long as no registered reader names the field, and a major one when somebody does. Keep the \
                  field and mark it deprecated until its readers have moved.",
    example: Example {
        before: "pub note: Option<String>,",
        after: "",
        old: as_it_is,
        new: |document| {
            remove(document, "note");
        },
    },
    check: Check::Versions(look),
    instead,
    when_read: Some(Step::Major),
    ..Rule::BASE
};

fn look(change: &Change<'_>, seen: &mut Vec<Seen>) {
    for (pointer, field) in change.gone() {
        // What was always there is the business of `field-removed`; fields below one that is gone go with it.
        let below = last_step(pointer)
            .is_some_and(|(above, _)| change.old_field(above).is_some() && change.new_field(above).is_none());
        if field.optional && !below {
            seen.push(Seen::field(
                pointer,
                "",
                format!("{} is gone; it was optional, so records still decode", shown(pointer)),
            ));
        }
    }
}

fn instead(change: &Change<'_>, seen: &Seen) -> Vec<Offer> {
    keep_field(change, seen.place.pointer(), "keep the field, and deprecate it", Kept::Deprecated)
        .into_iter()
        .collect()
}
