//! The addresses that the registry told last, for the time when none answers.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use mesh_contract::{Address, ContractVersion, Digest, EnvironmentName, Requirement};
use serde::{Deserialize, Serialize};

use super::ClientConfig;

/// The version of the file's format.
const FORMAT: u32 = 1;
const FILE: &str = "last-known.json";

/// Where a product was served when the registry was last asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Known {
    pub(crate) version: ContractVersion,
    pub(crate) digest: Digest,
    pub(crate) endpoints: Vec<KnownEndpoint>,
}

/// One place where it was served.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KnownEndpoint {
    pub(crate) version: ContractVersion,
    pub(crate) digest: Digest,
    pub(crate) records: String,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Document {
    mesh: u32,
    entries: BTreeMap<String, Known>,
}

/// What was last known, in memory and, where a folder is set, in a file that outlives the process.
#[derive(Debug)]
pub(crate) struct LastKnown {
    registry: String,
    file: Option<PathBuf>,
    memory: Mutex<BTreeMap<String, Known>>,
}

impl LastKnown {
    pub(crate) fn new(config: &ClientConfig) -> Self {
        let registry = config.registry.as_ref().map(ToString::to_string).unwrap_or_default();
        let file = config.cache.as_ref().map(|folder| folder.join(FILE));
        Self { registry, file, memory: Mutex::default() }
    }

    pub(crate) async fn get(
        &self,
        environment: &EnvironmentName,
        address: &Address,
        requirement: &Requirement,
    ) -> Option<Known> {
        let key = self.key(environment, address, requirement);
        if let Some(known) = self.memory().get(&key) {
            return Some(known.clone());
        }
        let file = self.file.as_ref()?;
        match read(file).await {
            Ok(mut document) => document.entries.remove(&key),
            Err(error) => {
                tracing::warn!(file = %file.display(), %error, "the last known addresses cannot be read; they are learned anew");
                None
            }
        }
    }

    pub(crate) async fn put(
        &self,
        environment: &EnvironmentName,
        address: &Address,
        requirement: &Requirement,
        known: Known,
    ) {
        let key = self.key(environment, address, requirement);
        if self.memory().insert(key.clone(), known.clone()).as_ref() == Some(&known) {
            return;
        }
        let Some(file) = &self.file else { return };
        // A file that cannot be read is made anew: all it holds can be learned again.
        let mut document = read(file).await.unwrap_or_default();
        document.mesh = FORMAT;
        document.entries.insert(key, known);
        if let Err(error) = write(file, &document).await {
            tracing::warn!(file = %file.display(), %error, "the last known addresses cannot be kept; without a registry this program will not find them after a restart");
        }
    }

    fn key(&self, environment: &EnvironmentName, address: &Address, requirement: &Requirement) -> String {
        format!("{} {environment} {address}@{requirement}", self.registry)
    }

    fn memory(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Known>> {
        self.memory.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

async fn read(file: &Path) -> io::Result<Document> {
    let bytes = match tokio::fs::read(file).await {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Document::default()),
        Err(error) => return Err(error),
    };
    let document: Document = serde_json::from_slice(&bytes)?;
    if document.mesh == FORMAT { Ok(document) } else { Ok(Document::default()) }
}

/// Written beside and moved into place, so that no reader sees half of it.
async fn write(file: &Path, document: &Document) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        tokio::fs::create_dir_all(folder).await?;
    }
    let beside = file.with_extension(format!("{}.tmp", std::process::id()));
    tokio::fs::write(&beside, serde_json::to_vec_pretty(document)?).await?;
    tokio::fs::rename(&beside, file).await
}
