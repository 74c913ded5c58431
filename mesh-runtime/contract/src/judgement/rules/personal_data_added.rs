//! `personal-data-added`: a new field holds personal data

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "personal-data-added",
    step: Step::Minor,
    sentence: "A new field holds personal data",
    explanation: "The product starts to carry something about people that it did not carry before: its purpose has to \
                  cover it, and whoever holds grants on the product does not hold one on the field. The step is minor; the \
                  finding is there to be read.",
    example: Example {
        before: "",
        after: r#"#[field(pii = "phone", classification = "confidential")]
pub phone: Option<String>,"#,
        old: as_it_is,
        new: |document| {
            let meaning = json!({
                "name": "phone", "type": "string", "description": "Where to call.", "optional": true,
                "pii": "phone", "classification": "confidential"
            });
            add(document, meaning, json!({ "type": "string" }), false, false);
        },
    },
    check: Check::Versions(look),
    ..Rule::BASE
};

fn look(change: &Change<'_>, seen: &mut Vec<Seen>) {
    for (pointer, field) in change.added() {
        if let Some(pii) = field.pii {
            seen.push(Seen::field(
                pointer,
                pii.as_str(),
                format!("{} is new and holds personal data ({pii})", shown(pointer)),
            ));
        }
    }
}
