//! Bodies exchanged with a registry: data only. They are told apart from what either side keeps, so that neither can
//! break the other by a change inside.

mod access;
mod agreement;
mod audit;
mod lifecycle;
mod policy;

use serde::{Deserialize, Serialize};

use crate::{
    Address, ConsumerName, ContractVersion, Digest, DomainName, EnvironmentName, Expectation, PortKind,
    ProductKind, Requirement, ServiceName, Stability,
};

pub use access::{Holding, MadeToken, MakeToken, Member, Role, RoleError, TokenScope, TokenSummary, WhoAmI};
pub use agreement::{
    AcceptAccess, AccessTerms, Agreement, AgreementState, AskAccess, EndAccess, IssuedGrant, ObservedReader,
    PublicKey, Reads, Trust,
};
pub use audit::{AuditBatch, AuditRecord, BrokenChain, Outcome};
pub use lifecycle::{
    AcceptDomain, Campaign, CampaignReader, Deprecate, Deprecated, LineSummary, MoveLine, OfferDomain,
    Offered, Ownership, ReaderState, Retire, Retired, Successor, SuccessorError, VersionState, Withheld,
    Yank,
};
pub use policy::{
    Policies, PoliciesRevision, PoliciesTrial, PolicyFinding, PolicyOutcome, PolicySeverity, ProductFindings,
    SetPolicies, TryPolicies,
};

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    /// What it holds.
    pub items: Vec<T>,
    /// What to send as `after` to get the next page; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A product in a list: its newest version in few words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProductSummary {
    /// Where it is found.
    pub address: Address,
    /// Its newest version: the highest that is no draft, or else the highest draft.
    pub version: ContractVersion,
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
    #[serde(default)]
    pub tags: Vec<String>,
    /// The ways to read it.
    pub ports: Vec<PortKind>,
    /// Whether its newest version is a draft.
    #[serde(default)]
    pub draft: bool,
    /// Whether it is marked to go away.
    #[serde(default)]
    pub deprecated: bool,
    /// How many deployments hold a lease now.
    #[serde(default)]
    pub live: u32,
    /// How many readers are registered.
    #[serde(default)]
    pub consumers: u32,
}

/// One published version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VersionSummary {
    /// The version.
    pub version: ContractVersion,
    /// The digest of its contract.
    pub digest: Digest,
    /// The digest of its promise.
    pub promise: Digest,
    /// When it was published, RFC 3339 in UTC.
    pub published_at: String,
    /// Whether it is a draft: named readers may bind and comment, nothing serves it yet.
    #[serde(default)]
    pub draft: bool,
    /// How far it has come.
    #[serde(default)]
    pub state: VersionState,
    /// Until when it stays, where that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<Deprecated>,
    /// That nobody new is to bind to it. Whoever has bound to it reads on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub yanked: Option<Withheld>,
    /// That a lower version of its line is preferred: the line was rolled back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_back: Option<Withheld>,
    /// That it is not promised any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired: Option<Retired>,
}

impl VersionSummary {
    /// Whether a new reader may bind to it.
    pub fn is_offered(&self) -> bool {
        !self.draft && self.yanked.is_none() && self.retired.is_none()
    }
}

/// A product with every version that was published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProductDetail {
    /// Its newest version in few words.
    #[serde(flatten)]
    pub summary: ProductSummary,
    /// Its versions, the highest first.
    pub versions: Vec<VersionSummary>,
    /// Its lines, the highest first.
    #[serde(default)]
    pub lines: Vec<LineSummary>,
}

/// The answer to a publish.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Published {
    /// Where the product is found.
    pub address: Address,
    /// The version published.
    #[serde(flatten)]
    pub summary: VersionSummary,
    /// Whether this publish made it, or it stood there already with the same content.
    pub created: bool,
    /// What the judge said of it; absent when it stood there already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judgement: Option<serde_json::Value>,
    /// What policies found that does not stand in its way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<PolicyFinding>,
}

/// One running instance of a domain, announced and kept alive by a lease.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Announcement {
    /// The domain that it serves.
    pub domain: DomainName,
    /// Where it runs.
    pub environment: EnvironmentName,
    /// The address that its ports start from, `http://127.0.0.1:4100`.
    pub base_url: String,
    /// Larger for each start of the same instance, so that a restarted one replaces itself.
    pub epoch: u64,
    /// How long the lease lasts without renewal, in seconds.
    pub lease_seconds: u32,
    /// The release of the run time.
    pub runtime: String,
    /// How it feels.
    pub health: Health,
    /// What it serves.
    pub products: Vec<ServedProduct>,
}

/// A product as one instance serves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServedProduct {
    /// Where the product is found.
    pub address: Address,
    /// The version served.
    pub version: ContractVersion,
    /// The digest of its contract.
    pub digest: Digest,
    /// How many records there are, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<u64>,
    /// The ports that it is served through.
    pub ports: Vec<ServedPort>,
}

/// A port as one instance serves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServedPort {
    /// The port's name in the contract.
    pub name: crate::PortName,
    /// How it is read.
    pub kind: PortKind,
    /// Where it is read.
    pub url: String,
}

/// How an instance feels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Health {
    /// Everything is served.
    Healthy,
    /// Something is not served as promised.
    Degraded,
}

/// A deployment as the registry knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deployment {
    /// The instance's own name.
    pub instance: String,
    /// What it announced last.
    #[serde(flatten)]
    pub announcement: Announcement,
    /// When it announced itself or renewed last, RFC 3339 in UTC.
    pub seen_at: String,
    /// Whether its lease runs.
    pub live: bool,
}

/// The answer to an announcement or its renewal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lease {
    /// The instance's own name.
    pub instance: String,
    /// How long the lease lasts from now, in seconds.
    pub lease_seconds: u32,
}

/// The version that satisfies a requirement, and where it is served.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Resolution {
    /// Where the product is found.
    pub address: Address,
    /// What was asked for.
    pub requirement: Requirement,
    /// The highest version that satisfies it.
    pub version: ContractVersion,
    /// The digest of that version's contract.
    pub digest: Digest,
    /// Until when that version stays, where that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<Deprecated>,
    /// That nobody new is to bind to that version, and no other one satisfies the requirement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub yanked: Option<Withheld>,
    /// The live deployments that serve a version which satisfies the requirement, best version first.
    pub deployments: Vec<Deployment>,
}

/// A registered reader.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RegisteredConsumer {
    /// Exactly what it relies on.
    #[serde(flatten)]
    pub expectation: Expectation,
    /// When it was registered last, RFC 3339 in UTC.
    pub registered_at: String,
    /// Whether no published version meets it yet.
    #[serde(default)]
    pub pending: bool,
    /// Whether it was seen to read this and has registered nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub observed: bool,
}

/// That a reader or a product runs somewhere, as a pipeline tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deployed {
    /// A reader, or a product by its address.
    pub subject: ConsumerName,
    /// Its version.
    pub version: String,
    /// Where it runs.
    pub environment: EnvironmentName,
    /// When it was recorded, RFC 3339 in UTC.
    pub recorded_at: String,
}

/// Whether something may be deployed somewhere, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CanDeploy {
    /// A reader, or a product by its address.
    pub subject: ConsumerName,
    /// Its version.
    pub version: String,
    /// Where it is to run.
    pub environment: EnvironmentName,
    /// The answer.
    pub answer: DeployAnswer,
    /// The version of the rules that it was judged by.
    pub judge: u32,
    /// Every reader with the product that it reads, as they would meet there.
    pub pairs: Vec<ReaderPair>,
    /// What has to be known before the answer can be another.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
}

/// Whether something may be deployed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeployAnswer {
    /// Nobody is hurt.
    Yes,
    /// Somebody is.
    No,
    /// Something is not known, or could not be proved.
    Unknown,
}

/// A reader and a version of a product that it reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReaderPair {
    /// Who reads.
    pub consumer: ConsumerName,
    /// The reader's own version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consumer_version: Option<String>,
    /// What it is read for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// The product read.
    pub product: Address,
    /// Its version.
    pub product_version: ContractVersion,
    /// Whether the reader takes all that the product emits.
    pub verdict: PairVerdict,
    /// What it does not take.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<PairFinding>,
}

/// Whether a reader takes all that a product emits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PairVerdict {
    /// Proved.
    Compatible,
    /// Neither proved nor refuted.
    Unproven,
    /// There is a record that it refuses.
    Broken,
}

/// What a reader does not take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PairFinding {
    /// The rule that found it.
    pub rule: String,
    /// The field, as a JSON pointer; empty for the record as a whole.
    pub pointer: String,
    /// What happened.
    pub message: String,
}

/// A domain in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DomainSummary {
    /// Its name.
    pub name: DomainName,
    /// What it is about.
    pub description: String,
    /// The team that answers for it.
    pub owner: String,
    /// Where else to ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// Its services, its own first, each sort by name.
    pub services: Vec<ServiceSummary>,
    /// How many products it offers.
    pub products: u32,
}

/// A service as one domain sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceSummary {
    /// Its name.
    pub name: ServiceName,
    /// What it does.
    pub description: String,
    /// The domain that owns it.
    pub owner: DomainName,
    /// The other domains that take part in it.
    #[serde(default)]
    pub shared_with: Vec<DomainName>,
}

/// What a product is made from and what is made from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lineage {
    /// Where it was asked from.
    pub root: Address,
    /// Every product around it, the root among them, by address.
    pub nodes: Vec<LineageNode>,
    /// Every step, by source and target.
    pub edges: Vec<LineageEdge>,
}

/// A product in a lineage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LineageNode {
    /// Where it is found.
    pub address: Address,
    /// Its newest version; absent when it was never published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<ContractVersion>,
}

/// One step of a lineage: data flows from source to target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LineageEdge {
    /// The product read.
    pub source: Address,
    /// Who reads: a product, or a reader that offers none.
    pub target: ConsumerName,
    /// The fields that are read.
    #[serde(default)]
    pub fields: Vec<String>,
}

/// An error of a server, in the form of RFC 9457 (`application/problem+json`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// A stable name of the sort of problem, `urn:mesh:problem:version-exists`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The sort of problem in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened, where, and what to do next.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// Where in the document that was sent, as a JSON pointer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// The request's id in the server's log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// What a judgement found, when a change was refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<serde_json::Value>,
}

/// Something that happened in a registry, as a CloudEvent 1.0 in structured mode.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloudEvent {
    /// The version of the specification that it follows.
    pub specversion: String,
    /// Its number in the feed of its source.
    pub id: String,
    /// The registry that it comes from, a URI that may be relative.
    pub source: String,
    /// What sort of thing happened: `mesh.version.published.v1`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it happened to: `sales.orders@1.2.0`.
    pub subject: String,
    /// When, RFC 3339 in UTC.
    pub time: String,
    /// What `data` is.
    pub datacontenttype: String,
    /// Its place among the events of its source: of two, the one whose text comes first happened first.
    pub sequence: String,
    /// What more there is to tell, by its kind.
    pub data: serde_json::Value,
}

impl CloudEvent {
    /// The version of the specification.
    pub const VERSION: &str = "1.0";
}

/// A part of a feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventPage {
    /// The events, the earliest first.
    pub items: Vec<CloudEvent>,
    /// What to send as `after` to go on, now or later. It is always there: what was sent comes back when nothing has
    /// happened since.
    pub next: String,
}

/// What is asked of a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WebhookRequest {
    /// Where events are sent.
    pub url: String,
    /// Only events of these kinds; none means of all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
    /// Only events about these products, and those of `domains`; none of either means about anything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<Address>,
    /// Only events about products of these domains, and about `addresses`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub domains: Vec<DomainName>,
    /// What deliveries are signed with: `whsec_` and 24 to 64 bytes in base64. Without it, it stays or is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// A webhook and how deliveries to it go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Webhook {
    /// Its name.
    pub name: String,
    /// Where events are sent.
    pub url: String,
    /// Only events of these kinds; none means of all.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// Only events about these products, and those of `domains`; none of either means about anything.
    #[serde(default)]
    pub addresses: Vec<Address>,
    /// Only events about products of these domains, and about `addresses`.
    #[serde(default)]
    pub domains: Vec<DomainName>,
    /// Every event up to this position was delivered, has failed, or is not for it.
    pub cursor: String,
    /// How often the event behind it was tried.
    pub attempts: u32,
    /// When it is tried again, RFC 3339 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_attempt_at: Option<String>,
    /// When an event was delivered last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<String>,
    /// Why a delivery failed last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
    /// When that was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error_at: Option<String>,
    /// Whether the other side has answered that it is gone. Setting the webhook anew takes this back.
    #[serde(default)]
    pub disabled: bool,
    /// The secret that the registry has made, in the answer to that alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// An event that could not be delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FailedEvent {
    /// Its number in the feed.
    pub sequence: u64,
    /// Why it was given up.
    pub error: String,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was given up, RFC 3339 in UTC.
    pub failed_at: String,
    /// Whether it is about to be sent again.
    #[serde(default)]
    pub again: bool,
}

/// How many events are sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Resending {
    /// So many.
    pub events: usize,
}
