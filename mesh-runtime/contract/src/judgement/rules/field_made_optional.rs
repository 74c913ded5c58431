//! `field-made-optional`: a field that every record had may be missing now

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "field-made-optional",
    step: Step::Major,
    sentence: "A field that every record had may be missing now",
    explanation: "A reader of an earlier version finds the field in every record and may refuse one without it. Go on \
                  writing it: a value that stands for *unknown* in a way readers know is better than none. Otherwise start \
                  a new major line.",
    example: Example {
        before: "pub quantity: u32,",
        after: r#"#[serde(skip_serializing_if = "Option::is_none")]
pub quantity: Option<u32>,"#,
        old: as_it_is,
        new: |document| {
            field(document, "Order", "quantity")["optional"] = true.into();
            optional(document, "emits", "quantity");
            optional(document, "accepts", "quantity");
        },
    },
    check: Check::Break(name),
    instead,
    ..Rule::BASE
};

fn name(found: &Found<'_>) -> Option<Seen> {
    let missing = found.at.side == Side::Readers && found.at.keyword == "required";
    missing.then(|| {
        Seen::field(
            found.field,
            "",
            format!("{} may be missing now, and every record of the line had it", shown(found.field)),
        )
    })
}

fn instead(change: &Change<'_>, seen: &Seen) -> Vec<Offer> {
    keep_field(change, seen.place.pointer(), "go on writing it in every record", Kept::AsItWas)
        .into_iter()
        .collect()
}
