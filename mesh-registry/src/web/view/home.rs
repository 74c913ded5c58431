//! What the home page and the list of domains show.

use crate::store::Counts;
use mesh_contract::wire::{DomainSummary, ProductSummary};

/// The home page.
#[derive(Debug, Default)]
pub struct HomeView {
    /// How much there is.
    pub counts: Counts,
    /// Domains with some of their products, as many as a page carries.
    pub domains: Vec<DomainCard>,
    /// What was published last, newest first.
    pub recent: Vec<Recent>,
}

/// A domain with some of its products.
#[derive(Debug)]
pub struct DomainCard {
    /// The domain and how many products it offers.
    pub summary: DomainSummary,
    /// Some of them.
    pub products: Vec<ProductSummary>,
}

/// A version that was published lately.
#[derive(Debug)]
pub struct Recent {
    /// The product.
    pub address: mesh_contract::Address,
    /// The version.
    pub version: mesh_contract::ContractVersion,
    /// When, RFC 3339 in UTC.
    pub published_at: String,
    /// Whether it is a draft.
    pub draft: bool,
}

/// A page of the list of domains.
#[derive(Debug, Default)]
pub struct DomainListView {
    /// The domains, by name.
    pub domains: Vec<DomainSummary>,
    /// What to send as `after` for the next page.
    pub next: Option<String>,
}
