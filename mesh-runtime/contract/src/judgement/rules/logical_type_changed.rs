//! `logical-type-changed`: a field is of another type in tables, though its JSON is alike

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "logical-type-changed",
    step: Step::Major,
    sentence: "A field is of another type in tables, though its JSON is alike",
    explanation: "Tables and other languages declare the column by its logical type, and JSON Schema does not tell all of \
                  them apart. Add a field of the new type beside the old one.",
    example: Example {
        before: "pub email: String,",
        after: "/// base64
pub email: Bytes,",
        old: as_it_is,
        new: |document| {
            field(document, "Order", "email")["type"] = "bytes".into();
        },
    },
    check: Check::Versions(look),
    yields_to: &["type-changed", "values-widened", "values-narrowed"],
    instead,
    ..Rule::BASE
};

fn look(change: &Change<'_>, seen: &mut Vec<Seen>) {
    for (pointer, old, new) in change.kept() {
        use LogicalType::{Decimal, LocalTimestamp, Timestamp};
        let other_rule = matches!(
            (&old.logical, &new.logical),
            (Decimal { .. }, Decimal { .. }) | (Timestamp | LocalTimestamp, Timestamp | LocalTimestamp)
        );
        // The name of a nested type is Rust's business; its fields are compared one by one.
        if other_rule || shape(&old.logical) == shape(&new.logical) {
            continue;
        }
        let message = format!("{} was {} and is {} now", shown(pointer), old.logical, new.logical);
        seen.push(Seen::field(pointer, new.logical.to_string(), message));
    }
}

/// A logical type without the names of nested types.
fn shape(logical: &LogicalType) -> LogicalType {
    match logical {
        LogicalType::List(item) => LogicalType::List(Box::new(shape(item))),
        LogicalType::Map(value) => LogicalType::Map(Box::new(shape(value))),
        LogicalType::Type(_) => LogicalType::Type(String::new()),
        plain => plain.clone(),
    }
}

fn instead(change: &Change<'_>, seen: &Seen) -> Vec<Offer> {
    let title = "keep the field as it was, and add the new one beside it under a name of its own";
    keep_field(change, seen.place.pointer(), title, Kept::AsItWas).into_iter().collect()
}
