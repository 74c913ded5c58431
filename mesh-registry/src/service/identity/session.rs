//! Sessions of browsers: begun by whoever is known, ended by them or by time.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::super::{Registry, ServiceError};
use super::secret::Secret;
use super::{Fresh, kept};
use crate::access::{Identity, Means};
use crate::store::{Credential, CredentialKind, TenantId};

/// A session that has begun.
#[derive(Debug)]
pub struct SignedIn {
    /// What the browser shows from now on.
    pub cookie: String,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

impl Registry {
    /// Begins a session for whoever shows a token; nothing where the token does not count. It ends no later than the token,
    /// and may be used for no more.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn sign_in_by_token(
        &self,
        token: &str,
        length: Duration,
        request_id: Option<String>,
    ) -> Result<Option<SignedIn>, ServiceError> {
        let Some(identity) = self.identify(CredentialKind::Token, token, Fresh::Now).await? else {
            return Ok(None);
        };
        let Means::Token(id) = identity.means() else { return Ok(None) };
        let until = match self.store.credential(identity.tenant(), id).await.map_err(kept)? {
            Some(known) => known.credential.expires_at,
            None => return Ok(None),
        };
        let label = signed_in_by(id);
        self.begin_session(&identity, &label, length, Some(until), request_id).await.map(Some)
    }

    /// Begins a session for somebody who was found out by other means.
    ///
    /// # Errors
    /// When the store does not answer.
    pub(crate) async fn begin_session(
        &self,
        identity: &Identity,
        label: &str,
        length: Duration,
        until: Option<DateTime<Utc>>,
        request_id: Option<String>,
    ) -> Result<SignedIn, ServiceError> {
        let secret = Secret::make(identity.tenant()).map_err(kept)?;
        let now = self.store.now();
        let length = TimeDelta::from_std(length).unwrap_or(TimeDelta::MAX);
        let end = now.checked_add_signed(length).unwrap_or(DateTime::<Utc>::MAX_UTC);
        let expires_at = until.map_or(end, |until| until.min(end));
        let credential = Credential {
            id: secret.id.clone(),
            kind: CredentialKind::Session,
            hash: secret.hash(),
            principal: identity.principal().to_owned(),
            label: label.to_owned(),
            scope: identity.scope().clone(),
            made_by: identity.principal().to_owned(),
            made_at: now,
            expires_at,
            used_at: Some(now),
        };
        self.store.put_credential(identity.tenant(), credential, request_id).await.map_err(kept)?;
        Ok(SignedIn { cookie: secret.expose(), expires_at })
    }

    /// Ends a session. Ending one that is over is no error.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn sign_out(
        &self,
        tenant: &TenantId,
        identity: &Identity,
        request_id: Option<String>,
    ) -> Result<(), ServiceError> {
        let Means::Session(id) = identity.means() else { return Ok(()) };
        self.store.remove_credential(tenant, id, identity.principal(), request_id).await.map_err(kept)?;
        self.known.forget(tenant, id);
        Ok(())
    }
}

/// What a session is called that was begun by a token: it ends when the token is revoked.
pub(super) fn signed_in_by(token: &str) -> String {
    format!("signed in by the token {token}")
}
