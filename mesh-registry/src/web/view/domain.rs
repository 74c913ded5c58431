//! What the page of a domain shows.

use std::collections::BTreeSet;

use mesh_contract::DomainName;
use mesh_contract::wire::{Deployment, DomainSummary, ProductSummary, ServiceSummary};

/// One domain.
#[derive(Debug)]
pub struct DomainView {
    /// The domain in few words.
    pub summary: DomainSummary,
    /// Its services, its own first, each with what it offers.
    pub services: Vec<ServiceView>,
    /// What runs of it.
    pub deployments: Vec<Deployment>,
    /// The domains that have a page, among those that share a service with it.
    pub known: BTreeSet<DomainName>,
}

/// One service of a domain, its own or one that another domain shares with it.
#[derive(Debug)]
pub struct ServiceView {
    /// The service.
    pub service: ServiceSummary,
    /// What it offers.
    pub products: Vec<ProductSummary>,
}

impl DomainView {
    /// Joins services and products; a product of a service that the summary does not list gets a service of its own.
    pub fn new(
        summary: DomainSummary,
        products: Vec<ProductSummary>,
        deployments: Vec<Deployment>,
        known: BTreeSet<DomainName>,
    ) -> Self {
        let mut services: Vec<ServiceView> = summary
            .services
            .iter()
            .map(|service| ServiceView { service: service.clone(), products: Vec::new() })
            .collect();
        for product in products {
            let owner = product.address.domain();
            let position = services
                .iter()
                .position(|view| view.service.name == product.service && view.service.owner == *owner);
            let position = position.unwrap_or_else(|| {
                services.push(ServiceView {
                    service: ServiceSummary {
                        name: product.service.clone(),
                        description: String::new(),
                        owner: owner.clone(),
                        shared_with: Vec::new(),
                    },
                    products: Vec::new(),
                });
                services.len() - 1
            });
            services[position].products.push(product);
        }
        Self { summary, services, deployments, known }
    }
}
