//! `field-required`: a field is required that earlier records lack

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "field-required",
    step: Step::Major,
    sentence: "A field is required that earlier records lack",
    explanation: "Earlier records, whose data is retained, do not have the field, and the new type refuses them when they \
                  are read again. Give it a default on the reading side with `#[serde(default)]`; it is still written in \
                  every record.",
    example: Example {
        before: "pub order_id: u32,",
        after: "pub order_id: u32,
pub currency: String,",
        old: as_it_is,
        new: |document| {
            let meaning =
                json!({ "name": "currency", "type": "string", "description": "What it is paid in." });
            add(document, meaning, json!({ "type": "string" }), true, true);
        },
    },
    check: Check::Break(name),
    instead,
    ..Rule::BASE
};

fn name(found: &Found<'_>) -> Option<Seen> {
    let missing = found.at.side == Side::Replay && found.at.keyword == "required";
    missing.then(|| {
        Seen::field(
            found.field,
            "",
            format!("{} is required, and earlier records may lack it", shown(found.field)),
        )
    })
}

fn instead(change: &Change<'_>, seen: &Seen) -> Vec<Offer> {
    let pointer = seen.place.pointer();
    let mut contract = change.new.clone();
    if no_longer_required(&mut contract.schemas.accepts, pointer).is_none() {
        return Vec::new();
    }
    let code = change.new_field(pointer).map_or_else(
        || "#[serde(default)]".to_owned(),
        |field| declaration(field, &["#[serde(default)]".to_owned()]),
    );
    vec![Offer { title: "give it a default for records that lack it".to_owned(), code, contract }]
}
