//! What of a record nobody has to see: values of fields that the contract calls personal data, or confidential and above.
//! A record that shows a fault is made up by the judge, or is a real one; either way it goes into logs and comments.
//!
//! More is masked rather than less: whatever member has the name of such a field, at any depth.

use std::collections::BTreeSet;

use mesh_contract::{Classification, Contract, FieldMeaning};
use serde_json::Value;

use super::excerpt::steps;

/// What stands in the place of what is hidden.
pub const MASKED: &str = "***";

/// The fields whose values are hidden.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Personal {
    names: BTreeSet<String>,
    /// Places without a name of their own: of a newtype, of the values of a flattened map.
    places: Vec<Vec<String>>,
}

impl Personal {
    /// The fields that any of these contracts wants hidden.
    pub fn of<'c>(contracts: impl IntoIterator<Item = &'c Contract>) -> Self {
        let mut personal = Self::default();
        for contract in contracts {
            let types = contract.types.values();
            let in_types = types.flat_map(|it| {
                let of_variants = it.variants.iter().flat_map(|variant| &variant.fields);
                it.fields.iter().chain(it.newtype.as_deref()).chain(of_variants)
            });
            let named = in_types.filter(|field| is_hidden(field) && !matches!(field.name.as_str(), "" | "*"));
            personal.names.extend(named.map(|field| field.name.clone()));
            let nameless = contract.field_paths().into_iter().filter(|(pointer, field)| {
                is_hidden(field) && (field.name.is_empty() || field.name == "*" || pointer.is_empty())
            });
            personal.places.extend(nameless.map(|(pointer, _)| steps(&pointer)));
        }
        personal
    }

    /// The record as it may be shown, and the pointers of what is hidden in it.
    pub fn mask(&self, record: &Value) -> (Value, Vec<String>) {
        let (mut record, mut hidden) = (record.clone(), Vec::new());
        self.hide(&mut record, &mut Vec::new(), &mut hidden);
        (record, hidden)
    }

    fn hide(&self, value: &mut Value, at: &mut Vec<String>, hidden: &mut Vec<String>) {
        let named = at.last().is_some_and(|name| self.names.contains(name));
        if named || self.places.iter().any(|place| is_at(place, at)) {
            if !value.is_null() {
                *value = MASKED.into();
                hidden.push(pointer(at));
            }
            return;
        }
        match value {
            Value::Object(members) => {
                for (name, member) in members.iter_mut() {
                    at.push(name.clone());
                    self.hide(member, at, hidden);
                    at.pop();
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    at.push(index.to_string());
                    self.hide(item, at, hidden);
                    at.pop();
                }
            }
            _ => {}
        }
    }
}

fn is_hidden(field: &FieldMeaning) -> bool {
    field.pii.is_some() || field.classification.is_some_and(|it| it >= Classification::Confidential)
}

fn is_at(place: &[String], at: &[String]) -> bool {
    place.len() == at.len() && place.iter().zip(at).all(|(step, there)| step == "*" || step == there)
}

fn pointer(at: &[String]) -> String {
    at.iter().map(|step| format!("/{}", step.replace('~', "~0").replace('/', "~1"))).collect()
}

#[cfg(test)]
mod tests {
    use mesh_contract::judgement::Example;
    use serde_json::json;

    use super::*;

    fn contract(edit: impl FnOnce(&mut Value)) -> Contract {
        let mut document = Example::base();
        edit(&mut document);
        Contract::read(&document.to_string()).expect("a contract")
    }

    #[test]
    fn personal_and_confidential_values_are_hidden_at_any_depth() {
        let contract = contract(|it| {
            it["types"]["Order"]["fields"][9]["classification"] = "restricted".into();
            it["types"]["Order"]["fields"][10]["classification"] = "internal".into();
        });
        let record = json!({
            "email": "ann@example.com", "note": "call her", "channel": "web", "x/y": [{ "email": ["a", "b"] }]
        });
        let (shown, hidden) = Personal::of([&contract]).mask(&record);
        assert_eq!(
            shown,
            json!({ "email": "***", "note": "***", "channel": "web", "x/y": [{ "email": "***" }] })
        );
        assert_eq!(hidden, ["/email", "/note", "/x~1y/0/email"]);
    }

    #[test]
    fn what_is_not_there_is_not_called_hidden() {
        let (shown, hidden) = Personal::of([&contract(|_| ())]).mask(&json!({ "email": null }));
        assert_eq!((shown, hidden), (json!({ "email": null }), Vec::new()));
    }
}
