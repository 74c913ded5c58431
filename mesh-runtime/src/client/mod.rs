//! Finds other domains' products through the registry and reads them.
//!
//! A [`Client`] resolves `sales.orders@^1` to an address, through the registry or, when none answers, through what it
//! learned last time. A [`Product`] then reads the records page by page, holds each against the reader's own type, and
//! hands out those that do not fit as [`Rejected`] beside those that do. What does not fit is reported by place and rule
//! and never by value, which may be personal data.
//!
//! A client that is told who reads ([`ClientConfig::consumer`]) shows ports the grant of its agreement: it finds the agreement at
//! the registry by reader, product, purpose and environment, keeps the grant for the time without a registry, and fetches it
//! anew before it ends.

mod agreements;
mod config;
mod credentials;
mod decode;
mod error;
mod feed;
mod grants;
pub mod headers;
mod http;
mod identities;
pub(crate) mod kept;
mod known_absent;
mod last_known;
mod lifecycle;
mod own_grants;
mod pointer;
mod policies;
mod product;
mod registry;
mod resolve;
mod retry;
mod token;
pub mod well_known;

pub use agreements::AgreementQuery;
pub use config::ClientConfig;
pub use decode::{Fault, Rejected};
pub use error::{ClientError, Peer};
pub use feed::EventQuery;
pub use grants::Fetched;
pub use product::{Product, Read};
pub use registry::{Beside, Narrowed, ProductQuery, RegistryClient, Stage};
pub use reqwest::Url;
pub use resolve::{Endpoint, Origin, Resolved};
pub use retry::Retry;
pub use token::Token;

pub(crate) use pointer::KnownNames;

use std::sync::Arc;
use std::time::Instant;

use mesh_contract::{Address, Requirement};
use serde_json::Value;

use crate::product::Consumes;
use credentials::{Agreed, Credentials};
use http::Http;
use known_absent::KnownAbsent;
use last_known::LastKnown;
use own_grants::{OwnGrants, Reading};

/// Finds products and reads them. A clone shares connections and what is known of addresses.
#[derive(Debug, Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    config: ClientConfig,
    http: Http,
    registry: Option<RegistryClient>,
    last_known: LastKnown,
    absent: KnownAbsent,
    grants: Arc<OwnGrants>,
}

impl Client {
    /// A client of one registry, or of none.
    ///
    /// # Errors
    /// When the registry's address cannot be used: it is no HTTP address, or HTTPS without the feature `tls`.
    pub fn new(config: ClientConfig) -> Result<Self, ClientError> {
        let http = Http::new(&config)?;
        let registry = config
            .registry
            .clone()
            .map(|base| RegistryClient::with(http.clone(), base, &config))
            .transpose()?;
        let (last_known, absent) = (LastKnown::new(&config), KnownAbsent::new(config.believe_absent));
        let grants = Arc::new(OwnGrants::new(&config));
        Ok(Self { shared: Arc::new(Shared { config, http, registry, last_known, absent, grants }) })
    }

    /// The registry, if one is set.
    ///
    /// # Errors
    /// When none is.
    pub fn registry(&self) -> Result<&RegistryClient, ClientError> {
        self.shared.registry.as_ref().ok_or(ClientError::NoRegistry)
    }

    /// What the client was made with.
    pub fn config(&self) -> &ClientConfig {
        &self.shared.config
    }

    /// Finds the product that a type reads, ready to be read.
    ///
    /// # Errors
    /// When no version of it satisfies the type's requirement, nothing serves it in the environment, or neither the
    /// registry nor an earlier answer of it tells where.
    pub async fn product<C: Consumes>(&self) -> Result<Product<C>, ClientError> {
        let (address, requirement) = need::<C>()?;
        let resolved = self.resolve(&address, &requirement).await?;
        Ok(self.open(resolved, C::NEED.purpose, decode::Decoder::typed()))
    }

    /// Reads the product of a type from a domain's host whose address is known, without asking a registry.
    ///
    /// # Errors
    /// When no domain answers there, or it does not serve what the type reads.
    pub async fn product_at<C: Consumes>(&self, host: &Url) -> Result<Product<C>, ClientError> {
        let (address, requirement) = need::<C>()?;
        let resolved = resolve::direct(&self.shared.http, host, &address, &requirement).await?;
        Ok(self.open(resolved, C::NEED.purpose, decode::Decoder::typed()))
    }

    /// Finds a product by address, to be read as JSON without a type.
    ///
    /// # Errors
    /// As [`Client::product`].
    pub async fn values(
        &self,
        address: &Address,
        requirement: &Requirement,
    ) -> Result<Product<Value>, ClientError> {
        let resolved = self.resolve(address, requirement).await?;
        Ok(self.open(resolved, None, decode::Decoder::untyped()))
    }

    /// Reads a product as JSON from a domain's host whose address is known, without asking a registry.
    ///
    /// # Errors
    /// As [`Client::product_at`].
    pub async fn values_at(
        &self,
        host: &Url,
        address: &Address,
        requirement: &Requirement,
    ) -> Result<Product<Value>, ClientError> {
        let resolved = resolve::direct(&self.shared.http, host, address, requirement).await?;
        Ok(self.open(resolved, None, decode::Decoder::untyped()))
    }

    /// Where a product is served: as the registry says, or as it said last when none answers. That there is no such product or
    /// version is believed for as long as [`ClientConfig::believe_absent`] says, and not asked again.
    ///
    /// # Errors
    /// As [`Client::product`].
    pub async fn resolve(
        &self,
        address: &Address,
        requirement: &Requirement,
    ) -> Result<Resolved, ClientError> {
        let Shared { config, registry, last_known, absent, .. } = &*self.shared;
        let environment = &config.environment;
        if let Some(told) = absent.of(environment, address, requirement, Instant::now()) {
            return Err(told);
        }
        let found = resolve::resolve(registry.as_ref(), last_known, environment, address, requirement).await;
        if let Err(error) = &found {
            absent.hear(environment, address, requirement, error, Instant::now());
        }
        found
    }

    fn open<T>(&self, resolved: Resolved, purpose: Option<&str>, decoder: decode::Decoder<T>) -> Product<T> {
        let Shared { config, http, registry, grants, .. } = &*self.shared;
        let address = &resolved.address;
        let given = config.tokens.get(address.domain()).or(config.grant.as_ref());
        let credentials = match (given, &config.consumer) {
            (Some(token), _) => Credentials::Given(token.clone()),
            (None, Some(consumer)) => Credentials::Agreed(Box::new(Agreed {
                grants: Arc::clone(grants),
                registry: registry.clone(),
                reading: Reading {
                    consumer: consumer.clone(),
                    environment: config.environment.clone(),
                    address: address.clone(),
                    purpose: purpose.map(str::to_owned),
                },
            })),
            (None, None) => Credentials::Nobody,
        };
        Product::new(http.clone(), config, resolved, credentials, decoder)
    }
}

fn need<C: Consumes>() -> Result<(Address, Requirement), ClientError> {
    let need = C::NEED;
    let bad = |message: String| ClientError::BadNeed { type_name: C::BODY.rust_name, message };
    let address = need.address.parse::<Address>().map_err(|error| bad(error.to_string()))?;
    let requirement = need.requirement.parse::<Requirement>().map_err(|error| bad(error.to_string()))?;
    Ok((address, requirement))
}
