//! Where the findings about a committed contract are: the line of the field in the contract, and in the Rust that makes it.

use std::fs;
use std::path::Path;

use mesh_contract::judgement::{Finding, Place};
use mesh_contract::{Contract, FieldMeaning};
use serde_json::Value;

use super::excerpt::steps;
use super::json_lines::{Down, line_of};
use super::place::{Location, Locations, Source};
use super::sources::Sources;

/// Knows the files of one committed contract.
#[derive(Debug)]
pub struct InFiles<'f> {
    contract: &'f Contract,
    /// The committed contract: where it is, and as what it is shown.
    path: &'f Path,
    shown: String,
    /// `mesh.toml`, likewise.
    settings: (&'f Path, String),
    sources: &'f Sources,
}

/// A field in the contract that describes it: the type, the variant, the name, and the way to it in the document.
struct Described {
    type_name: String,
    variant: Option<String>,
    field: Option<String>,
    path: Vec<Down>,
}

impl<'f> InFiles<'f> {
    /// The files of a contract: itself, `mesh.toml` and the sources, the first two with the names that a report shows.
    pub fn of(
        contract: &'f Contract,
        (path, shown): (&'f Path, String),
        settings: (&'f Path, String),
        sources: &'f Sources,
    ) -> Self {
        Self { contract, path, shown, settings, sources }
    }

    fn described(&self, place: &Place) -> Described {
        match place {
            Place::Field(pointer) => self.field(pointer),
            Place::Contract(pointer) => {
                let steps = steps(pointer);
                let type_name = match steps.as_slice() {
                    [types, name, ..] if types == "types" => name.clone(),
                    _ => self.contract.root.clone(),
                };
                let document = self.contract.to_value();
                Described { type_name, variant: None, field: None, path: down(&document, &steps) }
            }
        }
    }

    /// The field of a pointer; of one that is gone, the nearest above it.
    fn field(&self, pointer: &str) -> Described {
        let fields = self.contract.field_paths();
        let mut at = pointer;
        let found = loop {
            if let Some((_, field)) = fields.iter().find(|(pointer, _)| pointer == at) {
                break Some(*field);
            }
            match at.rsplit_once('/') {
                Some((above, _)) => at = above,
                None => break None,
            }
        };
        let found = found.and_then(|field| self.holder(field, at == pointer));
        found.unwrap_or_else(|| {
            let root = self.contract.root.clone();
            let path = vec![Down::Name("types".to_owned()), Down::Name(root.clone())];
            Described { type_name: root, variant: None, field: None, path }
        })
    }

    /// The type that declares a field. `itself` tells whether the field is meant, or something that was below it.
    fn holder(&self, field: &FieldMeaning, itself: bool) -> Option<Described> {
        let position = |fields: &[FieldMeaning]| fields.iter().position(|it| std::ptr::eq(it, field));
        for (name, meaning) in &self.contract.types {
            let mut path = vec![Down::Name("types".to_owned()), Down::Name(name.clone())];
            let mut variant = None;
            if let Some(index) = position(&meaning.fields) {
                path.extend([Down::Name("fields".to_owned()), Down::Index(index)]);
            } else if meaning.newtype.as_deref().is_some_and(|it| std::ptr::eq(it, field)) {
                path.push(Down::Name("newtype".to_owned()));
            } else if let Some((at, index)) =
                meaning.variants.iter().enumerate().find_map(|(at, it)| Some((at, position(&it.fields)?)))
            {
                variant = Some(meaning.variants[at].name.clone());
                path.extend([Down::Name("variants".to_owned()), Down::Index(at)]);
                path.extend([Down::Name("fields".to_owned()), Down::Index(index)]);
            } else {
                continue;
            }
            // What is gone from a nested type is told at that type.
            let nested = match &field.logical {
                mesh_contract::LogicalType::Type(nested) if !itself => Some(nested),
                _ => None,
            };
            if let Some(nested) = nested {
                let path = vec![Down::Name("types".to_owned()), Down::Name(nested.clone())];
                return Some(Described { type_name: nested.clone(), variant: None, field: None, path });
            }
            return Some(Described {
                type_name: name.clone(),
                variant,
                field: Some(field.name.clone()).filter(|it| !it.is_empty()),
                path,
            });
        }
        None
    }

    /// Waivers are found in `mesh.toml`: by the finding that they name, or by the day on which they end.
    fn waiver(&self, finding: &Finding) -> Location {
        let (path, shown) = &self.settings;
        let text = fs::read_to_string(path).unwrap_or_default();
        let named = text.lines().position(|line| {
            let value = line.split('"').nth(1).filter(|value| !value.is_empty());
            let key = line.trim_start();
            (key.starts_with("finding") || key.starts_with("until"))
                && value.is_some_and(|value| finding.message.contains(value))
        });
        let line = named.or_else(|| text.lines().position(|line| line.trim() == "[[waiver]]"));
        Location { line: line.map(|index| index + 1), ..Location::file(shown.clone(), Source::Domain) }
    }
}

impl Locations for InFiles<'_> {
    fn of(&self, finding: &Finding) -> Vec<Location> {
        if finding.rule.starts_with("waiver-") {
            return vec![self.waiver(finding)];
        }
        let Described { type_name, variant, field, path } = self.described(&finding.place);
        let text = fs::read_to_string(self.path).unwrap_or_default();
        let line = (0..=path.len()).rev().find_map(|length| line_of(&text, &path[..length]));
        let rust = self.sources.find(&type_name, variant.as_deref(), field.as_deref());
        let contract = Location { line, ..Location::file(self.shown.clone(), Source::Contract) };
        rust.into_iter().chain([contract]).collect()
    }
}

/// The way to a place in a contract, as far as it goes. Items of lists are named by their `name`.
fn down(document: &Value, steps: &[String]) -> Vec<Down> {
    let (mut path, mut here) = (Vec::new(), document);
    for step in steps {
        let (next, below) = match here {
            Value::Object(members) => (Down::Name(step.clone()), members.get(step)),
            Value::Array(items) => {
                let named = items.iter().position(|item| item.get("name").is_some_and(|name| name == step));
                let Some(index) = named.or_else(|| step.parse().ok()) else { break };
                (Down::Index(index), items.get(index))
            }
            _ => break,
        };
        let Some(below) = below else { break };
        path.push(next);
        here = below;
    }
    path
}
