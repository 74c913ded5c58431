//! The grants that a client holds: found at the registry, shown to ports, kept for the time without a registry, and fetched anew
//! before they end.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use mesh_contract::wire::{Agreement, AgreementState, IssuedGrant};
use mesh_contract::{Address, ConsumerName, Day, EnvironmentName};
use serde::{Deserialize, Serialize};

use super::{AgreementQuery, ClientConfig, ClientError, RegistryClient, Token, kept};

/// The version of the file's format.
const FORMAT: u32 = 1;
const FILE: &str = "grants.json";

/// Who reads what, where and what for: one agreement at a time.
#[derive(Debug, Clone)]
pub(crate) struct Reading {
    pub(crate) consumer: ConsumerName,
    pub(crate) environment: EnvironmentName,
    pub(crate) address: Address,
    /// What for; an agreement for anything where the reader does not say.
    pub(crate) purpose: Option<String>,
}

/// A grant that is held.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Held {
    grant: String,
    /// When it was fetched, in seconds since 1970.
    fetched: u64,
    /// When it ends.
    ends: u64,
}

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Held").field("ends", &self.ends).finish_non_exhaustive()
    }
}

impl Held {
    pub(crate) fn token(&self) -> Token {
        Token::new(&self.grant)
    }

    /// Whether it ends so soon that it is time for another: when a quarter of its life is left.
    pub(crate) fn nears_its_end(&self, now: u64) -> bool {
        let life = self.ends.saturating_sub(self.fetched);
        self.ends.saturating_sub(now) <= life / 4
    }
}

#[derive(Default, Serialize, Deserialize)]
struct Document {
    mesh: u32,
    grants: BTreeMap<String, Held>,
}

/// The grants that a client holds, in memory and, where a folder is set, in a file that only its user may read.
#[derive(Debug)]
pub(crate) struct OwnGrants {
    registry: String,
    file: Option<PathBuf>,
    memory: Mutex<BTreeMap<String, Held>>,
}

impl OwnGrants {
    pub(crate) fn new(config: &ClientConfig) -> Self {
        let registry = config.registry.as_ref().map(ToString::to_string).unwrap_or_default();
        let file = config.cache.as_ref().map(|folder| folder.join(FILE));
        Self { registry, file, memory: Mutex::default() }
    }

    /// The grant that is held for a reading and has not ended.
    pub(crate) async fn held(&self, reading: &Reading) -> Option<Held> {
        let key = self.key(reading);
        let counts = |held: &Held| held.ends > now();
        if let Some(held) = self.memory().get(&key) {
            return Some(held.clone()).filter(counts);
        }
        let held = self.document().await.grants.remove(&key).filter(counts)?;
        self.memory().insert(key, held.clone());
        Some(held)
    }

    /// Fetches the grant of the agreement that a reading goes by; nothing where there is none.
    pub(crate) async fn fetch(
        &self,
        registry: &RegistryClient,
        reading: &Reading,
    ) -> Result<Option<Held>, ClientError> {
        let query = AgreementQuery {
            consumer: Some(reading.consumer.clone()),
            product: Some(reading.address.clone()),
            state: Some(AgreementState::Accepted),
        };
        let agreements = registry.agreements(&query).await?;
        let Some(agreement) = best(agreements, reading) else { return Ok(None) };
        let IssuedGrant { grant, expires_at, .. } = registry.grant(&agreement.id).await?;
        let fetched = now();
        // A registry that writes a time of another form has still signed it: the port knows when it ends.
        let ends = unix(&expires_at).unwrap_or(fetched.saturating_add(60));
        let held = Held { grant, fetched, ends };
        self.keep(reading, &held).await;
        Ok(Some(held))
    }

    /// Lets go of a grant that a port did not take.
    pub(crate) fn drop_held(&self, reading: &Reading) {
        self.memory().remove(&self.key(reading));
    }

    async fn keep(&self, reading: &Reading, held: &Held) {
        let key = self.key(reading);
        self.memory().insert(key.clone(), held.clone());
        let Some(file) = &self.file else { return };
        let mut document = self.document().await;
        document.mesh = FORMAT;
        document.grants.retain(|_, held| held.ends > now());
        document.grants.insert(key, held.clone());
        if let Err(error) = kept::write(file, &document).await {
            tracing::warn!(file = %file.display(), %error, "a grant cannot be kept; without a registry this program will not read after a restart");
        }
    }

    /// What is in the file. One that cannot be read is made anew: all it holds can be fetched again.
    async fn document(&self) -> Document {
        let Some(file) = &self.file else { return Document::default() };
        match kept::read::<Document>(file).await {
            Ok(Some(document)) if document.mesh == FORMAT => document,
            Ok(_) => Document::default(),
            Err(error) => {
                tracing::warn!(file = %file.display(), %error, "the grants that were kept cannot be read; they are fetched anew");
                Document::default()
            }
        }
    }

    fn key(&self, reading: &Reading) -> String {
        let Reading { consumer, environment, address, purpose } = reading;
        let purpose = purpose.as_deref().unwrap_or("*");
        format!("{} {consumer} {environment} {address} {purpose}", self.registry)
    }

    fn memory(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Held>> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Of the agreements that fit, the one that lasts longest.
fn best(agreements: Vec<Agreement>, reading: &Reading) -> Option<Agreement> {
    let fits = |agreement: &Agreement| {
        agreement.state == AgreementState::Accepted
            && agreement.consumer == reading.consumer
            && agreement.address == reading.address
            && agreement.environment == reading.environment
            && reading.purpose.as_ref().is_none_or(|purpose| agreement.purpose == *purpose)
    };
    let until = |agreement: &Agreement| agreement.agreed.as_ref().unwrap_or(&agreement.asked).until;
    agreements.into_iter().filter(fits).max_by_key(until)
}

pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// The seconds since 1970 of a moment as RFC 3339 writes it in UTC.
fn unix(moment: &str) -> Option<u64> {
    let (day, time) = moment.strip_suffix('Z')?.split_once('T')?;
    let day: Day = day.parse().ok()?;
    let mut parts = time.split('.').next()?.split(':').map(|part| part.parse::<u64>().ok());
    let (hours, minutes, seconds) = (parts.next()??, parts.next()??, parts.next()??);
    Some(u64::try_from(day.unix_days()).ok()? * 86_400 + hours * 3_600 + minutes * 60 + seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_as_it_is_written() {
        assert_eq!(unix("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(unix("2026-11-27T11:59:59Z"), Some(1_795_780_799));
        assert_eq!(unix("2026-11-27T11:59:59.123Z"), Some(1_795_780_799));
        for wrong in ["", "2026-11-27", "2026-11-27T11:59:59+01:00", "2026-11-27T11:59Z", "TZ"] {
            assert_eq!(unix(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_grant_is_renewed_when_a_quarter_of_its_life_is_left() {
        let held = Held { grant: "secret".to_owned(), fetched: 1_000, ends: 2_000 };
        assert!(!held.nears_its_end(1_749) && held.nears_its_end(1_750) && held.nears_its_end(9_999));
        assert!(!format!("{held:?}").contains("secret"));
    }
}
