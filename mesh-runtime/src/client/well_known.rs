//! What a domain's host says of itself at `/.well-known/mesh`.

use mesh_contract::wire::{ServedProduct, ServiceSummary};
use mesh_contract::{DomainName, EnvironmentName};
use serde::{Deserialize, Serialize};

/// Where the document stands.
pub const PATH: &str = "/.well-known/mesh";

/// What a domain's host says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WellKnown {
    /// The version of this document's format: [`mesh_contract::FORMAT`].
    pub mesh: u32,
    /// The release of the run time.
    pub runtime: String,
    /// The domain.
    pub domain: WellKnownDomain,
    /// Where it runs.
    pub environment: EnvironmentName,
    /// What it serves.
    pub products: Vec<WellKnownProduct>,
}

/// A domain, as its own host tells of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WellKnownDomain {
    /// Its name.
    pub name: DomainName,
    /// What it is about.
    pub description: String,
    /// The team that answers for it.
    pub owner: String,
    /// Where else to ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// Its services, in order of declaration.
    pub services: Vec<ServiceSummary>,
}

/// A product, as its domain's host tells of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WellKnownProduct {
    /// What is served and where it is read.
    #[serde(flatten)]
    pub served: ServedProduct,
    /// What it is.
    pub description: String,
    /// Where its contract stands.
    pub contract: String,
}
