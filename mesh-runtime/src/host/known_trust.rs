//! What the registry told last of whose grants count, kept on disk too, so that grants are believed while it is away and after
//! a restart without it.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use mesh_contract::DomainName;
use mesh_contract::wire::Trust;
use serde::{Deserialize, Serialize};

use crate::client::{ClientConfig, ClientError, Fetched, RegistryClient, kept};

/// The version of the file's format.
const FORMAT: u32 = 1;

/// What the registry told last, or nothing where no registry has told anything.
#[derive(Debug)]
pub(crate) struct KnownTrust {
    registry: String,
    domain: DomainName,
    file: Option<PathBuf>,
    told: RwLock<Option<Arc<Told>>>,
}

#[derive(Debug)]
struct Told {
    trust: Arc<Trust>,
    tag: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Document {
    mesh: u32,
    /// Whose word it is: that of another registry counts for nothing.
    registry: String,
    domain: DomainName,
    trust: Trust,
}

impl KnownTrust {
    /// What was kept of the registry that a host is told to use.
    pub(crate) async fn load(config: &ClientConfig, domain: &DomainName) -> Self {
        let registry = config.registry.as_ref().map(ToString::to_string).unwrap_or_default();
        let file = config.cache.as_ref().map(|folder| folder.join(format!("trust-{domain}.json")));
        let mut told = None;
        if let Some(file) = &file {
            match kept::read::<Document>(file).await {
                Ok(Some(known))
                    if known.mesh == FORMAT && known.registry == registry && known.domain == *domain =>
                {
                    // Without a tag: what was written before may be of another release, so it is fetched anew.
                    told = Some(Arc::new(Told { trust: Arc::new(known.trust), tag: None }));
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(file = %file.display(), %error, "whose grants count cannot be read; it is learned anew from the registry");
                }
            }
        }
        Self { registry, domain: domain.clone(), file, told: RwLock::new(told) }
    }

    /// Whose grants count; nothing where no registry has told.
    pub(crate) fn get(&self) -> Option<Arc<Trust>> {
        self.told().map(|told| Arc::clone(&told.trust))
    }

    fn told(&self) -> Option<Arc<Told>> {
        self.told.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks the registry. What it does not say stays as it was; a registry that knows of no grants takes back what it said.
    pub(crate) async fn renew(&self, registry: &RegistryClient) {
        let told = self.told();
        match registry.trust(&self.domain, told.as_ref().and_then(|told| told.tag.as_deref())).await {
            Ok(Fetched::Same) => {}
            Ok(Fetched::New(trust, tag)) => {
                if told.as_ref().is_none_or(|told| *told.trust != trust) {
                    let (keys, revoked) = (trust.keys.len(), trust.revoked.len());
                    tracing::info!(target: "mesh::access", issuer = trust.issuer, keys, revoked, "whose grants count is told anew");
                    self.keep(&trust).await;
                }
                self.set(Some(Told { trust: Arc::new(trust), tag }));
            }
            Err(error) if is_unknown(&error) => {
                if told.is_some() {
                    tracing::warn!(target: "mesh::access", "the registry knows of no grants any more; none counts");
                    self.set(None);
                    self.forget().await;
                }
            }
            Err(error) => {
                tracing::warn!(target: "mesh::access", %error, "the registry does not tell whose grants count; what it told last counts");
            }
        }
    }

    fn set(&self, told: Option<Told>) {
        *self.told.write().unwrap_or_else(PoisonError::into_inner) = told.map(Arc::new);
    }

    async fn keep(&self, trust: &Trust) {
        let Some(file) = &self.file else { return };
        let document = Document {
            mesh: FORMAT,
            registry: self.registry.clone(),
            domain: self.domain.clone(),
            trust: trust.clone(),
        };
        if let Err(error) = kept::write(file, &document).await {
            tracing::warn!(file = %file.display(), %error, "whose grants count cannot be kept; after a restart without a registry no grant is believed");
        }
    }

    async fn forget(&self) {
        let Some(file) = &self.file else { return };
        let gone = tokio::fs::remove_file(file).await;
        if let Err(error) = gone
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(file = %file.display(), %error, "whose grants counted cannot be forgotten; remove the file");
        }
    }
}

/// Whether a registry has no such thing as grants: it is older, or open.
fn is_unknown(error: &ClientError) -> bool {
    match error {
        ClientError::NotMesh { status, .. } => *status == 404,
        other => other.problem().is_some_and(|problem| problem.status == 404),
    }
}
