//! `kind-changed`: the product is of another kind

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "kind-changed",
    step: Step::Minor,
    sentence: "The product is of another kind",
    explanation: "Source-aligned, aggregate or consumer-aligned: it tells readers what the product is made from and for, \
                  and how much of it is another domain's reading of the facts. Records are what they were, so the step is \
                  minor.",
    example: Example {
        before: r#"#[product(kind = "source-aligned")]"#,
        after: r#"#[product(kind = "aggregate")]"#,
        old: as_it_is,
        new: |document| {
            document["kind"] = "aggregate".into();
        },
    },
    check: Check::Versions(look),
    ..Rule::BASE
};

fn look(change: &Change<'_>, seen: &mut Vec<Seen>) {
    let Change { old, new, .. } = change;
    if old.kind != new.kind {
        seen.push(Seen::part(
            "/kind",
            new.kind.as_str(),
            format!("it was {} and is {} now", old.kind, new.kind),
        ));
    }
}
