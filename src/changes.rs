//! What changed from one contract to another, in words of the mesh.

use std::collections::BTreeMap;
use std::io::{self, Write};

use mesh_contract::{Contract, FieldMeaning};
use serde::Serialize;
use serde_json::Value;

use crate::output::{BAD, FAINT, GOOD, WARN};

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Change {
    /// Where: a field's pointer, or the name of a part of the contract.
    pub(crate) place: String,
    /// What was there before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) before: Option<String>,
    /// What is there now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) after: Option<String>,
}

/// Every difference, fields first.
pub(crate) fn changes(old: &Contract, new: &Contract) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut compare = |place: &str, before: Option<String>, after: Option<String>| {
        if before != after {
            changes.push(Change { place: place.to_owned(), before, after });
        }
    };
    let (before, after) = (fields(old), fields(new));
    for (pointer, field) in &before {
        match after.get(pointer) {
            None => compare(pointer, Some(shape(field)), None),
            Some(now) => {
                compare(pointer, Some(shape(field)), Some(shape(now)));
                let words = |field: &FieldMeaning| Some(field.description.clone());
                compare(&format!("{pointer} (meaning)"), words(field), words(now));
            }
        }
    }
    for (pointer, field) in &after {
        if !before.contains_key(pointer) {
            compare(pointer, None, Some(shape(field)));
        }
    }
    for ((place, before), (_, after)) in parts(old).into_iter().zip(parts(new)) {
        compare(place, before, after);
    }
    if changes.is_empty() && admits_otherwise(old, new) {
        changes.push(Change {
            place: "schemas".to_owned(),
            before: None,
            after: Some("what fields admit has changed; see `mesh diff --format json`".to_owned()),
        });
    }
    changes
}

/// Whether the schemas differ in more than the version that their names hold.
fn admits_otherwise(old: &Contract, new: &Contract) -> bool {
    let unnamed = |schema: &Value| {
        let mut schema = schema.clone();
        schema.as_object_mut().map(|members| members.remove("$id"));
        schema
    };
    let of = |contract: &Contract| [&contract.schemas.emits, &contract.schemas.accepts].map(unnamed);
    of(old) != of(new)
}

fn fields(contract: &Contract) -> BTreeMap<String, &FieldMeaning> {
    contract.field_paths().into_iter().collect()
}

/// What readers and writers of a field go by, on one line.
fn shape(field: &FieldMeaning) -> String {
    let mut words = vec![field.logical.to_string()];
    let flags = [(field.key, "key"), (field.optional, "optional"), (field.nullable, "nullable")];
    words.extend(flags.iter().filter(|(set, _)| *set).map(|(_, word)| (*word).to_owned()));
    let named = [
        ("unit", field.unit.clone()),
        ("term", field.term.clone()),
        ("pii", field.pii.map(|pii| pii.to_string())),
        ("classification", field.classification.map(|class| class.to_string())),
        ("min", field.min.clone()),
        ("max", field.max.clone()),
        ("references", field.references.clone()),
        ("deprecated", field.deprecated.clone()),
    ];
    words.extend(named.into_iter().filter_map(|(name, value)| Some(format!("{name} {}", value?))));
    words.join(", ")
}

/// The parts of a contract beside its fields, by name.
fn parts(contract: &Contract) -> Vec<(&'static str, Option<String>)> {
    let list = |items: Vec<String>| (!items.is_empty()).then(|| items.join(", "));
    let levels = &contract.levels;
    vec![
        ("description", Some(contract.description.clone())),
        ("kind", Some(contract.kind.to_string())),
        ("stability", Some(contract.stability.to_string())),
        ("service", Some(contract.service.name.to_string())),
        ("shared with", list(contract.service.shared_with.iter().map(ToString::to_string).collect())),
        ("owner", Some(contract.domain.owner.clone())),
        ("purpose", contract.purpose.clone()),
        ("terms", contract.terms.clone()),
        ("freshness", levels.freshness.map(|span| span.to_string())),
        ("latency", levels.latency.map(|span| span.to_string())),
        ("availability", levels.availability.map(|percent| percent.to_string())),
        ("retention", levels.retention.map(|span| span.to_string())),
        ("key", list(contract.key.clone())),
        ("ports", list(contract.ports.iter().map(|port| format!("{} ({})", port.name, port.kind)).collect())),
        (
            "inputs",
            list(
                contract
                    .inputs
                    .iter()
                    .map(|input| format!("{}@{}", input.address, input.requirement))
                    .collect(),
            ),
        ),
        ("deprecated", contract.deprecated.as_ref().map(|gone| gone.date.to_string())),
    ]
}

/// Writes differences for people.
pub(crate) fn write(changes: &[Change], out: &mut dyn Write) -> io::Result<()> {
    for Change { place, before, after } in changes {
        match (before, after) {
            (None, Some(after)) => writeln!(out, "  {GOOD}+{GOOD:#} {place}: {after}")?,
            (Some(before), None) => writeln!(out, "  {BAD}-{BAD:#} {place}: {FAINT}{before}{FAINT:#}")?,
            _ => {
                writeln!(
                    out,
                    "  {WARN}~{WARN:#} {place}: {FAINT}{}{FAINT:#}",
                    before.as_deref().unwrap_or_default()
                )?;
                writeln!(out, "    -> {}", after.as_deref().unwrap_or_default())?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORDERS: &str = include_str!("../domains/sales/contracts/orders/1.0.0.json");

    fn read(text: &str) -> Contract {
        Contract::read(text).expect("a contract")
    }

    #[test]
    fn another_version_alone_is_no_change_of_what_is_admitted() {
        let next = ORDERS.replace("1.0.0", "1.1.0");
        assert_eq!(changes(&read(ORDERS), &read(&next)), []);
        let shorter = next.replace("\"minItems\": 1", "\"minItems\": 2");
        assert_ne!(shorter, next);
        assert_eq!(changes(&read(ORDERS), &read(&shorter))[0].place, "schemas");
    }
}
