//! What a reader relies on, from the type that reads.

use mesh_contract::{ConsumerName, Expectation, FORMAT, double};

use super::{Mistakes, fields_read};
use crate::definition::InputDefinition;

/// The expectation of a reader.
///
/// # Errors
/// With everything that keeps the type from having one.
pub fn expectation(consumer: ConsumerName, input: &InputDefinition) -> Result<Expectation, Mistakes> {
    let mut mistakes = Mistakes::default();
    let place = input.body.rust_name;
    let schema = (input.schema)();
    if let Err(inexact) = double::check_numbers(&schema) {
        mistakes.add(inexact.pointer.clone(), inexact.to_string());
    }
    let address = mistakes.parsed(place, input.address);
    let requirement = mistakes.parsed(place, input.requirement);
    match (address, requirement) {
        (Some(address), Some(requirement)) if mistakes.0.is_empty() => Ok(Expectation {
            mesh: FORMAT,
            consumer,
            consumer_version: None,
            environment: None,
            address,
            requirement,
            purpose: input.purpose.map(str::to_owned),
            fields: fields_read(&schema),
            schema,
        }),
        _ => Err(mistakes),
    }
}
