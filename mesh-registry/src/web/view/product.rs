//! What the page of a product shows.

use std::collections::BTreeSet;

use mesh_contract::wire::{Deployment, Lineage, RegisteredConsumer, VersionSummary};
use mesh_contract::{Address, Contract, DomainName};

use super::access::AccessFacts;
use super::command::{self, PortView};
use super::diagram::Diagram;
use super::mask::Personal;
use super::schema::SchemaView;

/// What the registry knows about one version of a product.
#[derive(Debug)]
pub struct ProductFacts {
    /// The contract of the version.
    pub contract: Contract,
    /// Every version that was published, newest first.
    pub versions: Vec<VersionSummary>,
    /// Who reads the product.
    pub consumers: Vec<RegisteredConsumer>,
    /// Whether there are more of them than these.
    pub more_consumers: bool,
    /// What serves the product, in any version.
    pub deployments: Vec<Deployment>,
    /// Whether there are more of them than these.
    pub more_deployments: bool,
    /// What it is made from and what is made from it.
    pub lineage: Lineage,
    /// Who may read it, as far as whoever looks may see.
    pub access: AccessFacts,
    /// Which names have a page, among those that the contract, its readers and its lineage mention.
    pub known: Known,
}

/// Names that have a page.
#[derive(Debug, Default)]
pub struct Known {
    /// Products that were published.
    pub products: BTreeSet<Address>,
    /// Domains with a published product.
    pub domains: BTreeSet<DomainName>,
}

impl Known {
    /// The page of a reader, if it is a product or a domain with one.
    pub fn reader_page(&self, name: &str) -> Option<String> {
        if let Ok(address) = name.parse::<Address>() {
            return self.products.contains(&address).then(|| crate::web::url::product(&address));
        }
        let domain: DomainName = name.parse().ok()?;
        self.domains.contains(&domain).then(|| crate::web::url::domain(&domain))
    }
}

impl ProductFacts {
    /// The addresses that a page of this contract would like to link to: those in references, in its successor and in
    /// its inputs, and readers that are products.
    pub fn mentioned(
        contract: &Contract,
        consumers: &[RegisteredConsumer],
        lineage: &Lineage,
    ) -> BTreeSet<Address> {
        let fields = contract.types.values().flat_map(|meaning| {
            let variants = meaning.variants.iter().flat_map(|variant| &variant.fields);
            meaning.fields.iter().chain(variants).chain(meaning.newtype.as_deref())
        });
        let references = fields
            .filter_map(|field| field.references.as_deref()?.split_once('/')?.0.parse::<Address>().ok());
        let successor = contract.deprecated.iter().filter_map(|deprecation| deprecation.successor.clone());
        let inputs = contract.inputs.iter().map(|input| input.address.clone());
        let readers = consumers.iter().filter_map(|reader| reader.expectation.consumer.as_str().parse().ok());
        let targets = lineage.edges.iter().filter_map(|edge| edge.target.as_str().parse().ok());
        let sources = lineage.edges.iter().map(|edge| edge.source.clone());
        references.chain(successor).chain(inputs).chain(readers).chain(targets).chain(sources).collect()
    }
}

/// Longer contracts are linked and not shown, so that the page stays light.
const LONGEST_DOCUMENT: usize = 32 * 1024;

/// One version of a product, ready to be shown.
#[derive(Debug)]
pub struct ProductView {
    /// What the registry knows.
    pub facts: ProductFacts,
    /// This version in the list of versions, if it is there.
    pub summary: Option<VersionSummary>,
    /// The version that a new reader would come to, or else the newest there is.
    pub newest: Option<VersionSummary>,
    /// The schema as tables.
    pub schema: SchemaView,
    /// The ports with the commands that read them.
    pub ports: Vec<PortView>,
    /// The command that binds a reader to some fields.
    pub add: String,
    /// The same in short.
    pub bind: String,
    /// The lineage as a picture.
    pub diagram: Diagram,
    /// Examples, personal data masked.
    pub examples: Vec<String>,
    /// The whole contract, personal data masked; absent when it is too long for a page.
    pub document: Option<String>,
    /// Whether the contract has fields with personal data.
    pub personal: bool,
}

impl ProductView {
    /// Decides what the page shows.
    pub fn new(facts: ProductFacts) -> Self {
        let contract = &facts.contract;
        let readers: Vec<&[String]> =
            facts.consumers.iter().map(|reader| reader.expectation.fields.as_slice()).collect();
        let is_known = |address: &Address| facts.known.products.contains(address);
        let schema = SchemaView::new(contract, &is_known, &readers);
        let personal = Personal::of(contract);
        let pretty = |value: &serde_json::Value| format!("{value:#}");
        // The one that a new reader would come to.
        let rank =
            |it: &VersionSummary| (it.is_offered() && it.held_back.is_none(), it.is_offered(), !it.draft);
        let newest = facts.versions.iter().max_by(|a, b| (rank(a), &a.version).cmp(&(rank(b), &b.version)));
        Self {
            summary: facts.versions.iter().find(|summary| summary.version == contract.version).cloned(),
            newest: newest.cloned(),
            ports: command::ports(contract, &facts.deployments),
            bind: format!("mesh add {}@{}", contract.address, command::requirement(&contract.version)),
            add: command::add(contract, schema.root_fields()),
            diagram: Diagram::of(&facts.lineage),
            examples: contract.examples.iter().map(|example| pretty(&personal.masked(example))).collect(),
            document: Some(pretty(&personal.masked_document(contract)))
                .filter(|text| text.len() <= LONGEST_DOCUMENT),
            personal: !contract.personal_fields().is_empty(),
            schema,
            facts,
        }
    }

    /// Whether this version is a draft.
    pub fn is_draft(&self) -> bool {
        self.summary.as_ref().is_some_and(|summary| summary.draft)
    }

    /// The version that a new reader would come to, when this is not it.
    pub fn newer(&self) -> Option<&VersionSummary> {
        self.newest.as_ref().filter(|newest| newest.version != self.facts.contract.version)
    }
}
