//! `field-added`: a field is new

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "field-added",
    step: Step::Minor,
    sentence: "A field is new",
    explanation: "Readers that ignore what they do not know go on reading. The step is minor, so that a consumer can ask \
                  for the field by asking for the version.",
    example: Example {
        before: "pub order_id: u32,",
        after: "pub order_id: u32,
/// What the customer paid with.
pub wallet: Option<String>,",
        old: as_it_is,
        new: |document| {
            let meaning = json!({ "name": "wallet", "type": "string", "description": "What the customer paid with.", "optional": true });
            add(document, meaning, json!({ "type": "string" }), false, false);
        },
    },
    check: Check::Versions(look),
    ..Rule::BASE
};

fn look(change: &Change<'_>, seen: &mut Vec<Seen>) {
    for (pointer, field) in change.added() {
        let below = last_step(pointer)
            .is_some_and(|(above, _)| change.new_field(above).is_some() && change.old_field(above).is_none());
        if !below {
            seen.push(Seen::field(pointer, "", format!("{} is new ({})", shown(pointer), field.logical)));
        }
    }
}
