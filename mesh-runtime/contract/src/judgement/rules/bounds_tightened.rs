//! `bounds-tightened`: a bound of an exact number is tighter or new

use super::bounds_loosened::{Moved, Towards, moved};
use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "bounds-tightened",
    step: Step::Major,
    sentence: "A bound of an exact number is tighter or new",
    explanation: "Earlier records, whose data is retained, may lie outside the bound, and the new version refuses them \
                  when they are read again. Hold the tighter bound where records are made, and promise it from the next \
                  major line on.",
    example: Example {
        before: "pub total: Decimal,",
        after: r#"#[field(max = "1000000")]
pub total: Decimal,"#,
        old: as_it_is,
        new: |document| {
            field(document, "Order", "total")["max"] = "1000000".into();
        },
    },
    check: Check::Versions(look),
    instead,
    ..Rule::BASE
};

fn look(change: &Change<'_>, seen: &mut Vec<Seen>) {
    for Moved { pointer, name, was, is } in moved(change, Towards::Tighter) {
        let Some(is) = is else { continue };
        let field = shown(pointer);
        let message = match was {
            None => format!("{field} is bounded by {name} {is} now, and earlier records are not"),
            Some(was) => {
                format!("the {name} of {field} was {was} and is {is} now, which earlier records may break")
            }
        };
        seen.push(Seen::field(pointer, name, message));
    }
}

fn instead(change: &Change<'_>, seen: &Seen) -> Vec<Offer> {
    keep_field(change, seen.place.pointer(), "keep it as it was", Kept::AsItWas).into_iter().collect()
}
