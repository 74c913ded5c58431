//! Who one is to a registry, who works for whom, and the tokens of programs.

use mesh_contract::DomainName;
use mesh_contract::wire::{AuditBatch, MadeToken, MakeToken, Member, Role, TokenSummary, WhoAmI};
use reqwest::Method;

use super::{ClientError, RegistryClient};

/// What every method of this file may say.
type Answer<T> = Result<T, ClientError>;

impl RegistryClient {
    /// Who the registry takes this client for.
    ///
    /// # Errors
    /// When the registry is closed and does not know the token that is set, or does not answer.
    pub async fn who_am_i(&self) -> Answer<WhoAmI> {
        self.get(&["whoami"], &[]).await
    }

    /// Every decision, in sealed batches.
    ///
    /// # Errors
    /// When one is no auditor, or the registry does not answer.
    pub async fn audit_batches(&self) -> Answer<Vec<AuditBatch>> {
        self.all(&["audit", "batches"], &[]).await
    }

    /// Makes a token.
    ///
    /// # Errors
    /// When it is not to be had, or the registry does not answer.
    pub async fn make_token(&self, make: &MakeToken) -> Answer<MadeToken> {
        self.post_once(&["tokens"], make).await
    }

    /// One's own tokens, or those of a principal that one manages.
    ///
    /// # Errors
    /// When one may not see them, or the registry does not answer.
    pub async fn tokens(&self, principal: Option<&str>) -> Answer<Vec<TokenSummary>> {
        let pairs: Vec<_> = principal.map(|name| ("principal", name.to_owned())).into_iter().collect();
        self.all(&["tokens"], &pairs).await
    }

    /// Revokes a token by its name.
    ///
    /// # Errors
    /// When there is none that one may revoke, or the registry does not answer.
    pub async fn revoke_token(&self, id: &str) -> Answer<()> {
        self.delete(&["tokens", id]).await
    }

    /// Who works for a domain; or, without one, who runs and audits the platform.
    ///
    /// # Errors
    /// When the registry does not answer.
    pub async fn members(&self, domain: Option<&DomainName>) -> Answer<Vec<Member>> {
        match domain {
            Some(domain) => self.all(&["domains", domain.as_str(), "members"], &[]).await,
            None => self.all(&["platform", "members"], &[]).await,
        }
    }

    /// Says that somebody is something.
    ///
    /// # Errors
    /// When one may not say so, or the registry does not answer.
    pub async fn add_member(&self, domain: Option<&DomainName>, role: Role, principal: &str) -> Answer<()> {
        self.tell(Method::PUT, &member(domain, role, principal)).await
    }

    /// Says that somebody is something no more.
    ///
    /// # Errors
    /// When they are not, one may not say so, or the registry does not answer.
    pub async fn remove_member(
        &self,
        domain: Option<&DomainName>,
        role: Role,
        principal: &str,
    ) -> Answer<()> {
        self.delete(&member(domain, role, principal)).await
    }
}

fn member<'p>(domain: Option<&'p DomainName>, role: Role, principal: &'p str) -> Vec<&'p str> {
    let place = match domain {
        Some(domain) => vec!["domains", domain.as_str()],
        None => vec!["platform"],
    };
    place.into_iter().chain(["members", role.as_str(), principal]).collect()
}
