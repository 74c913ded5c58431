//! Which expectations are in force where. Pure: what is registered and recorded goes in, what counts comes out.
//!
//! A reader has a main line, what it registered without an environment, and what it is deployed as in each environment. Where
//! a pipeline recorded which version runs, that version's expectations are in force; where none did, those that the reader
//! registered last for that environment.

use std::collections::{BTreeMap, BTreeSet};

use mesh_contract::{Address, ConsumerName, EnvironmentName, Expectation};

use crate::store::{Deployed, RegisteredExpectation};

/// What is registered of the readers of one product, or of one reader, and what is recorded to run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Matrix<'m> {
    pub(super) registered: &'m [RegisteredExpectation],
    pub(super) deployed: &'m [Deployed],
}

impl<'m> Matrix<'m> {
    /// What the readers have on their main lines.
    pub(super) fn main_line(&self) -> Vec<&'m Expectation> {
        latest(self.registered.iter().filter(|it| it.expectation.environment.is_none()))
    }

    /// What is in force in an environment.
    pub(super) fn in_environment(&self, environment: &EnvironmentName) -> Vec<&'m Expectation> {
        let running = self.running(environment);
        let here = |it: &RegisteredExpectation| it.expectation.environment.as_ref() == Some(environment);
        let (recorded, untold): (Vec<_>, Vec<_>) =
            self.registered.iter().partition(|it| running.contains_key(&it.expectation.consumer));
        let mut found = latest(untold.into_iter().filter(|it| here(it)));
        // Several versions may run side by side, and each counts.
        let mut by_version: BTreeMap<_, Vec<&RegisteredExpectation>> = BTreeMap::new();
        for it in recorded {
            let Expectation { consumer, consumer_version, environment: told, .. } = &it.expectation;
            let runs = match consumer_version {
                Some(version) => {
                    running.get(consumer).is_some_and(|versions| versions.contains(version.as_str()))
                        && (told.is_none() || here(it))
                }
                // A reader that does not tell its version may be the one that runs.
                None => here(it),
            };
            if runs {
                by_version.entry(consumer_version).or_default().push(it);
            }
        }
        for of_version in by_version.into_values() {
            let (own, general): (Vec<_>, Vec<_>) = of_version.into_iter().partition(|it| here(it));
            let told: BTreeSet<_> = own.iter().map(|it| key(&it.expectation)).collect();
            let general = general.into_iter().filter(|it| !told.contains(&key(&it.expectation)));
            found.extend(latest(own.iter().copied().chain(general)));
        }
        found
    }

    /// Everything that is in force somewhere, each once.
    pub(super) fn everywhere(&self) -> Vec<&'m Expectation> {
        let mut found = self.main_line();
        let mut known: BTreeSet<*const Expectation> =
            found.iter().map(|it| std::ptr::from_ref(*it)).collect();
        for environment in self.environments() {
            let there = self.in_environment(environment).into_iter();
            found.extend(there.filter(|it| known.insert(std::ptr::from_ref(*it))));
        }
        found
    }

    /// Readers that run in an environment at a version of which nothing is registered.
    pub(super) fn unknown(&self, environment: &EnvironmentName) -> Vec<&'m Deployed> {
        let tells = |it: &RegisteredExpectation, deployed: &Deployed| {
            let version = it.expectation.consumer_version.as_ref();
            it.expectation.consumer == deployed.subject
                && version.is_none_or(|version| *version == deployed.version)
        };
        let known = |deployed: &Deployed| self.registered.iter().any(|it| tells(it, deployed));
        self.deployed.iter().filter(|it| it.environment == *environment && !known(it)).collect()
    }

    /// Every environment that somebody named.
    pub(super) fn environments(&self) -> BTreeSet<&'m EnvironmentName> {
        let registered = self.registered.iter().filter_map(|it| it.expectation.environment.as_ref());
        registered.chain(self.deployed.iter().map(|it| &it.environment)).collect()
    }

    fn running(&self, environment: &EnvironmentName) -> BTreeMap<&'m ConsumerName, BTreeSet<&'m str>> {
        let mut running: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for it in self.deployed.iter().filter(|it| it.environment == *environment) {
            running.entry(&it.subject).or_default().insert(it.version.as_str());
        }
        running
    }
}

type Key<'e> = (&'e ConsumerName, &'e Address, Option<&'e str>);

fn key(expectation: &Expectation) -> Key<'_> {
    (&expectation.consumer, &expectation.address, expectation.purpose.as_deref())
}

/// Of each reader, product and purpose what was registered last.
fn latest<'m>(registered: impl Iterator<Item = &'m RegisteredExpectation>) -> Vec<&'m Expectation> {
    let mut last: BTreeMap<Key<'_>, &RegisteredExpectation> = BTreeMap::new();
    for it in registered {
        let entry = last.entry(key(&it.expectation)).or_insert(it);
        if it.registered_at >= entry.registered_at {
            *entry = it;
        }
    }
    last.into_values().map(|it| &it.expectation).collect()
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::*;

    /// `reader@version environment`, each part but the first optional, in order of registration.
    fn registered(texts: &[&str]) -> Vec<RegisteredExpectation> {
        let one = |(second, text): (usize, &&str)| {
            let (name, place) =
                text.split_once(' ').map_or((*text, None), |(name, place)| (name, Some(place)));
            let (consumer, version) = name.split_once('@').map_or((name, None), |(name, v)| (name, Some(v)));
            RegisteredExpectation {
                expectation: Expectation {
                    mesh: mesh_contract::FORMAT,
                    consumer: consumer.parse().expect("a name"),
                    consumer_version: version.map(str::to_owned),
                    environment: place.map(|it| it.parse().expect("a name")),
                    address: "sales.orders".parse().expect("an address"),
                    requirement: "^1".parse().expect("a requirement"),
                    purpose: None,
                    fields: Vec::new(),
                    schema: true.into(),
                },
                registered_at: DateTime::UNIX_EPOCH + TimeDelta::seconds(second as i64),
            }
        };
        texts.iter().enumerate().map(one).collect()
    }

    fn deployed(texts: &[&str]) -> Vec<Deployed> {
        let one = |text: &&str| {
            let (name, environment) = text.split_once(' ').expect("an environment");
            let (subject, version) = name.split_once('@').expect("a version");
            Deployed {
                subject: subject.parse().expect("a name"),
                version: version.to_owned(),
                line: String::new(),
                environment: environment.parse().expect("a name"),
            }
        };
        texts.iter().map(one).collect()
    }

    #[track_caller]
    fn check(registered_as: &[&str], deployed_as: &[&str], environment: Option<&str>, expected: &[&str]) {
        let (registered, deployed) = (registered(registered_as), deployed(deployed_as));
        let matrix = Matrix { registered: &registered, deployed: &deployed };
        let found = match environment {
            Some(name) => matrix.in_environment(&name.parse().expect("a name")),
            None => matrix.main_line(),
        };
        let told = |it: &Expectation| {
            let version = it.consumer_version.as_ref().map(|version| format!("@{version}"));
            let place = it.environment.as_ref().map(|place| format!(" {place}"));
            format!("{}{}{}", it.consumer, version.unwrap_or_default(), place.unwrap_or_default())
        };
        assert_eq!(found.into_iter().map(told).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn the_main_line_is_what_was_registered_last_without_an_environment() {
        check(&["a@1", "a@2", "b", "a@3 production"], &[], None, &["a@2", "b"]);
    }

    #[test]
    fn without_a_record_the_last_registration_of_the_environment_counts() {
        let all = ["a@1 production", "a@2 production", "a@3 test", "a@4"];
        check(&all, &[], Some("production"), &["a@2 production"]);
    }

    #[test]
    fn a_record_brings_back_the_version_that_runs() {
        let all = ["a@1", "a@2", "a@2 production", "a@3 production"];
        check(&all, &["a@1 production"], Some("production"), &["a@1"]);
        check(&all, &["a@2 production"], Some("production"), &["a@2 production"]);
        check(&all, &["a@1 production", "a@3 production"], Some("production"), &["a@1", "a@3 production"]);
        check(&all, &["a@1 test"], Some("production"), &["a@3 production"]);
    }

    #[test]
    fn a_reader_that_tells_no_version_is_the_one_that_runs() {
        check(&["a production", "a"], &["a@1 production"], Some("production"), &["a production"]);
    }

    #[test]
    fn a_version_that_runs_and_never_registered_is_unknown() {
        let (registered, deployed) =
            (registered(&["a@1", "b"]), deployed(&["a@2 production", "b@7 production"]));
        let matrix = Matrix { registered: &registered, deployed: &deployed };
        assert_eq!(matrix.unknown(&"production".parse().expect("a name")), [&deployed[0]]);
    }

    #[test]
    fn what_is_in_force_in_two_places_counts_once() {
        let (registered, deployed) = (registered(&["a@1"]), deployed(&["a@1 production", "a@1 test"]));
        assert_eq!(Matrix { registered: &registered, deployed: &deployed }.everywhere().len(), 1);
    }
}
