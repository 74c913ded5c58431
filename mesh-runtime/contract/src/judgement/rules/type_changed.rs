//! `type-changed`: a field has another type

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "type-changed",
    step: Step::Major,
    sentence: "A field has another type",
    explanation: "Readers of an earlier version decode the old type. A wider type on the wire is another type, too: a \
                  reader with 32 bits refuses what needs 64. Add a field of the new type under a new name, write both, and \
                  deprecate the old one.",
    example: Example {
        before: "pub customer_id: u32,",
        after: "pub customer_id: String,",
        old: as_it_is,
        new: |document| {
            field(document, "Order", "customer_id")["type"] = "string".into();
            property(document, "customer_id", json!({ "type": "string" }));
        },
    },
    yields_to: &["time-zone-changed"],
    check: Check::Break(name),
    instead,
    ..Rule::BASE
};

fn name(found: &Found<'_>) -> Option<Seen> {
    let types =
        found.change.and_then(|change| change.old_field(found.field).zip(change.new_field(found.field)));
    // Bounds that move with the type are the type's: of an integer with more bits, or of a date that was a time.
    let another = types.is_some_and(|(old, new)| old.logical != new.logical);
    let bound = another && super::values_widened::BOUNDS.contains(&found.at.keyword);
    if found.at.keyword != "type" && !bound {
        return None;
    }
    let message = match types {
        Some((old, new)) if another => {
            format!("{} was {} and is {} now", shown(found.field), old.logical, new.logical)
        }
        _ => {
            let expected = found.read.pointer(&found.at.schema).and_then(|schema| schema.get("type"));
            let expected = expected.map(|it| it.to_string().replace('"', "")).unwrap_or_default();
            let kind = found.at.value().map(kind).unwrap_or_default();
            let (who, verb) = match found.at.side {
                Side::Readers => ("readers take", "may now be"),
                Side::Replay => ("the new version takes", "was"),
            };
            format!("{} {verb} {kind}, and {who} {expected}", shown(found.field))
        }
    };
    Some(Seen::field(found.field, "", message))
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a number with a fraction",
        Value::Number(_) => "an integer",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn instead(change: &Change<'_>, seen: &Seen) -> Vec<Offer> {
    let title = "keep the field as it was, and add the new one beside it under a name of its own";
    keep_field(change, seen.place.pointer(), title, Kept::AsItWas).into_iter().collect()
}
