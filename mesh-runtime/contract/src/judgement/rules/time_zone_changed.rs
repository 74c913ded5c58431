//! `time-zone-changed`: a time gained or lost its zone

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "time-zone-changed",
    step: Step::Major,
    sentence: "A time gained or lost its zone",
    explanation: "A point in time and a time on the wall are different things: readers that convert between zones are off \
                  by hours. Add a field of the new kind beside the old one.",
    example: Example {
        before: "pub placed_at: DateTime<Utc>,",
        after: "pub placed_at: NaiveDateTime,",
        old: as_it_is,
        new: |document| {
            field(document, "Order", "placed_at")["type"] = "local-timestamp".into();
        },
    },
    check: Check::Versions(look),
    instead,
    ..Rule::BASE
};

fn look(change: &Change<'_>, seen: &mut Vec<Seen>) {
    for (pointer, old, new) in change.kept() {
        if matches!(
            (&old.logical, &new.logical),
            (LogicalType::Timestamp, LogicalType::LocalTimestamp)
                | (LogicalType::LocalTimestamp, LogicalType::Timestamp)
        ) {
            let message = format!("{} was a {} and is a {} now", shown(pointer), old.logical, new.logical);
            seen.push(Seen::field(pointer, new.logical.to_string(), message));
        }
    }
}

fn instead(change: &Change<'_>, seen: &Seen) -> Vec<Offer> {
    let title = "keep the field as it was, and add the new one beside it under a name of its own";
    keep_field(change, seen.place.pointer(), title, Kept::AsItWas).into_iter().collect()
}
