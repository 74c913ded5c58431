//! What a store keeps of who is known and what they are.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use mesh_contract::wire::{Holding, TokenScope};
use mesh_contract::{Digest, DomainName};

use super::{StoreError, TenantId};

/// How many credentials a tenant has at most, sessions included.
pub(crate) const CREDENTIALS: usize = 100_000;

/// How long a credential that has run out is still listed, so that people see what became of it.
pub(crate) const REMEMBERED_DAYS: u64 = 30;

/// What sort of thing somebody shows to be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CredentialKind {
    /// A token, which a program sends.
    Token,
    /// A session, whose cookie a browser sends.
    Session,
}

impl CredentialKind {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Session => "session",
        }
    }
}

/// A text that names no sort of credential.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no sort of credential")]
pub struct CredentialKindError {
    /// What was written.
    pub text: String,
}

impl std::str::FromStr for CredentialKind {
    type Err = CredentialKindError;

    fn from_str(text: &str) -> Result<Self, CredentialKindError> {
        let all = [Self::Token, Self::Session];
        let named = all.into_iter().find(|kind| kind.as_str() == text);
        named.ok_or_else(|| CredentialKindError { text: text.to_owned() })
    }
}

/// What somebody shows to be known, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// Its name, which is no secret.
    pub id: String,
    /// What sort it is.
    pub kind: CredentialKind,
    /// The digest of its secret.
    pub hash: Digest,
    /// Whose it is.
    pub principal: String,
    /// What it is for, in words.
    pub label: String,
    /// What it may be used for.
    pub scope: TokenScope,
    /// Who made it.
    pub made_by: String,
    /// When.
    pub made_at: DateTime<Utc>,
    /// From when on it counts no more.
    pub expires_at: DateTime<Utc>,
    /// When it was used last, within some minutes.
    pub used_at: Option<DateTime<Utc>>,
}

/// A credential with what its principal is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The credential.
    pub credential: Credential,
    /// The roles that its principal holds, sorted.
    pub holdings: Vec<Holding>,
}

/// Which credentials.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CredentialQuery {
    /// Of this principal only.
    pub principal: Option<String>,
    /// Of this sort only.
    pub kind: Option<CredentialKind>,
    /// Behind this one.
    pub after: Option<String>,
    /// So many at most.
    pub limit: usize,
}

/// That somebody is something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// Who.
    pub principal: String,
    /// What they are.
    pub holding: Holding,
    /// Who said so.
    pub by: String,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// Whose memberships.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Members {
    /// Of those who work for a domain.
    Domain(DomainName),
    /// Of those who run and audit the platform.
    Platform,
    /// Of one principal.
    Principal(String),
}

/// What came of taking a role back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// They hold it no more.
    Done,
    /// They did not hold it.
    NotHeld,
    /// Nobody else is administrator, and a platform that nobody runs could never be run again.
    LastAdministrator,
}

/// Where it is kept who is known.
#[async_trait]
pub trait IdentityStore: std::fmt::Debug + Send + Sync + 'static {
    /// Makes the first administrator of a tenant with a credential, and says whether it did: it does not where there is an
    /// administrator already.
    async fn put_first_administrator(
        &self,
        tenant: &TenantId,
        membership: Membership,
        credential: Credential,
    ) -> Result<bool, StoreError>;

    /// Keeps a credential. Those that ran out a month ago are forgotten on the way.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`] when there is one of this name; [`StoreError::Full`].
    async fn put_credential(
        &self,
        tenant: &TenantId,
        credential: Credential,
        request_id: Option<String>,
    ) -> Result<(), StoreError>;

    /// A credential and what its principal is now, whether or not it has run out.
    async fn credential(&self, tenant: &TenantId, id: &str) -> Result<Option<Known>, StoreError>;

    /// Credentials by name.
    async fn credentials(
        &self,
        tenant: &TenantId,
        query: &CredentialQuery,
    ) -> Result<Vec<Credential>, StoreError>;

    /// Forgets a credential, and says whether there was one. `by` is who asked.
    async fn remove_credential(
        &self,
        tenant: &TenantId,
        id: &str,
        by: &str,
        request_id: Option<String>,
    ) -> Result<bool, StoreError>;

    /// Notes that a credential was used now.
    async fn touch_credential(&self, tenant: &TenantId, id: &str) -> Result<(), StoreError>;

    /// Says that somebody is something, and whether that is news.
    async fn put_member(
        &self,
        tenant: &TenantId,
        membership: Membership,
        request_id: Option<String>,
    ) -> Result<bool, StoreError>;

    /// Says that somebody is something no more. `by` is who asked.
    async fn remove_member(
        &self,
        tenant: &TenantId,
        principal: &str,
        holding: &Holding,
        by: &str,
        request_id: Option<String>,
    ) -> Result<Removal, StoreError>;

    /// Who is what, by principal, domain and role.
    async fn members(&self, tenant: &TenantId, whose: &Members) -> Result<Vec<Membership>, StoreError>;
}

/// Who is what, as the audit tells it.
pub(super) fn told(principal: &str, holding: &Holding) -> String {
    match &holding.domain {
        Some(domain) => format!("{principal} as {} of {domain}", holding.role),
        None => format!("{principal} as {}", holding.role),
    }
}
