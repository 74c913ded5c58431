//! `field-made-nullable`: a field may be null now

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "field-made-nullable",
    step: Step::Major,
    sentence: "A field may be null now",
    explanation: "A reader of an earlier version takes a value of the field's type and refuses `null`. Go on writing a \
                  value, or add a new field that may be null beside the old one.",
    example: Example {
        before: "pub quantity: u32,",
        after: "pub quantity: Option<u32>,",
        old: as_it_is,
        new: |document| {
            field(document, "Order", "quantity")["nullable"] = true.into();
            keyword(document, "quantity", "type", json!(["integer", "null"]));
        },
    },
    check: Check::Break(name),
    instead,
    ..Rule::BASE
};

fn name(found: &Found<'_>) -> Option<Seen> {
    let null = found.at.side == Side::Readers && found.at.value() == Some(&Value::Null);
    null.then(|| {
        Seen::field(
            found.field,
            "",
            format!("{} may be null now, and readers refuse that", shown(found.field)),
        )
    })
}

fn instead(change: &Change<'_>, seen: &Seen) -> Vec<Offer> {
    keep_field(change, seen.place.pointer(), "go on writing a value in every record", Kept::AsItWas)
        .into_iter()
        .collect()
}
