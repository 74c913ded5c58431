//! `decimal-changed`: an exact number has another precision or scale

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "decimal-changed",
    step: Step::Major,
    sentence: "An exact number has another precision or scale",
    explanation: "Tables declare the column with both numbers. More digits than before overflow the reader's column; fewer \
                  digits refuse what earlier records hold. Keep both, or add a field.",
    example: Example {
        before: "#[field(decimal(12, 2))]
pub total: Decimal,",
        after: "#[field(decimal(18, 4))]
pub total: Decimal,",
        old: as_it_is,
        new: |document| {
            field(document, "Order", "total")["type"] = json!({ "decimal": { "precision": 18, "scale": 4 } });
        },
    },
    check: Check::Versions(look),
    instead,
    ..Rule::BASE
};

fn look(change: &Change<'_>, seen: &mut Vec<Seen>) {
    for (pointer, old, new) in change.kept() {
        let (LogicalType::Decimal { .. }, LogicalType::Decimal { .. }) = (&old.logical, &new.logical) else {
            continue;
        };
        if old.logical != new.logical {
            let message = format!("{} was {} and is {} now", shown(pointer), old.logical, new.logical);
            seen.push(Seen::field(pointer, new.logical.to_string(), message));
        }
    }
}

fn instead(change: &Change<'_>, seen: &Seen) -> Vec<Offer> {
    let title = "keep the field as it was, and add the new one beside it under a name of its own";
    keep_field(change, seen.place.pointer(), title, Kept::AsItWas).into_iter().collect()
}
