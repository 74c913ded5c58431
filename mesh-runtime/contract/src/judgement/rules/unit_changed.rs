//! `unit-changed`: a field counts in another unit

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "unit-changed",
    step: Step::Major,
    sentence: "A field counts in another unit",
    explanation: "Every record still decodes, and every sum over it is wrong: nothing is more dangerous than a number that \
                  quietly means something else. Add a field in the new unit under a name of its own, and keep the old one \
                  until its readers have moved.",
    example: Example {
        before: r#"#[field(unit = "EUR")]
pub total: Decimal,"#,
        after: r#"#[field(unit = "USD")]
pub total: Decimal,"#,
        old: as_it_is,
        new: |document| {
            field(document, "Order", "total")["unit"] = "USD".into();
        },
    },
    check: Check::Versions(look),
    instead,
    ..Rule::BASE
};

fn look(change: &Change<'_>, seen: &mut Vec<Seen>) {
    for (pointer, old, new) in change.kept() {
        let Some(unit) = &old.unit else { continue };
        if new.unit.as_ref() != Some(unit) {
            let now = new.unit.as_deref().unwrap_or("no unit at all");
            seen.push(Seen::field(
                pointer,
                now,
                format!("{} was in {unit} and is in {now} now", shown(pointer)),
            ));
        }
    }
}

fn instead(change: &Change<'_>, seen: &Seen) -> Vec<Offer> {
    let title = "keep the field as it was, and add the new one beside it under a name of its own";
    keep_field(change, seen.place.pointer(), title, Kept::AsItWas).into_iter().collect()
}
