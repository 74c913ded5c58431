//! The keys that grants are signed with, and what ports need to believe them. A tenant's key is made when it is needed first;
//! its private half is read by whoever signs, and shown to nobody.

use mesh_contract::DomainName;
use mesh_contract::grant::SigningKey;
use mesh_contract::wire::{PublicKey, Trust};

use super::ROUNDS;
use crate::service::{Registry, ServiceError};
use crate::store::{NewSigningKey, SigningKeyRecord, SigningSecret, StoreError, TenantId};

impl Registry {
    /// What the ports of a domain need to believe grants: the keys that count, and the grants that count no more.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn trust(&self, tenant: &TenantId, domain: &DomainName) -> Result<Trust, ServiceError> {
        // Before anything is signed with it, so that a port that cannot ask later on has it.
        self.signing_key(tenant).await?;
        let today = self.today();
        let keys = self.store.signing_keys(tenant).await.map_err(ServiceError::Store)?;
        let trusted = keys.iter().filter(|key| key.trusted_until.is_none_or(|until| until >= today));
        Ok(Trust {
            issuer: self.issuer.to_string(),
            tenant: tenant.to_string(),
            keys: trusted.map(|key| Ok(read(key)?.public())).collect::<Result<_, ServiceError>>()?,
            revoked: self.store.revoked_grants(tenant, domain).await.map_err(ServiceError::Store)?,
        })
    }

    /// Makes a key that signs from now on. The one before is believed until the last grant under it has ended.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn rotate_signing_key(
        &self,
        tenant: &TenantId,
        request_id: Option<String>,
    ) -> Result<PublicKey, ServiceError> {
        let keys = self.store.signing_keys(tenant).await.map_err(ServiceError::Store)?;
        let signs = keys.into_iter().find(|key| key.trusted_until.is_none()).map(|key| key.kid);
        match self.make_key(tenant, signs, request_id).await? {
            Some(key) => Ok(key.public()),
            // Somebody else has made one at the same time, which is as new.
            None => Ok(self.signing_key(tenant).await?.public()),
        }
    }

    /// The key that signs, made if there is none.
    pub(super) async fn signing_key(&self, tenant: &TenantId) -> Result<SigningKey, ServiceError> {
        for _ in 0..ROUNDS {
            let keys = self.store.signing_keys(tenant).await.map_err(ServiceError::Store)?;
            if let Some(key) = keys.iter().find(|key| key.trusted_until.is_none()) {
                return read(key);
            }
            if let Some(key) = self.make_key(tenant, None, None).await? {
                return Ok(key);
            }
        }
        Err(ServiceError::Store(StoreError::unavailable("no key to sign with stays")))
    }

    /// Makes a key in place of the one that was seen to sign; nothing when another one signs by now.
    async fn make_key(
        &self,
        tenant: &TenantId,
        instead_of: Option<String>,
        request_id: Option<String>,
    ) -> Result<Option<SigningKey>, ServiceError> {
        let mut random = [0; 32];
        getrandom::fill(&mut random).map_err(|error| ServiceError::Store(StoreError::unavailable(error)))?;
        let key = SigningKey::generate(random);
        let kid = key.public().kid;
        let secret = SigningSecret(key.to_bytes().to_vec());
        let new = NewSigningKey { kid: kid.clone(), secret, instead_of, request_id };
        match self.store.add_signing_key(tenant, new).await {
            Ok(()) => {
                tracing::info!(%tenant, kid, "grants are signed with a new key");
                Ok(Some(key))
            }
            Err(StoreError::Conflict { .. }) => Ok(None),
            Err(error) => Err(ServiceError::Store(error)),
        }
    }
}

fn read(key: &SigningKeyRecord) -> Result<SigningKey, ServiceError> {
    SigningKey::from_bytes(&key.secret.0).map_err(|error| ServiceError::Store(StoreError::unavailable(error)))
}
