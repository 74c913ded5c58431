//! The manifest of a domain: what it offers and what it needs, as `domain!` lists it.

use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use crate::definition::{DomainDefinition, InputDefinition, ProductDefinition};
use crate::offer::Offer;
use crate::product::{Consumes, DataProduct, Domain, ProductOf};

/// What a domain offers and what it needs.
#[derive(Debug, Clone)]
pub struct Manifest {
    domain: DomainDefinition,
    package: &'static str,
    folder: &'static str,
    offers: Vec<Offer>,
    needs: Vec<Need>,
}

/// A product of another domain that this one reads.
#[derive(Debug, Clone, Copy)]
pub struct Need {
    /// What is read, at which versions, and what for.
    pub input: InputDefinition,
    /// The JSON Schema of what the reader takes, draft 2020-12, as schemars has it completed.
    pub schema: fn() -> serde_json::Value,
}

impl Manifest {
    /// Starts the manifest of a domain. `package` and `folder` are `CARGO_PKG_NAME` and `CARGO_MANIFEST_DIR` of its crate.
    pub fn builder<D: Domain>(package: &'static str, folder: &'static str) -> ManifestBuilder<D> {
        let manifest = Self { domain: D::DEFINITION, package, folder, offers: Vec::new(), needs: Vec::new() };
        ManifestBuilder { manifest, domain: PhantomData }
    }

    /// The domain.
    pub fn domain(&self) -> &DomainDefinition {
        &self.domain
    }

    /// The name of the domain's package.
    pub fn package(&self) -> &str {
        self.package
    }

    /// The folder of the domain's package as it was when it was built. Only tests and tools look there.
    pub fn folder(&self) -> PathBuf {
        Path::new(self.folder).to_owned()
    }

    /// The products that the domain offers, in the order of the list.
    pub fn offers(&self) -> &[Offer] {
        &self.offers
    }

    /// The products of other domains that the domain reads, in the order of the list.
    pub fn needs(&self) -> &[Need] {
        &self.needs
    }

    /// The offer of a product by the type of its records.
    pub fn definition_of<P: DataProduct>(&self) -> Option<&ProductDefinition> {
        let wanted = P::DEFINITION;
        let found = |offer: &&Offer| {
            let definition = offer.definition();
            definition.name == wanted.name && definition.version == wanted.version
        };
        self.offers.iter().find(found).map(Offer::definition)
    }
}

/// Lists what a domain offers and needs.
#[derive(Debug)]
pub struct ManifestBuilder<D> {
    manifest: Manifest,
    domain: PhantomData<fn() -> D>,
}

impl<D: Domain> ManifestBuilder<D> {
    /// Adds a product of this domain.
    #[must_use]
    pub fn offer<P: ProductOf<D>>(mut self) -> Self {
        self.manifest.offers.push(P::offer());
        self
    }

    /// Adds a product of another domain that this one reads.
    #[must_use]
    pub fn need<C: Consumes>(mut self) -> Self {
        let need = Need { input: C::NEED, schema: crate::contract::accepts_schema::<C> };
        self.manifest.needs.push(need);
        self
    }
}

impl<D> ManifestBuilder<D> {
    /// The list as it stands.
    pub fn build(self) -> Manifest {
        self.manifest
    }
}
