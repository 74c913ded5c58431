//! `replay-refuses`: an earlier record is refused by the new version

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "replay-refuses",
    step: Step::Major,
    sentence: "An earlier record is refused by the new version",
    explanation: "The judge found a record that an earlier version may have written and that the new version does not \
                  take, so the log cannot be replayed. The witness shows it; the rule is the last resort where no other \
                  one names what happened.",
    example: Example {
        before: "pub note: String,",
        after: r#"#[serde(deserialize_with = "not_x")]
pub note: String,"#,
        old: as_it_is,
        new: |document| {
            document["schemas"]["accepts"]["properties"]["note"] = json!({ "not": { "const": "x" } });
        },
    },
    check: Check::Break(name),
    ..Rule::BASE
};

fn name(found: &Found<'_>) -> Option<Seen> {
    (found.at.side == Side::Replay).then(|| {
        let message = format!(
            "{} had a form in earlier records that the new version refuses (`{}`)",
            shown(found.field),
            found.at.keyword
        );
        Seen::field(found.field, found.at.keyword, message)
    })
}
