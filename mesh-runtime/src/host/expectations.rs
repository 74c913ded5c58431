//! What the domain relies on in the products of others, registered so that their owners know before they change them.

use std::collections::BTreeSet;

use mesh_contract::{Address, ConsumerName, DomainName, Expectation};

use super::HostError;
use super::config::HostConfig;
use crate::contract::expectation;
use crate::definition::{InputDefinition, ProductDefinition};
use crate::manifest::Manifest;

/// The expectations of everything that the domain reads: each product's for what it is made from, and the domain's own for
/// what it reads beside.
pub(crate) fn of(
    manifest: &Manifest,
    domain: &DomainName,
    config: &HostConfig,
) -> Result<Vec<Expectation>, HostError> {
    let mut expectations = Vec::new();
    let mut seen = BTreeSet::new();
    for offer in manifest.offers() {
        let ProductDefinition { name, version, inputs, .. } = *offer.definition();
        let product = name.parse().map_err(|error| HostError::Definition(format!("`{name}`: {error}")))?;
        let consumer = ConsumerName::from(&Address::new(domain.clone(), product));
        for input in inputs {
            let input = input();
            seen.insert(input.address);
            let mut expectation = made(consumer.clone(), &input, config)?;
            expectation.consumer_version = Some(version.to_owned());
            expectations.push(expectation);
        }
    }
    for need in manifest.needs().iter().filter(|need| !seen.contains(need.input.address)) {
        expectations.push(made(ConsumerName::from(domain), &need.input, config)?);
    }
    Ok(expectations)
}

fn made(
    consumer: ConsumerName,
    input: &InputDefinition,
    config: &HostConfig,
) -> Result<Expectation, HostError> {
    let expectation = expectation(consumer, input).map_err(|mistakes| {
        HostError::Definition(format!("what is read of `{}`: {mistakes}", input.address))
    })?;
    Ok(Expectation { environment: Some(config.environment().clone()), ..expectation })
}
