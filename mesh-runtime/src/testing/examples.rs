//! Examples show what records look like, so they have to be some.

use std::sync::Arc;

use mesh_contract::judge::{Options, Validator};
use serde_json::{Value, json};

use super::relations::listed;
use super::subject::{Made, Subject};
use super::{Check, Failure};

pub(super) fn checks(subject: &Arc<Subject>) -> Vec<Check> {
    let subject = Arc::clone(subject);
    vec![Check::new(subject.name.clone(), "examples are valid", move || examples_are_valid(&subject))]
}

fn examples_are_valid(subject: &Subject) -> Result<(), Failure> {
    let made = subject.made()?;
    let mut wrong = String::new();
    for (index, example) in made.contract.examples.iter().enumerate() {
        if let Err(why) = example_is_valid(subject, made, example) {
            wrong.push_str(&format!("example {}: {why}\n", index + 1));
        }
    }
    for (place, example, schema) in examples_of_fields(made) {
        let validator =
            Validator::compile(&schema, &Options::contract()).map_err(|error| error.to_string())?;
        if let Err(broken) = validator.validate(example) {
            wrong.push_str(&format!(
                "example of `{place}`: not what the field may hold:\n{}",
                listed(&broken)
            ));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.into()) }
}

fn example_is_valid(subject: &Subject, made: &Made, example: &Value) -> Result<(), String> {
    for (side, validator) in [("written", &made.emits), ("taken", &made.accepts)] {
        if let Err(broken) = validator.validate(example) {
            return Err(format!("not within the schema of what is {side}:\n{}", listed(&broken)));
        }
    }
    match subject.offer.validate(example.clone()) {
        Err(error) => Err(format!("cannot be read: {error}")),
        Ok(Err(violations)) => Err(format!("breaks what the type promises: {violations}")),
        Ok(Ok(())) => Ok(()),
    }
}

/// The examples of fields, each with the schema of what its field may hold.
fn examples_of_fields(made: &Made) -> Vec<(String, &Value, Value)> {
    let contract = &made.contract;
    let mut examples = Vec::new();
    for (name, meaning) in &contract.types {
        for field in meaning.fields.iter().filter(|field| !field.examples.is_empty()) {
            let Some(schema) = schema_of(&contract.schemas.emits, &contract.root, name, &field.name) else {
                continue;
            };
            let place = format!("{name}.{}", field.name);
            examples.extend(field.examples.iter().map(|example| (place.clone(), example, schema.clone())));
        }
    }
    examples
}

fn schema_of(document: &Value, root: &str, name: &str, field: &str) -> Option<Value> {
    let inline = name == root && document.get("$ref").is_none();
    let owner = if inline { document } else { document.get("$defs")?.get(name)? };
    let schema = owner.get("properties")?.get(field)?.clone();
    let nothing = json!({});
    let defs = document.get("$defs").unwrap_or(&nothing);
    Some(json!({"$defs": defs, "allOf": [schema]}))
}
