//! `member-refused`: a member is written that a reader does not let pass

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "member-refused",
    step: Step::Major,
    sentence: "A member is written that a reader does not let pass",
    explanation: "The reader closed its schema (`deny_unknown_fields`, `additionalProperties: false`), so a member that it \
                  does not know makes it refuse the record. A reader that ignores what it does not know is not hurt by a \
                  new field: open the reader's schema first, or start a new major line.",
    example: Example {
        before: "pub struct Order { pub note: Option<String>, .. }",
        after: "#[serde(deny_unknown_fields)]
pub struct Order { .. }",
        old: as_it_is,
        new: |document| {
            remove(document, "note");
            document["schemas"]["accepts"]["additionalProperties"] = false.into();
        },
    },
    check: Check::Break(name),
    ..Rule::BASE
};

fn name(found: &Found<'_>) -> Option<Seen> {
    let closed = ["additionalProperties", "unevaluatedProperties", "false"].contains(&found.at.keyword);
    closed.then(|| {
        let message = match found.at.side {
            Side::Readers => format!(
                "{} is written, and the reader lets no member pass that it does not know",
                shown(found.field)
            ),
            Side::Replay => format!(
                "{} stands in earlier records, and the new version lets no member pass that it does not know",
                shown(found.field)
            ),
        };
        Seen::field(found.field, "", message)
    })
}
