//! `words-changed`: only words differ

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "words-changed",
    step: Step::Patch,
    sentence: "Only words differ",
    explanation: "Nothing that is promised has changed: names of tags, examples, contacts, spelling. A patch says so.",
    example: Example {
        before: r#"#[product(tags = ["orders"])]"#,
        after: r#"#[product(tags = ["orders", "sales"])]"#,
        old: as_it_is,
        new: |document| {
            document["tags"] = json!(["orders", "sales"]);
        },
    },
    check: Check::Judgement,
    ..Rule::BASE
};

pub(crate) fn seen() -> Seen {
    Seen::part("", "words", "the promise is the same, in other words".to_owned())
}
