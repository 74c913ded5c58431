//! Publishing: read the product's revision, decide outside any lock, commit if the revision still stands, else decide again.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use mesh_contract::digest::Sealed;
use mesh_contract::judgement::{Judgement, Prepared};
use mesh_contract::wire::{PolicyFinding, Published, VersionSummary};
use mesh_contract::{Address, Contract, ContractVersion, Digest, Line, LogicalType, Scope, double};

use super::judging::{Said, read_sent};
use super::lifecycle::would_be_shown;
use super::line::Seen;
use super::lookup::version_summary;
use super::policies::hold;
use super::{Registry, ServiceError, read_document};
use crate::store::{
    Commit, DomainRecord, Head, History, InputRecord, Lifecycle, ServiceRecord, Stage, StoreError, TenantId,
    Version,
};

/// How often a publish decides anew before it gives up. Each round that one loses, another publisher of the same product
/// has won, so this is the number of publishers at once that a product bears.
const ROUNDS: usize = 256;

/// A contract to publish.
#[derive(Debug, Clone)]
pub struct Publication {
    /// The product.
    pub address: Address,
    /// The version.
    pub version: ContractVersion,
    /// How far it has come.
    pub stage: Stage,
    /// The contract as it was sent.
    pub document: Bytes,
    /// The request that asks for it, for the audit.
    pub request_id: Option<String>,
}

/// A contract that was read, with all that is decided on.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) contract: Arc<Prepared<'static>>,
    pub(super) said: Said,
    pub(super) digest: Digest,
    promise: Digest,
    document: Bytes,
}

/// What a publish comes to.
enum Decision {
    /// The same content stands there already.
    Stands(Box<Version>),
    /// It is new, and this is said of it.
    Commit(Box<Commit>),
}

/// What is said of a version that may be published.
struct Heard {
    judgement: Arc<Judgement>,
    policies: Vec<PolicyFinding>,
}

impl Registry {
    /// Publishes a version. The same content again is no error and changes nothing.
    ///
    /// # Errors
    /// When the document cannot be read, is about something else, the version is published with other content, the judge
    /// objects to the change, or a policy refuses it. A draft is judged and never refused for either.
    #[tracing::instrument(level = "debug", skip_all, fields(address = %publication.address, version = %publication.version))]
    pub async fn publish(
        &self,
        tenant: &TenantId,
        publication: Publication,
    ) -> Result<Published, ServiceError> {
        let Publication { address, version, stage, document, request_id } = publication;
        let candidate = Arc::new(read_document(document, Candidate::read).await?);
        candidate.check_names(&address, &version)?;
        let mut seen = self.line(tenant, &address).await?;
        for _ in 0..ROUNDS {
            let (commit, heard) = match self.decide(tenant, &candidate, &mut seen, stage, &request_id).await {
                Ok((Decision::Commit(commit), heard)) => (*commit, heard),
                _ if !seen.fresh => {
                    seen = self.fresh_line(tenant, &address).await?;
                    continue;
                }
                Ok((Decision::Stands(version), _)) => return Ok(published(address, *version, None)),
                Err(refusal @ ServiceError::Judged { .. }) => {
                    // Versions and readers were read one after the other. A refusal is committed by nobody who would
                    // find that the product has moved between, so this looks.
                    let now = self.store.history(tenant, &address).await.map_err(ServiceError::Store)?;
                    if now.revision == seen.line.history.revision {
                        return Err(refusal);
                    }
                    seen = self.fresh_line(tenant, &address).await?;
                    continue;
                }
                Err(refusal) => return Err(refusal),
            };
            // Until what was remembered is moved on: the follower may hear of the commit before.
            let _under_way = self.lines.under_way(tenant, &address);
            match self.store.commit(tenant, commit).await {
                Ok(version) => {
                    let Candidate { contract, document, .. } = Arc::unwrap_or_clone(candidate);
                    self.advance_line(tenant, &address, seen, version.clone(), contract, document.len());
                    tracing::info!(
                        %tenant, %address, version = %version.version, digest = %version.digest,
                        "published {address} {}", version.version
                    );
                    return Ok(published(address, version, heard));
                }
                // The version was released meanwhile, or the product moved: look again and decide on what stands now.
                Err(StoreError::Conflict { .. } | StoreError::AlreadyExists) => {
                    self.metrics.rounds_lost.inc();
                    seen = self.fresh_line(tenant, &address).await?;
                }
                // The first version of a product, in a domain that is somebody's.
                Err(StoreError::OwnedBy { owner }) => {
                    let Contract { domain, .. } = candidate.contract();
                    let (domain, told) = (domain.name.clone(), domain.owner.clone());
                    return Err(ServiceError::NotOwner { domain, owner, told });
                }
                Err(error) => return Err(ServiceError::Store(error)),
            }
        }
        Err(ServiceError::Busy { address })
    }

    /// Decides on what was seen, without any lock.
    async fn decide(
        &self,
        tenant: &TenantId,
        candidate: &Arc<Candidate>,
        seen: &mut Seen,
        stage: Stage,
        request_id: &Option<String>,
    ) -> Result<(Decision, Option<Heard>), ServiceError> {
        let decision = candidate.decide(&seen.line.history, stage, request_id.clone())?;
        if matches!(decision, Decision::Stands(_)) {
            return Ok((decision, None));
        }
        self.read_against(tenant, &candidate.contract().address, seen).await?;
        let judgement = self.judge(tenant, candidate, seen).await?;
        if stage == Stage::Released && judgement.objections().next().is_some() {
            return Err(ServiceError::Judged { judgement });
        }
        let in_force = self.policies(tenant).await?;
        let contract = candidate.contract();
        let verdict = self.verdict(tenant, &in_force.set, contract).await?;
        let policies = hold(&contract.address, &contract.version, stage, verdict)?;
        Ok((decision, Some(Heard { judgement, policies })))
    }
}

fn published(address: Address, version: Version, heard: Option<Heard>) -> Published {
    let summary: VersionSummary = version_summary(version);
    let created = heard.is_some();
    let (judgement, policies) = match heard {
        // A judgement has only names as keys, and numbers that were read from JSON.
        Some(Heard { judgement, policies }) => (serde_json::to_value(&*judgement).ok(), policies),
        None => (None, Vec::new()),
    };
    Published { address, summary, created, judgement, policies }
}

impl Candidate {
    fn read(text: &str) -> Result<Self, ServiceError> {
        let (contract, said) = read_sent(text)?;
        // The strict reader has refused such numbers already, with their line.
        let inexact = |error: double::NotExact| ServiceError::Invalid {
            pointer: error.pointer.clone(),
            message: error.to_string(),
        };
        let Sealed { document, digest, promise } = contract.seal().map_err(inexact)?;
        let contract = Arc::new(Prepared::sealed(contract, promise));
        Ok(Self { contract, said, digest, promise, document: document.into() })
    }

    fn contract(&self) -> &Contract {
        self.contract.contract()
    }

    fn check_names(&self, address: &Address, version: &ContractVersion) -> Result<(), ServiceError> {
        let mismatch = |what, pointer, expected: String, found: String| {
            Err(ServiceError::Mismatch { what, pointer, expected, found })
        };
        let contract = self.contract();
        if contract.address != *address {
            return mismatch("product", "/address", address.to_string(), contract.address.to_string());
        }
        if contract.version != *version {
            return mismatch("version", "/version", version.to_string(), contract.version.to_string());
        }
        Ok(())
    }

    fn decide(
        &self,
        history: &History,
        stage: Stage,
        request_id: Option<String>,
    ) -> Result<Decision, ServiceError> {
        let Self { contract: _, said: _, digest, promise, document } = self;
        let contract = self.contract();
        if let Some(owner) = history.owner.as_ref().filter(|owner| **owner != contract.domain.owner) {
            return Err(ServiceError::NotOwner {
                domain: contract.domain.name.clone(),
                owner: owner.clone(),
                told: contract.domain.owner.clone(),
            });
        }
        if let Some(standing) = history.versions.iter().find(|entry| entry.version == contract.version) {
            let released = standing.stage == Stage::Released;
            if standing.digest == *digest && (released || stage == Stage::Draft) {
                return Ok(Decision::Stands(Box::new(standing.clone())));
            }
            if released {
                return Err(ServiceError::VersionExists {
                    address: contract.address.clone(),
                    version: contract.version.clone(),
                    published: standing.digest,
                    next: self.next_free(history, standing),
                });
            }
        }
        let lifecycle = self.inherited(history, stage)?;
        let head = self.is_shown(history, stage).then(|| {
            let mut head = head_of(contract);
            head.deprecated |= lifecycle.deprecated.is_some();
            Box::new(head)
        });
        Ok(Decision::Commit(Box::new(Commit {
            address: contract.address.clone(),
            revision: history.revision,
            version: contract.version.clone(),
            stage,
            digest: *digest,
            promise: *promise,
            document: document.clone(),
            lifecycle,
            head,
            request_id,
        })))
    }

    /// What the version has from its line: a line that goes away goes away with all its versions.
    ///
    /// # Errors
    /// When all of the line is retired.
    fn inherited(&self, history: &History, stage: Stage) -> Result<Lifecycle, ServiceError> {
        let contract = self.contract();
        let line = Line::of(&contract.version);
        if stage == Stage::Draft || contract.version.is_prerelease() {
            return Ok(Lifecycle::default());
        }
        let released = || {
            let versions = history.versions.iter().filter(|entry| line.has(&entry.version));
            versions.filter(|entry| entry.stage == Stage::Released && !entry.version.is_prerelease())
        };
        if released().next().is_some() && released().all(|entry| entry.lifecycle.retired.is_some()) {
            return Err(ServiceError::LineRetired { address: contract.address.clone(), line });
        }
        let of_line = |entry: &Version| {
            let deprecated = entry.lifecycle.deprecated.clone();
            deprecated.filter(|it| matches!(it.scope, Scope::Line(_)) && entry.lifecycle.retired.is_none())
        };
        Ok(Lifecycle { deprecated: released().find_map(of_line), ..Lifecycle::default() })
    }

    /// Whether the product shows this version once it is committed.
    fn is_shown(&self, history: &History, stage: Stage) -> bool {
        let version = &self.contract().version;
        let others = history.versions.iter().filter(|entry| entry.version != *version);
        would_be_shown(version, stage, others)
    }

    /// The version to choose when this one is taken: behind the highest of its line, a patch when only words differ from
    /// what stands there, else a minor. Whether the change breaks a reader is judged when it is published.
    fn next_free(&self, history: &History, standing: &Version) -> ContractVersion {
        let version = &self.contract().version;
        let line =
            history.versions.iter().map(|entry| &entry.version).filter(|other| other.same_line(version));
        let highest = line.max().unwrap_or(version);
        if standing.promise == self.promise || version.major() == 0 {
            ContractVersion::new(highest.major(), highest.minor(), highest.patch() + 1)
        } else {
            ContractVersion::new(highest.major(), highest.minor() + 1, 0)
        }
    }
}

/// What a contract says about its product as a whole.
pub(super) fn head_of(contract: &Contract) -> Head {
    let mut ports: Vec<_> = contract.ports.iter().map(|port| port.kind).collect();
    ports.sort_unstable();
    ports.dedup();
    Head {
        description: contract.description.clone(),
        kind: contract.kind,
        stability: contract.stability,
        tags: contract.tags.clone(),
        ports,
        deprecated: contract.deprecated.is_some(),
        fields: search_text(contract),
        inputs: contract
            .inputs
            .iter()
            .map(|input| InputRecord { address: input.address.clone(), fields: input.fields.clone() })
            .collect(),
        domain: DomainRecord {
            name: contract.domain.name.clone(),
            description: contract.domain.description.clone(),
            owner: contract.domain.owner.clone(),
            contact: contract.domain.contact.clone(),
            services: vec![ServiceRecord {
                name: contract.service.name.clone(),
                description: contract.service.description.clone(),
                owner: contract.domain.name.clone(),
                shared_with: contract.service.shared_with.clone(),
            }],
            products: 0,
        },
    }
}

/// The words that stand in a product's types: names of types and fields, their terms and descriptions, and what the
/// product is for.
pub(crate) fn search_text(contract: &Contract) -> String {
    let mut words = BTreeSet::new();
    words.extend(contract.purpose.as_deref());
    words.insert(contract.service.name.as_str());
    for (name, meaning) in &contract.types {
        words.insert(name.as_str());
        words.insert(meaning.description.as_str());
        let variants = meaning.variants.iter();
        words.extend(variants.clone().flat_map(|variant| [variant.name.as_str(), &variant.description]));
        for field in meaning.fields.iter().chain(variants.flat_map(|variant| &variant.fields)) {
            words.extend([field.name.as_str(), field.description.as_str()]);
            words.extend(field.term.as_deref().into_iter().chain(field.unit.as_deref()));
            if let LogicalType::Type(nested) = &field.logical {
                words.insert(nested);
            }
        }
    }
    words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join("\n")
}
