//! `null-refused`: a field may no longer be null

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "null-refused",
    step: Step::Major,
    sentence: "A field may no longer be null",
    explanation: "Records of earlier versions hold `null`, and the new type refuses them when the log is replayed. Go on \
                  taking null: keep the `Option`, or give a default with `#[serde(default, deserialize_with = \"...\")]`.",
    example: Example {
        before: "pub note: Option<String>,",
        after: "pub note: String,",
        old: |document| keyword(document, "note", "type", json!(["string", "null"])),
        new: |document| {
            keyword(document, "note", "type", json!("string"));
        },
    },
    check: Check::Break(name),
    ..Rule::BASE
};

fn name(found: &Found<'_>) -> Option<Seen> {
    let null = found.at.side == Side::Replay && found.at.value() == Some(&Value::Null);
    null.then(|| {
        Seen::field(
            found.field,
            "",
            format!("{} was null in earlier records, which the new version refuses", shown(found.field)),
        )
    })
}
