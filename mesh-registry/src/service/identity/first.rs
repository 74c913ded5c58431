//! The first administrator of a tenant, without whom nobody could say who is who.

use chrono::Days;
use mesh_contract::wire::{Holding, Role, TokenScope};

use super::super::{Registry, ServiceError};
use super::kept;
use super::secret::Secret;
use crate::store::{Credential, CredentialKind, Members, Membership, TenantId};

/// What the first administrator is called.
const FIRST: &str = "administrator";
/// How long the first token lasts: long enough to make others, and not for ever.
const DAYS: u64 = 90;

impl Registry {
    /// Whether nobody runs the platform yet.
    ///
    /// # Errors
    /// When the store does not answer.
    pub(crate) async fn lacks_administrator(&self, tenant: &TenantId) -> Result<bool, ServiceError> {
        let members = self.store.members(tenant, &Members::Platform).await.map_err(kept)?;
        Ok(!members.iter().any(|member| member.holding.role == Role::Administrator))
    }

    /// Makes the first administrator, once `keep` has kept the token where its owner finds it; and says whether it did. It does
    /// not where there is an administrator, also one that another process makes at the same time.
    ///
    /// # Errors
    /// When the store does not answer, or what `keep` says.
    pub(crate) async fn make_first_administrator<E: From<ServiceError>>(
        &self,
        tenant: &TenantId,
        keep: impl FnOnce(&str) -> Result<(), E>,
    ) -> Result<bool, E> {
        let (secret, membership, credential) = self.administrator(tenant, "the first start")?;
        // A token that nobody can find must not be the only one there is.
        keep(&secret)?;
        let made = self.store.put_first_administrator(tenant, membership, credential).await;
        Ok(made.map_err(kept)?)
    }

    /// Makes an administrator of a tenant, whoever is one already, once `keep` has kept the token.
    ///
    /// # Errors
    /// When the store does not answer, or what `keep` says.
    pub(crate) async fn make_administrator<E: From<ServiceError>>(
        &self,
        tenant: &TenantId,
        keep: impl FnOnce(&str) -> Result<(), E>,
    ) -> Result<(), E> {
        let (secret, membership, credential) = self.administrator(tenant, "whoever has the store")?;
        keep(&secret)?;
        self.store.put_member(tenant, membership, None).await.map_err(kept)?;
        self.store.put_credential(tenant, credential, None).await.map_err(kept)?;
        Ok(())
    }

    /// An administrator with a token: its text, what they are, and what is kept of it.
    fn administrator(
        &self,
        tenant: &TenantId,
        by: &str,
    ) -> Result<(String, Membership, Credential), ServiceError> {
        let secret = Secret::make(tenant).map_err(kept)?;
        let now = self.store.now();
        let holding = Holding { role: Role::Administrator, domain: None };
        let membership = Membership { principal: FIRST.to_owned(), holding, by: by.to_owned(), since: now };
        let credential = Credential {
            id: secret.id.clone(),
            kind: CredentialKind::Token,
            hash: secret.hash(),
            principal: FIRST.to_owned(),
            label: format!("made by {by}"),
            scope: TokenScope::default(),
            made_by: by.to_owned(),
            made_at: now,
            expires_at: now + Days::new(DAYS),
            used_at: None,
        };
        Ok((secret.expose(), membership, credential))
    }
}
