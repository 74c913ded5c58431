//! Finding out who somebody is by what they show.

use std::sync::Arc;
use std::time::Instant;

use chrono::TimeDelta;
use quick_cache::sync::Cache;

use super::super::{Registry, ServiceError};
use super::secret::Secret;
use super::{LATELY, kept};
use crate::access::{Identity, Means};
use crate::store::{CredentialKind, Known, TenantId};

/// How many credentials are remembered.
const REMEMBERED: usize = 10_000;
/// How exactly it is noted when a credential was used last.
const NOTED: TimeDelta = TimeDelta::minutes(5);

/// How fresh the knowledge must be that a decision is based on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fresh {
    /// What the store says now: for whatever changes something.
    Now,
    /// What it said within the last second.
    Lately,
}

/// What the store said of credentials lately.
#[derive(Debug)]
pub(in super::super) struct KnownCache(Cache<(TenantId, String), (Instant, Arc<Known>)>);

impl Default for KnownCache {
    fn default() -> Self {
        Self(Cache::new(REMEMBERED))
    }
}

impl KnownCache {
    fn lately(&self, key: &(TenantId, String)) -> Option<Arc<Known>> {
        let (since, known) = self.0.get(key)?;
        (since.elapsed() < LATELY).then_some(known)
    }

    fn put(&self, key: (TenantId, String), known: &Arc<Known>) {
        self.0.insert(key, (Instant::now(), Arc::clone(known)));
    }

    /// Forgets one that was revoked here, so that it counts no more from this moment on.
    pub(super) fn forget(&self, tenant: &TenantId, id: &str) {
        self.0.remove(&(tenant.clone(), id.to_owned()));
    }

    /// Forgets all, where many may have changed.
    pub(super) fn clear(&self) {
        self.0.clear();
    }
}

impl Registry {
    /// Who shows this token, or the cookie of this session; nothing where it counts no more or never did.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn identify(
        &self,
        kind: CredentialKind,
        shown: &str,
        fresh: Fresh,
    ) -> Result<Option<Identity>, ServiceError> {
        let Some(secret) = Secret::read(shown) else { return Ok(None) };
        let key = (secret.tenant.clone(), secret.id.clone());
        let known = match (fresh, self.known.lately(&key)) {
            (Fresh::Lately, Some(known)) => known,
            _ => match self.store.credential(&key.0, &key.1).await.map_err(kept)? {
                Some(known) => {
                    let known = Arc::new(known);
                    self.known.put(key, &known);
                    known
                }
                None => return Ok(None),
            },
        };
        let Known { credential, holdings } = &*known;
        let now = self.store.now();
        if credential.kind != kind || !secret.is(&credential.hash) || credential.expires_at <= now {
            return Ok(None);
        }
        if credential.used_at.is_none_or(|used_at| now - used_at >= NOTED) {
            self.note_use(&secret, &known).await;
        }
        let id = Arc::from(credential.id.as_str());
        let means = match kind {
            CredentialKind::Token => Means::Token(id),
            CredentialKind::Session => Means::Session(id),
        };
        let scope = credential.scope.clone();
        Ok(Some(Identity::new(secret.tenant, means, &credential.principal, holdings.clone(), scope)))
    }

    /// Notes that a credential was used. Nobody is refused because that could not be noted.
    async fn note_use(&self, secret: &Secret, known: &Arc<Known>) {
        let mut noted = Known::clone(known);
        noted.credential.used_at = Some(self.store.now());
        // First, so that those who come meanwhile do not note it as well.
        self.known.put((secret.tenant.clone(), secret.id.clone()), &Arc::new(noted));
        if let Err(error) = self.store.touch_credential(&secret.tenant, &secret.id).await {
            tracing::debug!(id = secret.id, %error, "when a credential was used last could not be noted");
        }
    }
}
