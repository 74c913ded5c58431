//! Who has read what through this host since the registry was told last: its owner learns of every reader, declared or not.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use mesh_contract::wire::ObservedReader;
use mesh_contract::{Address, ContractVersion, Day, GrantClaims};

/// How many are kept apart. Whoever has an agreement is in the registry's books, so this bounds only how finely the fields that
/// are asked for are told.
const MOST: usize = 1_000;

/// What is counted for one reader, version and choice of fields.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    agreement: String,
    address: Address,
    version: ContractVersion,
    fields: Vec<String>,
}

/// Who has read what since the registry was told last.
#[derive(Debug, Default)]
pub(crate) struct Reads(Mutex<HashMap<Key, ObservedReader>>);

impl Reads {
    /// Counts one request: of whom, for what, and whether it was answered.
    pub(crate) fn count(
        &self,
        claims: &GrantClaims,
        (address, version): (&Address, &ContractVersion),
        fields: Vec<String>,
        answered: bool,
    ) {
        let reader = ObservedReader {
            consumer: claims.sub.clone(),
            agreement: claims.agreement().to_owned(),
            address: address.clone(),
            version: version.clone(),
            fields,
            answered: u64::from(answered),
            refused: u64::from(!answered),
            last_at: now(),
        };
        add(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner), reader);
    }

    /// Takes all that was counted, to be told.
    pub(crate) fn take(&self) -> Vec<ObservedReader> {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut readers: Vec<_> = std::mem::take(&mut *counted).into_values().collect();
        drop(counted);
        readers.sort_by(|left, right| {
            (&left.address, &left.agreement, &left.fields).cmp(&(
                &right.address,
                &right.agreement,
                &right.fields,
            ))
        });
        readers
    }

    /// Puts back what could not be told, beside what came since.
    pub(crate) fn put_back(&self, readers: Vec<ObservedReader>) {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        readers.into_iter().for_each(|reader| add(&mut counted, reader));
    }
}

fn add(counted: &mut HashMap<Key, ObservedReader>, mut reader: ObservedReader) {
    let key = |reader: &ObservedReader| Key {
        agreement: reader.agreement.clone(),
        address: reader.address.clone(),
        version: reader.version.clone(),
        fields: reader.fields.clone(),
    };
    let mut own = key(&reader);
    if counted.len() >= MOST && !counted.contains_key(&own) {
        // What is one too many is counted without its fields, which takes one place for each agreement at most.
        reader.fields.clear();
        own = key(&reader);
        if counted.len() >= 2 * MOST && !counted.contains_key(&own) {
            return;
        }
    }
    match counted.entry(own) {
        std::collections::hash_map::Entry::Vacant(place) => {
            place.insert(reader);
        }
        std::collections::hash_map::Entry::Occupied(mut known) => {
            let known = known.get_mut();
            known.answered += reader.answered;
            known.refused += reader.refused;
            known.last_at = std::mem::take(&mut known.last_at).max(reader.last_at);
        }
    }
}

/// Now, RFC 3339 in UTC.
fn now() -> String {
    rfc3339(unix_now())
}

/// The seconds since 1970.
pub(crate) fn unix_now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

fn rfc3339(unix: u64) -> String {
    let (day, second) = (Day::from_unix_days(unix / 86_400), unix % 86_400);
    format!("{day}T{:02}:{:02}:{:02}Z", second / 3_600, second / 60 % 60, second % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(agreement: usize, fields: &[&str]) -> ObservedReader {
        ObservedReader {
            consumer: "accounting".parse().unwrap(),
            agreement: format!("a{agreement}"),
            address: "sales.orders".parse().unwrap(),
            version: "1.0.0".parse().unwrap(),
            fields: fields.iter().map(|field| (*field).to_owned()).collect(),
            answered: 1,
            refused: 2,
            last_at: format!("2026-01-01T00:00:{:02}Z", agreement % 60),
        }
    }

    #[test]
    fn what_is_put_back_is_summed_with_what_came_since() {
        let reads = Reads::default();
        reads.put_back(vec![reader(1, &["/a"]), reader(2, &["/a"])]);
        let told = reads.take();
        assert_eq!(told.len(), 2);
        assert!(reads.take().is_empty());
        reads.put_back(vec![reader(1, &["/a"]), reader(1, &["/b"])]);
        reads.put_back(told);
        let all: Vec<_> = reads
            .take()
            .into_iter()
            .map(|it| (it.agreement, it.fields.join(","), it.answered, it.refused))
            .collect();
        let entry = |agreement: &str, fields: &str, answered, refused| {
            (agreement.to_owned(), fields.to_owned(), answered, refused)
        };
        assert_eq!(all, [entry("a1", "/a", 2, 4), entry("a1", "/b", 1, 2), entry("a2", "/a", 1, 2)]);
    }

    #[test]
    fn the_number_of_entries_is_bounded_and_no_reader_of_an_agreement_is_lost() {
        let reads = Reads::default();
        for number in 0..5_000 {
            reads.put_back(vec![reader(number % 7, &[&format!("/field{number}")])]);
        }
        let all = reads.take();
        assert!(all.len() <= MOST + 7, "{}", all.len());
        assert_eq!(all.iter().map(|it| it.answered).sum::<u64>(), 5_000);
        for number in 0..10 * MOST {
            reads.put_back(vec![reader(number, &[])]);
        }
        assert_eq!(reads.take().len(), 2 * MOST);
    }

    #[test]
    fn a_moment_is_written_as_the_standard_has_it() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00Z");
        assert_eq!(rfc3339(1_795_780_799), "2026-11-27T11:59:59Z");
    }
}
