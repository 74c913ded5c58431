//! What a store keeps and is asked for. Data only; none of it is a body of HTTP.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use mesh_contract::wire::Announcement;
use mesh_contract::{
    Address, ConsumerName, ContractVersion, Digest, DomainName, EnvironmentName, Expectation, PortKind,
    ProductKind, ServiceName, Stability,
};

use super::Lifecycle;

/// How far a version has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Named readers may bind and comment; it may be replaced.
    Draft,
    /// It never changes.
    Released,
}

/// A product's revision and versions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// Moves with every commit to the product; 0 before the first.
    pub revision: u64,
    /// Who owns the domain; nothing before the first commit.
    pub owner: Option<String>,
    /// Its versions.
    pub versions: Vec<Version>,
}

/// One version of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its number.
    pub version: ContractVersion,
    /// The digest of its contract.
    pub digest: Digest,
    /// The digest of its promise.
    pub promise: Digest,
    /// How far it has come.
    pub stage: Stage,
    /// When it was published as it stands.
    pub published_at: DateTime<Utc>,
    /// What has become of it since.
    pub lifecycle: Lifecycle,
}

/// A version to write.
#[derive(Debug, Clone)]
pub struct Commit {
    /// The product.
    pub address: Address,
    /// The revision of the product that the caller decided on.
    pub revision: u64,
    /// The version's number.
    pub version: ContractVersion,
    /// How far it has come.
    pub stage: Stage,
    /// The digest of the contract.
    pub digest: Digest,
    /// The digest of its promise.
    pub promise: Digest,
    /// The contract in canonical form.
    pub document: Bytes,
    /// What it has from the line that it joins.
    pub lifecycle: Lifecycle,
    /// What the product shows from now on, when that is this version.
    pub head: Option<Box<Head>>,
    /// The request that asked for it, for the audit.
    pub request_id: Option<String>,
}

/// What a product's newest version says about the product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// What it is.
    pub description: String,
    /// What it is made from and for.
    pub kind: ProductKind,
    /// How far a reader may rely on its shape.
    pub stability: Stability,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// The ways to read it.
    pub ports: Vec<PortKind>,
    /// Whether it is marked to go away.
    pub deprecated: bool,
    /// What stands in its fields and types, for text search.
    pub fields: String,
    /// What it is made from.
    pub inputs: Vec<InputRecord>,
    /// The domain that owns it.
    pub domain: DomainRecord,
}

/// A product that another is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputRecord {
    /// The product read.
    pub address: Address,
    /// The pointers of the fields read.
    pub fields: Vec<String>,
}

/// A domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainRecord {
    /// Its name.
    pub name: DomainName,
    /// What it is about.
    pub description: String,
    /// The team that answers for it.
    pub owner: String,
    /// Where else to ask.
    pub contact: Option<String>,
    /// Its services. In a [`Head`], the one that offers the product.
    pub services: Vec<ServiceRecord>,
    /// How many products it offers.
    pub products: u32,
}

/// A service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceRecord {
    /// Its name.
    pub name: ServiceName,
    /// What it does.
    pub description: String,
    /// The domain that owns it.
    pub owner: DomainName,
    /// The other domains that take part in it.
    pub shared_with: Vec<DomainName>,
}

/// What a contract is kept under.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ContractKey {
    /// What it says.
    Digest(Digest),
    /// What it is called.
    Version(Address, ContractVersion),
}

/// A contract as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredContract {
    /// The digest of the document.
    pub digest: Digest,
    /// How far the version has come; when it was asked for by digest, whether any released version has this content.
    pub stage: Stage,
    /// The document in canonical form, so that its bytes have the digest.
    pub document: Bytes,
}

/// Which products, and how many.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProductQuery {
    /// Only this one.
    pub address: Option<Address>,
    /// Only those of this domain.
    pub domain: Option<DomainName>,
    /// Only those of this kind.
    pub kind: Option<ProductKind>,
    /// In which order, and from where.
    pub order: ProductOrder,
    /// How many at most.
    pub limit: usize,
}

/// The order of products.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProductOrder {
    /// By address, behind this one.
    Address {
        /// The last one that the caller has.
        after: Option<Address>,
    },
    /// Those in which every word begins some word, best match first.
    Relevance {
        /// Words without any syntax; at least one.
        words: Vec<String>,
        /// How many to leave out.
        skip: usize,
    },
}

impl Default for ProductOrder {
    fn default() -> Self {
        Self::Address { after: None }
    }
}

/// A product in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// Where it is found.
    pub address: Address,
    /// The version that it shows: the highest that a new reader would come to, or else what is left.
    pub version: ContractVersion,
    /// How far that version has come.
    pub stage: Stage,
    /// What it is.
    pub description: String,
    /// What it is made from and for.
    pub kind: ProductKind,
    /// The service that offers it.
    pub service: ServiceName,
    /// The team that answers for it.
    pub owner: String,
    /// How far a reader may rely on its shape.
    pub stability: Stability,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// The ways to read it.
    pub ports: Vec<PortKind>,
    /// Whether it is marked to go away.
    pub deprecated: bool,
    /// How many deployments of it hold a lease now.
    pub live: u32,
    /// How many readers are registered.
    pub consumers: u32,
}

/// A tenant in numbers.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// How many domains there are.
    pub domains: u64,
    /// How many services offer a product.
    pub services: u64,
    /// How many products are offered.
    pub products: u64,
    /// How many deployments hold a lease now.
    pub live: u64,
}

/// Which domains, and how many.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DomainQuery {
    /// Only this one.
    pub name: Option<DomainName>,
    /// Only those behind this name.
    pub after: Option<DomainName>,
    /// How many at most.
    pub limit: usize,
}

/// What a registered reader is kept under, or some of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectationKey {
    /// Who reads.
    pub consumer: ConsumerName,
    /// The product read.
    pub address: Address,
    /// The reader's own version; `None` stands for every version.
    pub consumer_version: Option<String>,
    /// Where the reader runs; `None` stands for every environment.
    pub environment: Option<EnvironmentName>,
    /// What for; `None` stands for every purpose.
    pub purpose: Option<String>,
}

/// A registered reader.
#[derive(Debug, Clone, PartialEq)]
pub struct RegisteredExpectation {
    /// What it relies on.
    pub expectation: Expectation,
    /// When it was registered as it stands.
    pub registered_at: DateTime<Utc>,
}

/// Which registered readers, and how many.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExpectationQuery {
    /// Only those of this consumer.
    pub consumer: Option<ConsumerName>,
    /// Only those of this product.
    pub address: Option<Address>,
    /// How many to leave out.
    pub skip: usize,
    /// How many at most.
    pub limit: usize,
}

/// What a pipeline says runs somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployed {
    /// A reader, or a product by its address.
    pub subject: ConsumerName,
    /// Its version.
    pub version: String,
    /// Which versions it replaces: those of the same line. Other lines of the subject run beside it.
    pub line: String,
    /// Where it runs.
    pub environment: EnvironmentName,
}

/// What runs somewhere, and since when it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedDeployment {
    /// What runs where.
    pub deployed: Deployed,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

/// Which records of deployments, and how many.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeployedQuery {
    /// Only those of this reader or product.
    pub subject: Option<ConsumerName>,
    /// Only those of readers of this product.
    pub readers_of: Option<Address>,
    /// Only those in this environment.
    pub environment: Option<EnvironmentName>,
    /// How many to leave out.
    pub skip: usize,
    /// How many at most.
    pub limit: usize,
}

/// Which steps of lineage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EdgeQuery {
    /// Those that end in one of these products.
    Into(Vec<Address>),
    /// Those that start from one of these products.
    From(Vec<Address>),
}

/// One step of lineage: data flows from source to target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// The product read.
    pub source: Address,
    /// Who reads.
    pub target: ConsumerName,
    /// The pointers of the fields read.
    pub fields: Vec<String>,
}

/// Which deployments, and how many.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeploymentQuery {
    /// Only this instance.
    pub instance: Option<String>,
    /// Only those of this domain.
    pub domain: Option<DomainName>,
    /// Only those in this environment.
    pub environment: Option<EnvironmentName>,
    /// Only those that serve this product.
    pub address: Option<Address>,
    /// Only those whose lease runs, or only those whose lease has run out.
    pub live: Option<bool>,
    /// Only those behind this instance.
    pub after: Option<String>,
    /// How many at most.
    pub limit: usize,
}

/// A deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    /// The instance's own name.
    pub instance: String,
    /// What it announced last.
    pub announcement: Announcement,
    /// When it did.
    pub seen_at: DateTime<Utc>,
    /// Whether its lease runs.
    pub live: bool,
}
