//! `field-deprecated`: a field is deprecated

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "field-deprecated",
    step: Step::Minor,
    sentence: "A field is deprecated",
    explanation: "Nothing changes for readers yet. They learn of it where they bind to the field, and the step is minor so \
                  that the news has a version.",
    example: Example {
        before: "pub email: String,",
        after: r#"#[field(deprecated = "use `contact`")]
pub email: String,"#,
        old: as_it_is,
        new: |document| {
            field(document, "Order", "email")["deprecated"] = "use `contact`".into();
        },
    },
    check: Check::Versions(look),
    ..Rule::BASE
};

fn look(change: &Change<'_>, seen: &mut Vec<Seen>) {
    for (pointer, old, new) in change.kept() {
        if let (None, Some(why)) = (&old.deprecated, &new.deprecated) {
            seen.push(Seen::field(pointer, "", format!("{} is deprecated: {why}", shown(pointer))));
        }
    }
}
