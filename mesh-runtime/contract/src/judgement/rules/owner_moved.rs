//! `owner-moved`: somebody else answers for the product

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "owner-moved",
    step: Step::Minor,
    sentence: "Somebody else answers for the product",
    explanation: "Readers ask the owner, and agreements are made with the owner. The step is minor, so that the news has a \
                  version; the registry asks both sides before a product changes hands.",
    example: Example {
        before: r#"#[domain(owner = "shop-data@example.com")]"#,
        after: r#"#[domain(owner = "platform@example.com")]"#,
        old: as_it_is,
        new: |document| {
            document["domain"]["owner"] = "platform@example.com".into();
        },
    },
    check: Check::Versions(look),
    ..Rule::BASE
};

fn look(change: &Change<'_>, seen: &mut Vec<Seen>) {
    let Change { old, new, .. } = change;
    if old.domain.owner != new.domain.owner {
        let message = format!("{} answered for it, and {} does now", old.domain.owner, new.domain.owner);
        seen.push(Seen::part("/domain/owner", new.domain.owner.clone(), message));
    }
}
