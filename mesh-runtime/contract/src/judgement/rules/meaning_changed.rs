//! `meaning-changed`: the words that tell what something means are other words

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "meaning-changed",
    step: Step::Major,
    sentence: "The words that tell what something means are other words",
    explanation: "Only a person can tell whether a description was told better or now tells something else. Until the \
                  author says so the change is unproven: write a `[[meaning]]` entry into `mesh.toml` with `says = \
                  \"same\"`, which makes it a patch, or `says = \"changed\"`, which makes it a major step. Changes of case, \
                  spacing and punctuation do not count.",
    example: Example {
        before: "/// What is to be paid, with VAT.
pub total: Decimal,",
        after: "/// What is to be paid, without VAT.
pub total: Decimal,",
        old: as_it_is,
        new: |document| {
            field(document, "Order", "total")["description"] = "What is to be paid, without VAT.".into();
        },
    },
    check: Check::Versions(look),
    ..Rule::BASE
};

fn look(change: &Change<'_>, seen: &mut Vec<Seen>) {
    let reason = "only its author can say whether it still means the same";
    for (pointer, old, new) in change.kept() {
        if !old.description.is_empty() && !same_words(&old.description, &new.description) {
            let message = format!("the description of {} is other words", shown(pointer));
            seen.push(Seen::field(pointer, words(&new.description), message).unproven(reason));
        }
    }
    if !same_words(&change.old.description, &change.new.description) {
        let message = "the description of the product is other words".to_owned();
        seen.push(Seen::part("/description", words(&change.new.description), message).unproven(reason));
    }
}
