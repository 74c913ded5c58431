//! What becomes of versions once they are published, and who owns a domain.

use mesh_contract::wire::{
    AcceptDomain, Campaign, Deprecate, MoveLine, OfferDomain, Ownership, ProductDetail, Retire, Yank,
};
use mesh_contract::{Address, ContractVersion, DomainName, Line, Scope};
use reqwest::Method;

use super::{ClientError, RegistryClient};

/// What every method of this file may say.
type Answer<T> = Result<T, ClientError>;

impl RegistryClient {
    /// Says that nobody new is to bind to a version.
    ///
    /// # Errors
    /// When there is no such version, or the registry does not answer.
    pub async fn yank(
        &self,
        address: &Address,
        version: &ContractVersion,
        body: &Yank,
    ) -> Answer<ProductDetail> {
        self.put(&["products", &address.to_string(), "yanks", &version.to_string()], &[], body).await
    }

    /// Offers a yanked version again.
    ///
    /// # Errors
    /// As [`Self::yank`].
    pub async fn unyank(&self, address: &Address, version: &ContractVersion) -> Answer<ProductDetail> {
        self.call(Method::DELETE, &["products", &address.to_string(), "yanks", &version.to_string()]).await
    }

    /// Says until when versions stay.
    ///
    /// # Errors
    /// When there are no such versions, the body makes no sense, or the registry does not answer.
    pub async fn deprecate(&self, address: &Address, scope: &Scope, body: &Deprecate) -> Answer<Campaign> {
        self.put(&["products", &address.to_string(), "deprecations", &scope.to_string()], &[], body).await
    }

    /// Who still reads deprecated versions.
    ///
    /// # Errors
    /// When exactly this was not deprecated, or the registry does not answer.
    pub async fn campaign(&self, address: &Address, scope: &Scope) -> Answer<Campaign> {
        self.get(&["products", &address.to_string(), "deprecations", &scope.to_string()], &[]).await
    }

    /// Every deprecation that is under way.
    ///
    /// # Errors
    /// When the registry does not answer.
    pub async fn campaigns(&self) -> Answer<Vec<Campaign>> {
        self.all(&["deprecations"], &[]).await
    }

    /// Says that deprecated versions stay after all.
    ///
    /// # Errors
    /// When there are no such versions, or the registry does not answer.
    pub async fn undeprecate(&self, address: &Address, scope: &Scope) -> Answer<ProductDetail> {
        self.call(Method::DELETE, &["products", &address.to_string(), "deprecations", &scope.to_string()])
            .await
    }

    /// Retires versions.
    ///
    /// # Errors
    /// When somebody who needs them stands in the way and the body does not override that, or the registry does not answer.
    pub async fn retire(&self, address: &Address, scope: &Scope, body: &Retire) -> Answer<ProductDetail> {
        self.put(&["products", &address.to_string(), "retirements", &scope.to_string()], &[], body).await
    }

    /// Promises retired versions again.
    ///
    /// # Errors
    /// When there are no such versions, or the registry does not answer.
    pub async fn restore(&self, address: &Address, scope: &Scope) -> Answer<ProductDetail> {
        self.call(Method::DELETE, &["products", &address.to_string(), "retirements", &scope.to_string()])
            .await
    }

    /// Moves the pointer of a line.
    ///
    /// # Errors
    /// When the version is not in the line or nobody is to come to it, or the registry does not answer.
    pub async fn move_line(&self, address: &Address, line: Line, body: &MoveLine) -> Answer<ProductDetail> {
        let path = ["products", &address.to_string(), "lines", &line.to_string(), "current"];
        self.put(&path, &[], body).await
    }

    /// Who owns a domain.
    ///
    /// # Errors
    /// When no product of it is published, or the registry does not answer.
    pub async fn ownership(&self, domain: &DomainName) -> Answer<Ownership> {
        self.get(&["domains", domain.as_str(), "owner"], &[]).await
    }

    /// Offers a domain to another team.
    ///
    /// # Errors
    /// When somebody else owns it, or the registry does not answer.
    pub async fn offer_domain(&self, domain: &DomainName, body: &OfferDomain) -> Answer<Ownership> {
        self.put(&["domains", domain.as_str(), "owner", "offer"], &[], body).await
    }

    /// Takes an offer back.
    ///
    /// # Errors
    /// When no product of the domain is published, or the registry does not answer.
    pub async fn withdraw_offer(&self, domain: &DomainName) -> Answer<Ownership> {
        self.call(Method::DELETE, &["domains", domain.as_str(), "owner", "offer"]).await
    }

    /// Accepts a domain that was offered.
    ///
    /// # Errors
    /// When it was not offered to this side, or the registry does not answer.
    pub async fn accept_domain(&self, domain: &DomainName, body: &AcceptDomain) -> Answer<Ownership> {
        self.put(&["domains", domain.as_str(), "owner", "acceptance"], &[], body).await
    }
}
