//! A product as a host serves it: its contract, its source and what was loaded last.

use std::sync::Arc;

use bytes::Bytes;
use mesh_contract::wire::{ServedPort, ServedProduct};
use mesh_contract::{Contract, Digest, PortKind, Requirement};
use tokio::sync::watch;

use super::context::InputRead;
use super::position::Secret;
use super::snapshot::{Plan, Snapshot};
use super::source::Source;
use super::{Host, HostError};
use crate::client::Url;
use crate::definition::ProductDefinition;
use crate::offer::Offer;

/// A product as a host serves it.
#[derive(Debug)]
pub(crate) struct Product {
    pub(crate) contract: Contract,
    pub(crate) digest: Digest,
    /// The contract's document.
    pub(crate) document: Bytes,
    pub(crate) plan: Arc<Plan>,
    pub(crate) source: Source,
    /// What cursors of it are good for: its address and the line of its version.
    pub(crate) scope: String,
    /// Where its records are read.
    pub(crate) records: Url,
    /// Where its contract is read.
    pub(crate) contract_url: Url,
    pub(crate) state: watch::Sender<State>,
}

/// What is loaded of a product.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    pub(crate) snapshot: Option<Arc<Snapshot>>,
    /// How often loading failed since it last succeeded.
    pub(crate) failures: u32,
    /// How often a load has ended, well or not.
    pub(crate) loads: u64,
    /// What the last load that succeeded read of other products.
    pub(crate) inputs: Vec<InputRead>,
}

impl Product {
    /// How many records are loaded.
    pub(crate) fn count(&self) -> Option<u64> {
        let state = self.state.borrow();
        state.snapshot.as_ref().and_then(|snapshot| u64::try_from(snapshot.len()).ok())
    }

    /// How many records are loaded, as far as everybody may know: not where they are several customers', of whom each would learn
    /// how many the others have.
    pub(crate) fn told_count(&self) -> Option<u64> {
        self.count().filter(|_| self.plan.tenant.is_none())
    }

    /// Whether something is not as promised.
    pub(crate) fn is_degraded(&self) -> bool {
        let state = self.state.borrow();
        let Some(snapshot) = &state.snapshot else { return true };
        state.failures > 0 || snapshot.aside.records > 0 || self.is_late(snapshot)
    }

    /// Whether the snapshot is older than the contract promises.
    pub(crate) fn is_late(&self, snapshot: &Snapshot) -> bool {
        let promised = self.contract.levels.freshness.as_ref();
        promised.is_some_and(|freshness| snapshot.age() > freshness.as_duration())
    }

    pub(crate) fn served(&self) -> ServedProduct {
        let ports = self.contract.ports.iter().filter(|port| port.kind == PortKind::Records);
        let served_port = |port: &mesh_contract::contract::Port| ServedPort {
            name: port.name.clone(),
            kind: port.kind,
            url: self.records.to_string(),
        };
        ServedProduct {
            address: self.contract.address.clone(),
            version: self.contract.version.clone(),
            digest: self.digest,
            records: self.told_count(),
            ports: ports.map(served_port).collect(),
        }
    }
}

/// Everything that a host serves, each product with the source that was named for it.
pub(crate) fn products(host: Host, base: &Url, secret: &Secret) -> Result<Vec<Product>, HostError> {
    let Host { manifest, mut sources } = host;
    let mut products = Vec::new();
    for offer in manifest.offers() {
        let ProductDefinition { name, version, .. } = *offer.definition();
        let has_records = offer.definition().ports.iter().any(|port| port.kind == PortKind::Records);
        let mut own = Vec::new();
        sources.retain(|source| {
            let mine = source.definition.name == name && source.definition.version == version;
            if mine {
                own.push(source.clone());
            }
            !mine
        });
        if own.len() > 1 {
            return Err(HostError::TwoSources { product: name, version });
        }
        match own.pop() {
            Some(source) => products.push(product(offer, source, base, secret)?),
            // Ports of other kinds are served by others.
            None if !has_records => {}
            None => return Err(HostError::NoSource { product: name, version }),
        }
    }
    if let Some(source) = sources.first() {
        let ProductDefinition { name, version, .. } = source.definition;
        return Err(HostError::NotOffered { product: name, version });
    }
    for index in 0..products.len() {
        let name = products[index].contract.address.product().clone();
        let lines =
            products.iter().filter(|product: &&Product| *product.contract.address.product() == name).count();
        if lines > 1 {
            // Where several lines are served, each has an address of its own.
            let requirement = Requirement::caret(&products[index].contract.version).to_string();
            products[index].records.query_pairs_mut().append_pair("version", &requirement);
        }
    }
    Ok(products)
}

fn product(offer: &Offer, source: Source, base: &Url, secret: &Secret) -> Result<Product, HostError> {
    let ProductDefinition { name, version, .. } = *offer.definition();
    let contract =
        offer.contract().map_err(|mistakes| HostError::NoContract { product: name, version, mistakes })?;
    let digest = contract.digest().map_err(|error| HostError::Definition(error.to_string()))?;
    let line = match contract.version.major() {
        0 => format!("0.{}", contract.version.minor()),
        major => major.to_string(),
    };
    Ok(Product {
        digest,
        document: Bytes::from(contract.to_pretty()),
        plan: Arc::new(Plan::of(&contract, secret.clone())),
        source,
        scope: format!("{}@{line}", contract.address),
        records: below(base, &["products", contract.address.product().as_str(), "records"]),
        contract_url: below(
            base,
            &["contracts", contract.address.product().as_str(), &contract.version.to_string()],
        ),
        state: watch::Sender::new(State::default()),
        contract,
    })
}

fn below(base: &Url, path: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(path);
    }
    url
}
