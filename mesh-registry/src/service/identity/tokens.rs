//! Tokens: made, listed, revoked.

use chrono::Days;
use mesh_contract::wire::{MadeToken, MakeToken, Page, TokenScope, TokenSummary};

use super::super::lookup::rfc3339;
use super::super::{Registry, ServiceError, Window};
use super::secret::Secret;
use super::session::signed_in_by;
use super::{check_principal, closed_only, kept, may_manage};
use crate::access::{Action, Denied, Identity};
use crate::store::{Credential, CredentialKind, CredentialQuery};

/// How long a token lasts at most, in days.
const LONGEST_LIFE: u32 = 400;
/// As long as its label may be.
const LONGEST_LABEL: usize = 100;
/// As many entries as each part of a scope may have.
const LARGEST_SCOPE: usize = 100;

impl Registry {
    /// Makes a token: for whoever asks, for a machine of a domain whose owner asks, or for anybody where an administrator does.
    ///
    /// # Errors
    /// When the caller may not, or what is asked for is not of the right form.
    pub async fn make_token(
        &self,
        caller: &Identity,
        make: MakeToken,
        request_id: Option<String>,
    ) -> Result<MadeToken, ServiceError> {
        closed_only(caller)?;
        let MakeToken { label, principal, scope, days } = make;
        let principal = principal.unwrap_or_else(|| caller.principal().to_owned());
        check_principal(&principal)?;
        if principal != caller.principal() {
            may_manage(caller, &principal)?;
        }
        // A token that is bounded must not beget one that is not.
        if *caller.scope() != TokenScope::default() {
            let beyond = "making tokens".to_owned();
            return Err(Denied::OutOfScope { action: Action::BeSomebody, beyond }.into());
        }
        check(&label, &scope, days)?;
        let secret = Secret::make(caller.tenant()).map_err(kept)?;
        let made_at = self.store.now();
        let credential = Credential {
            id: secret.id.clone(),
            kind: CredentialKind::Token,
            hash: secret.hash(),
            principal,
            label,
            scope,
            made_by: caller.principal().to_owned(),
            made_at,
            expires_at: made_at + Days::new(u64::from(days)),
            used_at: None,
        };
        let summary = summary(credential.clone());
        self.store.put_credential(caller.tenant(), credential, request_id).await.map_err(kept)?;
        Ok(MadeToken { token: secret.expose(), summary })
    }

    /// The tokens of whoever asks, or of another principal that they manage.
    ///
    /// # Errors
    /// When the caller may not see them.
    pub async fn tokens(
        &self,
        caller: &Identity,
        principal: Option<&str>,
        window: &Window,
    ) -> Result<Page<TokenSummary>, ServiceError> {
        closed_only(caller)?;
        let principal = principal.unwrap_or_else(|| caller.principal());
        if principal != caller.principal() {
            may_manage(caller, principal)?;
        }
        let query = CredentialQuery {
            principal: Some(principal.to_owned()),
            kind: Some(CredentialKind::Token),
            after: window.after::<String>()?,
            limit: window.limit() + 1,
        };
        let found = self.store.credentials(caller.tenant(), &query).await.map_err(kept)?;
        Ok(window.page(found.into_iter().map(summary).collect(), |token| token.id.clone()))
    }

    /// Revokes a token, or ends somebody's session.
    ///
    /// # Errors
    /// When there is none of this name that the caller manages.
    pub async fn revoke_token(
        &self,
        caller: &Identity,
        id: &str,
        request_id: Option<String>,
    ) -> Result<(), ServiceError> {
        closed_only(caller)?;
        let known = self.store.credential(caller.tenant(), id).await.map_err(kept)?;
        // Whoever may not revoke it need not learn that it is there.
        let known = known.filter(|known| {
            let principal = &known.credential.principal;
            principal == caller.principal() || may_manage(caller, principal).is_ok()
        });
        let unknown = || ServiceError::UnknownToken { id: id.to_owned() };
        let Some(whose) = known.map(|known| known.credential.principal) else { return Err(unknown()) };
        let tenant = caller.tenant();
        let gone = self
            .store
            .remove_credential(tenant, id, caller.principal(), request_id.clone())
            .await
            .map_err(kept)?;
        self.known.forget(tenant, id);
        self.end_sessions_of(caller, &whose, id, request_id).await?;
        if gone { Ok(()) } else { Err(unknown()) }
    }

    /// Ends what was signed in by a token that counts no more.
    async fn end_sessions_of(
        &self,
        caller: &Identity,
        principal: &str,
        token: &str,
        request_id: Option<String>,
    ) -> Result<(), ServiceError> {
        let query = CredentialQuery {
            principal: Some(principal.to_owned()),
            kind: Some(CredentialKind::Session),
            after: None,
            limit: usize::from(u16::MAX),
        };
        let label = signed_in_by(token);
        let sessions = self.store.credentials(caller.tenant(), &query).await.map_err(kept)?;
        for session in sessions.into_iter().filter(|session| session.label == label) {
            let (tenant, by) = (caller.tenant(), caller.principal());
            self.store.remove_credential(tenant, &session.id, by, request_id.clone()).await.map_err(kept)?;
            self.known.forget(tenant, &session.id);
        }
        Ok(())
    }
}

#[cfg(test)]
impl Registry {
    /// A token of somebody, for tests.
    pub(crate) async fn token_of(
        &self,
        tenant: &crate::store::TenantId,
        principal: &str,
        scope: TokenScope,
    ) -> String {
        let secret = Secret::make(tenant).expect("random bits");
        let made_at = self.store.now();
        let credential = Credential {
            id: secret.id.clone(),
            kind: CredentialKind::Token,
            hash: secret.hash(),
            principal: principal.to_owned(),
            label: "a test".to_owned(),
            scope,
            made_by: "the test".to_owned(),
            made_at,
            expires_at: made_at + Days::new(1),
            used_at: None,
        };
        self.store.put_credential(tenant, credential, None).await.expect("it is kept");
        secret.expose()
    }

    /// Removes a token from the store alone, as another process does.
    pub(crate) async fn forget_token(&self, token: &str) {
        let secret = Secret::read(token).expect("a token");
        assert!(
            self.store
                .remove_credential(&secret.tenant, &secret.id, "the test", None)
                .await
                .expect("it is removed")
        );
    }
}

fn check(label: &str, scope: &TokenScope, days: u32) -> Result<(), ServiceError> {
    let invalid =
        |pointer: &str, message: String| Err(ServiceError::Invalid { pointer: pointer.to_owned(), message });
    let fits = (1..=LONGEST_LABEL).contains(&label.chars().count()) && !label.chars().any(char::is_control);
    if !fits {
        return invalid(
            "/label",
            format!("a label is 1 to {LONGEST_LABEL} characters; say what the token is for"),
        );
    }
    if !(1..=LONGEST_LIFE).contains(&days) {
        return invalid(
            "/days",
            format!("a token lasts 1 to {LONGEST_LIFE} days; make a new one before it ends"),
        );
    }
    if let Some(name) = scope.actions.iter().find(|name| Action::named(name).is_none()) {
        let name = name.chars().take(60).collect::<String>();
        return invalid("/scope/actions", format!("`{name}` is no action; docs/permissions.md has them all"));
    }
    let sizes = [scope.domains.len(), scope.actions.len(), scope.environments.len()];
    if sizes.into_iter().any(|size| size > LARGEST_SCOPE) {
        return invalid("/scope", format!("each part of a scope has at most {LARGEST_SCOPE} entries"));
    }
    Ok(())
}

fn summary(credential: Credential) -> TokenSummary {
    let Credential { id, label, principal, scope, made_by, made_at, expires_at, used_at, .. } = credential;
    TokenSummary {
        id,
        label,
        principal,
        scope,
        made_by,
        made_at: rfc3339(made_at),
        expires_at: rfc3339(expires_at),
        used_at: used_at.map(rfc3339),
    }
}
