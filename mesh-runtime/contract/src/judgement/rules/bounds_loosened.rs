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
    for Moved { pointer, name, was, is } in moved(change, Towards::Looser) {
        let Some(was) = was else { continue };
        let message = match is {
            None => format!("{} is no longer bounded by {name} {was}", shown(pointer)),
            Some(is) => format!("the {name} of {} was {was} and is {is} now", shown(pointer)),
        };
        seen.push(Seen::field(pointer, name, message));
    }
}

/// Where a bound went.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Towards {
    Looser,
    Tighter,
}

/// A bound that is another one now, or came, or went.
pub(super) struct Moved<'c> {
    pub(super) pointer: &'c str,
    pub(super) name: &'static str,
    pub(super) was: Option<&'c str>,
    pub(super) is: Option<&'c str>,
}

/// The bounds that moved in one direction.
pub(super) fn moved<'c>(change: &'c Change<'_>, towards: Towards) -> impl Iterator<Item = Moved<'c>> {
    change.kept().flat_map(move |(pointer, old, new)| {
        let bounds =
            [("min", &old.min, &new.min, Ordering::Less), ("max", &old.max, &new.max, Ordering::Greater)];
        bounds.into_iter().filter_map(move |(name, was, is, looser)| {
            let (was, is) = (was.as_deref(), is.as_deref());
            let went = match (was, is) {
                (None, None) => return None,
                (Some(_), None) => Towards::Looser,
                (None, Some(_)) => Towards::Tighter,
                (Some(was), Some(is)) => match Exact::parse(is)?.cmp(&Exact::parse(was)?) {
                    Ordering::Equal => return None,
                    order if order == looser => Towards::Looser,
                    _ => Towards::Tighter,
                },
            };
            (went == towards).then_some(Moved { pointer, name, was, is })
        })
    })
}

fn instead(change: &Change<'_>, seen: &Seen) -> Vec<Offer> {
    keep_field(change, seen.place.pointer(), "keep it as it was", Kept::AsItWas).into_iter().collect()
}
