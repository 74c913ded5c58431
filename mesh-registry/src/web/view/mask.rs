//! Personal data out of sight: examples are shown with their shape and without the person.

use std::collections::BTreeSet;

use mesh_contract::{Contract, FieldMeaning, TypeMeaning};
use serde_json::Value;

/// What stands in place of personal data.
pub const MASK: &str = "•••";

/// Where a contract holds personal data.
///
/// A member is masked by its name wherever it stands, and not by its path alone: that hides a namesake too much at
/// times, and never shows a person because a variant nests in a way that the paths do not tell.
#[derive(Debug)]
pub struct Personal {
    names: BTreeSet<String>,
    paths: Vec<Vec<String>>,
}

impl Personal {
    /// The personal data of a contract.
    pub fn of(contract: &Contract) -> Self {
        let names = contract
            .types
            .values()
            .flat_map(fields_of)
            .filter(|field| field.pii.is_some() && !field.name.is_empty())
            .map(|field| field.name.clone())
            .collect();
        let paths = contract
            .personal_fields()
            .into_iter()
            .map(|pointer| {
                pointer.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~")).collect()
            })
            .collect();
        Self { names, paths }
    }

    /// A record without its personal data.
    pub fn masked(&self, record: &Value) -> Value {
        let mut record = record.clone();
        self.mask_names(&mut record);
        for path in &self.paths {
            mask_path(&mut record, path);
        }
        record
    }

    /// The whole document of a contract, its examples masked wherever they stand: of records, of fields and in schemas.
    pub fn masked_document(&self, contract: &Contract) -> Value {
        let mut contract = contract.clone();
        for example in &mut contract.examples {
            *example = self.masked(example);
        }
        for meaning in contract.types.values_mut() {
            let variants = meaning.variants.iter_mut().flat_map(|variant| &mut variant.fields);
            for field in meaning.fields.iter_mut().chain(variants).chain(meaning.newtype.as_deref_mut()) {
                if field.pii.is_some() {
                    field.examples.iter_mut().for_each(|example| *example = MASK.into());
                }
            }
        }
        self.mask_schema(&mut contract.schemas.emits);
        self.mask_schema(&mut contract.schemas.accepts);
        contract.to_value()
    }

    fn mask_names(&self, value: &mut Value) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    if self.names.contains(name) {
                        hide(member);
                    } else {
                        self.mask_names(member);
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.mask_names(item)),
            _ => {}
        }
    }

    fn mask_schema(&self, schema: &mut Value) {
        match schema {
            Value::Object(members) => {
                for (keyword, member) in members {
                    if keyword == "properties"
                        && let Value::Object(properties) = member
                    {
                        for (name, property) in properties {
                            if self.names.contains(name) {
                                mask_examples(property);
                            }
                            self.mask_schema(property);
                        }
                    } else if matches!(keyword.as_str(), "examples" | "default") {
                        self.mask_names(member);
                    } else {
                        self.mask_schema(member);
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.mask_schema(item)),
            _ => {}
        }
    }
}

fn fields_of(meaning: &TypeMeaning) -> impl Iterator<Item = &FieldMeaning> {
    let variants = meaning.variants.iter().flat_map(|variant| &variant.fields);
    meaning.fields.iter().chain(variants).chain(meaning.newtype.as_deref())
}

/// Absent stays absent: that nothing is there tells nothing about anybody.
fn hide(value: &mut Value) {
    if !value.is_null() {
        *value = MASK.into();
    }
}

fn mask_examples(property: &mut Value) {
    for keyword in ["examples", "default", "example"] {
        match property.get_mut(keyword) {
            Some(Value::Array(items)) => items.iter_mut().for_each(hide),
            Some(value) => hide(value),
            None => {}
        }
    }
}

fn mask_path(value: &mut Value, path: &[String]) {
    let Some((first, rest)) = path.split_first() else { return hide(value) };
    match value {
        Value::Array(items) if first == "*" => items.iter_mut().for_each(|item| mask_path(item, rest)),
        Value::Object(members) if first == "*" => {
            members.values_mut().for_each(|member| mask_path(member, rest));
        }
        Value::Object(members) => {
            if let Some(member) = members.get_mut(first) {
                mask_path(member, rest);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::fixtures;

    #[test]
    fn no_example_shows_a_person() {
        let customers = fixtures::contract("sales.customers@1.0.0");
        let text = Personal::of(&customers).masked_document(&customers).to_string();
        for person in ["Luís", "Gonçalves", "+55", "luisg@", "Brigadeiro", "12227"] {
            assert!(!text.contains(person), "{person} is shown");
        }
        assert!(text.contains("Brazil"), "what is no personal data stays");
    }

    #[test]
    fn examples_of_fields_and_of_schemas_are_masked_too() {
        let mut orders = fixtures::contract("sales.orders@1.2.0");
        orders.schemas.emits["properties"]["email"]["examples"] = serde_json::json!(["someone@real.example"]);
        orders.schemas.emits["$defs"]["Address"]["properties"]["street"]["default"] = "Real Street 1".into();
        let text = Personal::of(&orders).masked_document(&orders).to_string();
        for person in ["luis@embraer", "someone@real", "Real Street"] {
            assert!(!text.contains(person), "{person} is shown");
        }
    }

    #[test]
    fn a_newtype_is_masked_by_its_path() {
        let mut orders = fixtures::contract("sales.orders@1.2.0");
        let mut number = FieldMeaning::new("", mesh_contract::LogicalType::String);
        number.pii = Some(mesh_contract::PersonalData::Phone);
        orders.types.insert(
            "Phone".to_owned(),
            TypeMeaning { newtype: Some(Box::new(number)), ..TypeMeaning::default() },
        );
        let root = orders.types.get_mut("Order").expect("the root");
        root.fields.push(FieldMeaning::new(
            "phones",
            mesh_contract::LogicalType::List(Box::new(mesh_contract::LogicalType::Type("Phone".to_owned()))),
        ));
        let masked =
            Personal::of(&orders).masked(&serde_json::json!({"phones": ["+49 711", null], "total": "1"}));
        assert_eq!(masked, serde_json::json!({"phones": [MASK, null], "total": "1"}));
    }
}
