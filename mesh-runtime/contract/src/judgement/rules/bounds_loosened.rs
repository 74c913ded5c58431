//! `bounds-loosened`: a bound of an exact number is looser or gone

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "bounds-loosened",
    step: Step::Major,
    sentence: "A bound of an exact number is looser or gone",
    explanation: "The bound is a promise about quality that JSON Schema cannot hold for a number written as text, and \
                  readers rely on it as on any other. Keep it, or add a field without it.",
    example: Example {
        before: r#"#[field(min = "0")]
pub total: Decimal,"#,
        after: r#"#[field(min = "-100")]
pub total: Decimal,"#,
        old: as_it_is,
        new: |document| {
            field(document, "Order", "total")["min"] = "-100".into();
        },
    },
    check: Check::Versions(look),
    instead,
    ..Rule::BASE
};

fn look(change: &Change<'_>, seen: &mut Vec<Seen>) {
    for (pointer, old, new) in change.kept() {
        let bounds =
            [("min", &old.min, &new.min, Ordering::Less), ("max", &old.max, &new.max, Ordering::Greater)];
        for (name, was, is, looser) in bounds {
            let Some(was) = was else { continue };
            let message = match is {
                None => format!("{} is no longer bounded by {name} {was}", shown(pointer)),
                Some(is) if compare(is, was) == Some(looser) => {
                    format!("the {name} of {} was {was} and is {is} now", shown(pointer))
                }
                Some(_) => continue,
            };
            seen.push(Seen::field(pointer, name, message));
        }
    }
}

/// Compares exact numbers in decimal notation.
pub(super) fn compare(one: &str, other: &str) -> Option<Ordering> {
    let read = |text: &str| Exact::parse(text);
    Some(read(one)?.cmp(&read(other)?))
}

fn instead(change: &Change<'_>, seen: &Seen) -> Vec<Offer> {
    keep_field(change, seen.place.pointer(), "keep it as it was", Kept::AsItWas).into_iter().collect()
}
