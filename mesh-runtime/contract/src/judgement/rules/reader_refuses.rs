//! `reader-refuses`: a record is permitted that a reader refuses

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "reader-refuses",
    step: Step::Major,
    sentence: "A record is permitted that a reader refuses",
    explanation: "The judge found a record that the new version may write and that a reader of the line does not take. The \
                  witness shows it; the rule is the last resort where no other one names what happened.",
    example: Example {
        before: "pub struct Tags(pub Vec<String>);",
        after: "pub struct Tags(pub [String; 3]);",
        old: |document| {
            document["schemas"]["emits"]["properties"]["note"] =
                json!({ "type": "string", "not": { "const": "x" } })
        },
        new: |document| {
            document["schemas"]["emits"]["properties"]["note"] = json!({ "type": "string" });
        },
    },
    check: Check::Break(name),
    ..Rule::BASE
};

fn name(found: &Found<'_>) -> Option<Seen> {
    (found.at.side == Side::Readers).then(|| {
        let message =
            format!("{} may have a form that readers refuse (`{}`)", shown(found.field), found.at.keyword);
        Seen::field(found.field, found.at.keyword, message)
    })
}
