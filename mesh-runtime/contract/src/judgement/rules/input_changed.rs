//! `input-changed`: the product is made from other products than before

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "input-changed",
    step: Step::Minor,
    sentence: "The product is made from other products than before",
    explanation: "Lineage is what the code does. Readers who trace a figure to its source find another one, and the new \
                  source's promises bound what this product can promise.",
    example: Example {
        before: "needs: []",
        after: "needs: [Basket]",
        old: as_it_is,
        new: |document| {
            document["inputs"] = json!([{ "address": "web.baskets", "requirement": "^1" }]);
        },
    },
    check: Check::Versions(look),
    ..Rule::BASE
};

fn look(change: &Change<'_>, seen: &mut Vec<Seen>) {
    let Change { old, new, .. } = change;
    for input in new.inputs.iter().filter(|input| old.inputs.iter().all(|it| it.address != input.address)) {
        seen.push(Seen::part(
            "/inputs",
            format!("+{}", input.address),
            format!("it is made from {} as well now", input.address),
        ));
    }
    for input in old.inputs.iter().filter(|input| new.inputs.iter().all(|it| it.address != input.address)) {
        seen.push(Seen::part(
            "/inputs",
            format!("-{}", input.address),
            format!("it is no longer made from {}", input.address),
        ));
    }
}
