//! What the domain relies on in the products of others, registered so that their owners know before they change them.
//!
//! A registry keeps one expectation for each reader, product read, environment and purpose: a later one takes the place of
//! the earlier. So each type that reads has an expectation of its own, and where several would be kept as one, the purpose
//! says which is which. Merging them would tell an owner of fields that no single reader reads, and of versions that none
//! takes.

use std::collections::BTreeMap;

use mesh_contract::{Address, ConsumerName, ContractVersion, DomainName, Expectation};

use super::HostError;
use super::config::HostConfig;
use crate::contract::expectation;
use crate::definition::{InputDefinition, ProductDefinition};
use crate::manifest::Manifest;

/// A registry takes no longer purpose.
const LONGEST_PURPOSE: usize = 200;

/// An expectation, and what tells it from others of the same reader.
struct Reading {
    expectation: Expectation,
    version: Option<ContractVersion>,
    rust_name: &'static str,
}

/// The expectations of everything that the domain reads: each product's for what it is made from, and the domain's own for
/// what it reads beside.
pub(crate) fn of(
    manifest: &Manifest,
    domain: &DomainName,
    config: &HostConfig,
) -> Result<Vec<Expectation>, HostError> {
    let wrong =
        |what: &str, error: &dyn std::fmt::Display| HostError::Definition(format!("`{what}`: {error}"));
    let mut readings = Vec::new();
    let mut seen = Vec::new();
    for offer in manifest.offers() {
        let ProductDefinition { name, version, inputs, .. } = *offer.definition();
        let product = name.parse().map_err(|error| wrong(name, &error))?;
        let parsed: ContractVersion = version.parse().map_err(|error| wrong(version, &error))?;
        let consumer = ConsumerName::from(&Address::new(domain.clone(), product));
        for input in inputs {
            let input = input();
            seen.push((input.address, input.body.rust_name));
            let mut expectation = made(consumer.clone(), &input, config)?;
            expectation.consumer_version = Some(version.to_owned());
            readings.push(Reading {
                expectation,
                version: Some(parsed.clone()),
                rust_name: input.body.rust_name,
            });
        }
    }
    let beside = |address, rust_name| !seen.contains(&(address, rust_name));
    for need in manifest.needs() {
        let rust_name = need.input.body.rust_name;
        if beside(need.input.address, rust_name) {
            let expectation = made(ConsumerName::from(domain), &need.input, config)?;
            readings.push(Reading { expectation, version: None, rust_name });
        }
    }
    Ok(told_apart(readings))
}

/// Gives each expectation a purpose of its own where the registry would keep only one of several. The reading of the newest
/// version keeps the plain one, so that a domain with one version never changes what it registers.
fn told_apart(mut readings: Vec<Reading>) -> Vec<Expectation> {
    readings.sort_by(|one, other| other.version.cmp(&one.version));
    let mut kept: BTreeMap<(ConsumerName, Address, Option<String>), Vec<Reading>> = BTreeMap::new();
    for reading in readings {
        let Expectation { consumer, address, purpose, .. } = &reading.expectation;
        let same = kept.entry((consumer.clone(), address.clone(), purpose.clone())).or_default();
        // A type that two versions share reads the same for both.
        let is_same = |other: &Reading| {
            let version = reading.expectation.consumer_version.clone();
            Expectation { consumer_version: version, ..other.expectation.clone() } == reading.expectation
        };
        if !same.iter().any(is_same) {
            same.push(reading);
        }
    }
    kept.into_values().flat_map(each_by_itself).collect()
}

fn each_by_itself(same: Vec<Reading>) -> Vec<Expectation> {
    let newest = same.first().and_then(|reading| reading.version.clone());
    let mut all: Vec<Expectation> = Vec::new();
    for Reading { mut expectation, version, rust_name } in same {
        if !all.is_empty() {
            let mark = match &version {
                // By its line, since a patch must not leave an expectation behind that nobody has.
                Some(older) if version != newest => format!("as {rust_name} for version {}", older.major()),
                _ => format!("as {rust_name}"),
            };
            expectation.purpose = Some(marked(expectation.purpose.as_deref(), &mark));
        }
        all.push(expectation);
    }
    all
}

/// A purpose with a mark behind it, cut where the registry would refuse the whole.
fn marked(purpose: Option<&str>, mark: &str) -> String {
    let Some(purpose) = purpose else { return mark.to_owned() };
    let room = LONGEST_PURPOSE.saturating_sub(mark.len() + ", ".len());
    let end =
        (0..=room.min(purpose.len())).rev().find(|end| purpose.is_char_boundary(*end)).unwrap_or_default();
    format!("{}, {mark}", &purpose[..end])
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

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(
        version: Option<&str>,
        rust_name: &'static str,
        field: &str,
        purpose: Option<&str>,
    ) -> Reading {
        let parse = |text: &str| text.parse::<ContractVersion>().expect("a version");
        let expectation = Expectation {
            mesh: 1,
            consumer: "shop.bills".parse().expect("a name"),
            consumer_version: version.map(str::to_owned),
            environment: None,
            address: "bank.rates".parse().expect("an address"),
            requirement: "^1".parse().expect("a requirement"),
            purpose: purpose.map(str::to_owned),
            fields: vec![field.to_owned()],
            schema: true.into(),
        };
        Reading { expectation, version: version.map(parse), rust_name }
    }

    #[track_caller]
    fn check(readings: Vec<Reading>, expected: &[(Option<&str>, &str, Option<&str>)]) {
        let told = told_apart(readings);
        let told: Vec<_> = told
            .iter()
            .map(|it| (it.consumer_version.as_deref(), it.fields[0].as_str(), it.purpose.as_deref()))
            .collect();
        assert_eq!(told, expected);
    }

    #[test]
    fn a_reading_that_is_alone_keeps_its_purpose() {
        check(vec![reading(Some("1.0.0"), "Rate", "/a", None)], &[(Some("1.0.0"), "/a", None)]);
        check(
            vec![
                reading(Some("1.0.0"), "Rate", "/a", Some("x")),
                reading(Some("1.0.0"), "Rate", "/a", Some("y")),
            ],
            &[(Some("1.0.0"), "/a", Some("x")), (Some("1.0.0"), "/a", Some("y"))],
        );
    }

    #[test]
    fn two_versions_that_read_otherwise_have_an_expectation_each_and_the_newest_has_the_plain_one() {
        check(
            vec![
                reading(Some("1.4.0"), "OldRate", "/a", Some("billing")),
                reading(Some("2.0.0"), "Rate", "/b", Some("billing")),
            ],
            &[
                (Some("2.0.0"), "/b", Some("billing")),
                (Some("1.4.0"), "/a", Some("billing, as OldRate for version 1")),
            ],
        );
    }

    #[test]
    fn two_versions_that_read_the_same_share_it() {
        check(
            vec![reading(Some("1.4.0"), "Rate", "/a", None), reading(Some("2.0.0"), "Rate", "/a", None)],
            &[(Some("2.0.0"), "/a", None)],
        );
    }

    #[test]
    fn two_types_of_one_version_have_an_expectation_each() {
        check(
            vec![reading(Some("1.0.0"), "Rate", "/a", None), reading(Some("1.0.0"), "Spread", "/b", None)],
            &[(Some("1.0.0"), "/a", None), (Some("1.0.0"), "/b", Some("as Spread"))],
        );
    }

    #[test]
    fn a_purpose_stays_within_what_a_registry_takes() {
        let long = "é".repeat(150);
        let marked = marked(Some(&long), "as Rate for version 1");
        assert!(marked.len() <= LONGEST_PURPOSE && marked.ends_with("é, as Rate for version 1"), "{marked}");
    }
}
