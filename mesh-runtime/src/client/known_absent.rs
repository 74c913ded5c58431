//! What the registry has just said is not there. A reader that is started before its provider asks again and again; for a
//! moment it is answered with what the registry said, and the registry is spared.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use mesh_contract::wire::Problem;
use mesh_contract::{Address, EnvironmentName, Requirement};
use reqwest::Url;

use super::{ClientError, Peer};

/// So many absences are remembered. Whoever asks for more at once is not the reader that this is for.
const MOST: usize = 1_000;

/// What was asked for.
type Key = (EnvironmentName, Address, Requirement);

/// What the registry said, and until when it is believed.
#[derive(Debug, Clone)]
struct Said {
    url: Url,
    problem: Problem,
    until: Instant,
}

/// What is not there.
#[derive(Debug)]
pub(crate) struct KnownAbsent {
    /// How long an absence is believed.
    believed: Duration,
    said: Mutex<BTreeMap<Key, Said>>,
}

impl KnownAbsent {
    pub(crate) fn new(believed: Duration) -> Self {
        Self { believed, said: Mutex::default() }
    }

    /// What the registry said of something not long ago.
    pub(crate) fn of(
        &self,
        environment: &EnvironmentName,
        address: &Address,
        requirement: &Requirement,
        now: Instant,
    ) -> Option<ClientError> {
        let key = (environment.clone(), address.clone(), requirement.clone());
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let Said { url, problem, .. } = said.get(&key).filter(|said| said.until > now)?.clone();
        Some(ClientError::Refused {
            peer: Peer::Registry,
            url,
            problem: Box::new(problem),
            retry_after: None,
        })
    }

    /// Remembers an answer, if it says that something is not there.
    pub(crate) fn hear(
        &self,
        environment: &EnvironmentName,
        address: &Address,
        requirement: &Requirement,
        error: &ClientError,
        now: Instant,
    ) {
        let ClientError::Refused { url, problem, .. } = error else { return };
        if !matches!(problem.status, 404 | 410) || self.believed.is_zero() {
            return;
        }
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if said.len() >= MOST {
            said.retain(|_, said| said.until > now);
        }
        if said.len() < MOST {
            let (url, problem) = (url.clone(), Problem::clone(problem));
            let key = (environment.clone(), address.clone(), requirement.clone());
            said.insert(key, Said { url, problem, until: now + self.believed });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16) -> ClientError {
        let problem = Problem {
            kind: "urn:mesh:problem:unknown-product".to_owned(),
            title: "there is no such product".to_owned(),
            status,
            detail: "look elsewhere".to_owned(),
            pointer: None,
            request_id: None,
            findings: Vec::new(),
        };
        let url = "http://127.0.0.1:7474/api/v1/products".parse().expect("an address");
        ClientError::Refused { peer: Peer::Registry, url, problem: Box::new(problem), retry_after: None }
    }

    #[test]
    fn what_is_not_there_is_believed_for_a_moment_and_a_failure_never_is() {
        let absent = KnownAbsent::new(Duration::from_secs(5));
        let environment: EnvironmentName = "production".parse().expect("a name");
        let (address, other): (Address, Address) =
            ("sales.orders".parse().expect("an address"), "sales.tracks".parse().expect("an address"));
        let requirement: Requirement = "^1".parse().expect("a requirement");
        let now = Instant::now();
        absent.hear(&environment, &address, &requirement, &refused(404), now);
        absent.hear(&environment, &other, &requirement, &refused(503), now);
        let told = absent.of(&environment, &address, &requirement, now).expect("it was told");
        assert_eq!(told.problem().map(|problem| problem.detail.as_str()), Some("look elsewhere"));
        assert!(absent.of(&environment, &other, &requirement, now).is_none());
        assert!(absent.of(&environment, &address, &"^2".parse().expect("a requirement"), now).is_none());
        let later = now + Duration::from_secs(5);
        assert!(absent.of(&environment, &address, &requirement, later).is_none());
    }

    #[test]
    fn no_more_is_remembered_than_fits() {
        let absent = KnownAbsent::new(Duration::from_secs(5));
        let environment: EnvironmentName = "production".parse().expect("a name");
        let requirement: Requirement = "^1".parse().expect("a requirement");
        let now = Instant::now();
        for number in 0..2 * MOST {
            let address = format!("sales.p{number}").parse().expect("an address");
            absent.hear(&environment, &address, &requirement, &refused(404), now);
        }
        assert_eq!(absent.said.lock().expect("no panic").len(), MOST);
        let later = now + Duration::from_secs(6);
        absent.hear(&environment, &"a.b".parse().expect("an address"), &requirement, &refused(410), later);
        assert_eq!(absent.said.lock().expect("no panic").len(), 1);
    }
}
