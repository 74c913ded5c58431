//! `values-widened`: a field may hold values that it could not hold before

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "values-widened",
    step: Step::Major,
    sentence: "A field may hold values that it could not hold before",
    explanation: "Readers of an earlier version may rely on the old bound: a column of that width, a loop up to that \
                  number. Keep the bound, or add a field with the wider one beside it.",
    example: Example {
        before: "#[field(max = 1000)]
pub quantity: u32,",
        after: "#[field(max = 5000)]
pub quantity: u32,",
        old: as_it_is,
        new: |document| {
            keyword(document, "quantity", "maximum", json!(5000));
        },
    },
    check: Check::Break(name),
    instead,
    ..Rule::BASE
};

fn name(found: &Found<'_>) -> Option<Seen> {
    let bound = (found.at.side == Side::Readers).then(|| bound(found)).flatten()?;
    let message = format!("{} may break `{bound}`, which readers rely on", shown(found.field));
    Some(Seen::field(found.field, found.at.keyword, message))
}

/// Keywords that bound the values of a type.
pub(super) const BOUNDS: [&str; 20] = [
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "format",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "contains",
    "minContains",
    "maxContains",
    "propertyNames",
    "enum",
    "const",
];

/// The keyword that a value breaks, as it stands in the schema.
pub(super) fn bound(found: &Found<'_>) -> Option<String> {
    if !BOUNDS.contains(&found.at.keyword) {
        return None;
    }
    let keyword = found.at.keyword;
    let value = found.read.pointer(&found.at.schema).and_then(|schema| schema.get(keyword));
    Some(match value {
        Some(value) if value.is_number() || value.is_string() || value.is_boolean() => {
            format!("{keyword} {value}").replace('"', "")
        }
        _ => keyword.to_owned(),
    })
}

fn instead(change: &Change<'_>, seen: &Seen) -> Vec<Offer> {
    keep_field(change, seen.place.pointer(), "keep the bound", Kept::AsItWas).into_iter().collect()
}
