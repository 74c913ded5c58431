//! Finding: products, domains, versions and contracts.

use chrono::{DateTime, SecondsFormat, Utc};
use mesh_contract::wire::{
    self, DomainSummary, LineSummary, Page, ProductDetail, ProductSummary, Resolution, ServiceSummary,
    Successor, VersionState, VersionSummary,
};
use mesh_contract::{
    Address, Contract, ContractVersion, DomainName, EnvironmentName, Line, ProductKind, Requirement,
};

use super::deployments::deployment;
use super::lifecycle::{preferred, state};
use super::{Registry, ServiceError, Window};
use crate::store::{
    self, ContractKey, Counts, DeploymentQuery, DomainQuery, DomainRecord, Event, EventKind, History,
    Product, ProductOrder, ProductQuery, Stage, StoreError, StoredContract, TenantId, Version,
};

/// Which products are asked for. Without a text they come by address, with one by how well they fit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProductFilter {
    /// Words that begin words of the product: of its address, description, fields, tags or owner.
    pub text: Option<String>,
    /// Only those of this domain.
    pub domain: Option<DomainName>,
    /// Only those of this kind.
    pub kind: Option<ProductKind>,
}

/// Whether drafts count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Drafts {
    /// Only what is released.
    #[default]
    Leave,
    /// Where nothing released will do, a draft.
    Take,
}

/// More words than this say nothing more, and each costs a look into the index.
const MOST_WORDS: usize = 16;
/// No word of any language is longer.
const LONGEST_WORD: usize = 64;

impl Registry {
    /// What there is of each sort, counted.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn counts(&self, tenant: &TenantId) -> Result<Counts, ServiceError> {
        self.store.counts(tenant).await.map_err(ServiceError::Store)
    }

    /// Lists products or searches them.
    ///
    /// # Errors
    /// When the window continues no page.
    pub async fn products(
        &self,
        tenant: &TenantId,
        filter: &ProductFilter,
        window: &Window,
    ) -> Result<Page<ProductSummary>, ServiceError> {
        let ProductFilter { text, domain, kind } = filter;
        let words = text.as_deref().map(search_words);
        let (order, skip) = match words {
            // A text without a single word fits nothing, and is no error: people type.
            Some(words)
                if words.is_empty() && text.as_deref().is_some_and(|text| !text.trim().is_empty()) =>
            {
                return Ok(Page { items: Vec::new(), next: None });
            }
            Some(words) if !words.is_empty() => {
                let skip = window.skip()?;
                (ProductOrder::Relevance { words, skip }, Some(skip))
            }
            _ => (ProductOrder::Address { after: window.after()? }, None),
        };
        let query = ProductQuery {
            address: None,
            domain: domain.clone(),
            kind: *kind,
            order,
            limit: window.limit() + 1,
        };
        let products = self.store.products(tenant, &query).await.map_err(ServiceError::Store)?;
        let products = products.into_iter().map(product_summary).collect();
        Ok(window.page(products, |last: &ProductSummary| match skip {
            Some(skip) => (skip + window.limit()).to_string(),
            None => last.address.to_string(),
        }))
    }

    /// One product with its versions, the highest first.
    ///
    /// # Errors
    /// When there is none.
    pub async fn product(&self, tenant: &TenantId, address: &Address) -> Result<ProductDetail, ServiceError> {
        let query = ProductQuery { address: Some(address.clone()), limit: 1, ..ProductQuery::default() };
        let mut products = self.store.products(tenant, &query).await.map_err(ServiceError::Store)?;
        let product =
            products.pop().ok_or_else(|| ServiceError::UnknownProduct { address: address.clone() })?;
        let versions = self.sorted_history(tenant, address).await?;
        Ok(ProductDetail {
            summary: product_summary(product),
            lines: lines(&versions),
            versions: versions.into_iter().map(version_summary).collect(),
        })
    }

    /// The versions of a product, the highest first.
    ///
    /// # Errors
    /// When there is no such product, or the window continues no page.
    pub async fn versions(
        &self,
        tenant: &TenantId,
        address: &Address,
        window: &Window,
    ) -> Result<Page<VersionSummary>, ServiceError> {
        let after: Option<ContractVersion> = window.after()?;
        let versions = self.sorted_history(tenant, address).await?;
        let behind =
            versions.into_iter().filter(|entry| after.as_ref().is_none_or(|after| entry.version < *after));
        let page = behind.take(window.limit() + 1).map(version_summary).collect();
        Ok(window.page(page, |last: &VersionSummary| last.version.to_string()))
    }

    /// A contract as it is kept: canonical JSON, whose SHA-256 is its digest.
    ///
    /// # Errors
    /// When there is none.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn contract(
        &self,
        tenant: &TenantId,
        key: &ContractKey,
    ) -> Result<StoredContract, ServiceError> {
        let key = (tenant.clone(), key.clone());
        if let Some(contract) = self.metrics.contracts.look(self.contracts.get(&key)) {
            return Ok(contract);
        }
        match self.store.contract(tenant, &key.1).await {
            Ok(contract) => {
                // What a digest stands for never changes, nor what a released version stands for; a draft may.
                if contract.stage == Stage::Released || matches!(key.1, ContractKey::Digest(_)) {
                    self.contracts.insert(key, contract.clone());
                }
                Ok(contract)
            }
            Err(StoreError::NotFound) => Err(self.unknown_contract(tenant, key.1).await),
            Err(error) => Err(ServiceError::Store(error)),
        }
    }

    async fn unknown_contract(&self, tenant: &TenantId, key: ContractKey) -> ServiceError {
        match key {
            ContractKey::Digest(digest) => ServiceError::UnknownDigest { digest },
            ContractKey::Version(address, version) => match self.sorted_history(tenant, &address).await {
                Ok(versions) => {
                    ServiceError::UnknownVersion { address, version, newest: newest_released(&versions) }
                }
                Err(error) => error,
            },
        }
    }

    /// The highest version that satisfies a requirement, and where it is served.
    ///
    /// # Errors
    /// When there is no such product, or no version of it satisfies the requirement.
    #[tracing::instrument(level = "debug", skip_all, fields(%address))]
    pub async fn resolve(
        &self,
        tenant: &TenantId,
        address: &Address,
        requirement: &Requirement,
        environment: Option<&EnvironmentName>,
        drafts: Drafts,
    ) -> Result<Resolution, ServiceError> {
        let versions = self.sorted_history(tenant, address).await?;
        let matching = || versions.iter().filter(|entry| requirement.matches(&entry.version));
        let best = preferred(matching()).or_else(|| match drafts {
            Drafts::Take => matching().find(|entry| entry.stage == Stage::Draft),
            Drafts::Leave => None,
        });
        let best = best.ok_or_else(|| match matching().find(|entry| entry.stage == Stage::Released) {
            Some(Version { lifecycle, .. }) => ServiceError::Retired {
                address: address.clone(),
                requirement: requirement.clone(),
                successor: lifecycle.deprecated.as_ref().and_then(|it| it.successor.as_ref()).map(|next| {
                    match next {
                        Successor::Version(version) => format!("{version}"),
                        Successor::Product(product) => format!("`{product}`"),
                    }
                }),
            },
            None => ServiceError::NoVersionMatches {
                address: address.clone(),
                requirement: requirement.clone(),
                newest: newest_released(&versions),
            },
        })?;
        let query = DeploymentQuery {
            instance: None,
            environment: environment.cloned(),
            address: Some(address.clone()),
            live: Some(true),
            limit: Window::first(usize::MAX).limit(),
            ..DeploymentQuery::default()
        };
        let found = self.store.deployments(tenant, &query).await.map_err(ServiceError::Store)?;
        let mut serving: Vec<_> = found
            .into_iter()
            .filter_map(|entry| {
                let served = entry.announcement.products.iter().filter(|served| served.address == *address);
                let best =
                    served.map(|served| served.version.clone()).filter(|v| requirement.matches(v)).max()?;
                Some((best, deployment(entry)))
            })
            .collect();
        // Whoever serves the version comes first, then those that serve lower ones. Where a line was rolled back, some
        // may still serve what is above.
        serving.sort_by(|(left, _), (right, _)| {
            (*left > best.version, right).cmp(&(*right > best.version, left))
        });
        Ok(Resolution {
            address: address.clone(),
            requirement: requirement.clone(),
            version: best.version.clone(),
            digest: best.digest,
            deprecated: best.lifecycle.deprecated.as_ref().map(deprecated),
            yanked: best.lifecycle.yanked.as_ref().map(withheld),
            deployments: serving.into_iter().map(|(_, deployment)| deployment).collect(),
        })
    }

    /// What was published last, newest first.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn latest_published(
        &self,
        tenant: &TenantId,
        limit: usize,
    ) -> Result<Vec<Event>, ServiceError> {
        let kind = EventKind::VersionPublished;
        self.store.latest_events(tenant, Some(&kind), limit).await.map_err(ServiceError::Store)
    }

    /// Domains by name.
    ///
    /// # Errors
    /// When the window continues no page.
    pub async fn domains(
        &self,
        tenant: &TenantId,
        window: &Window,
    ) -> Result<Page<DomainSummary>, ServiceError> {
        let query = DomainQuery { name: None, after: window.after()?, limit: window.limit() + 1 };
        let domains = self.store.domains(tenant, &query).await.map_err(ServiceError::Store)?;
        let domains = domains.into_iter().map(domain_summary).collect();
        Ok(window.page(domains, |last: &DomainSummary| last.name.to_string()))
    }

    /// One domain.
    ///
    /// # Errors
    /// When no product of it is published.
    pub async fn domain(&self, tenant: &TenantId, name: &DomainName) -> Result<DomainSummary, ServiceError> {
        let query = DomainQuery { name: Some(name.clone()), after: None, limit: 1 };
        let mut domains = self.store.domains(tenant, &query).await.map_err(ServiceError::Store)?;
        let domain = domains.pop().ok_or_else(|| ServiceError::UnknownDomain { domain: name.clone() })?;
        Ok(domain_summary(domain))
    }

    /// Every version of a product that has one, the highest first.
    async fn sorted_history(
        &self,
        tenant: &TenantId,
        address: &Address,
    ) -> Result<Vec<Version>, ServiceError> {
        let History { mut versions, .. } =
            self.store.history(tenant, address).await.map_err(ServiceError::Store)?;
        if versions.is_empty() {
            return Err(ServiceError::UnknownProduct { address: address.clone() });
        }
        versions.sort_by(|left, right| right.version.cmp(&left.version));
        Ok(versions)
    }
}

impl StoredContract {
    /// The document, read.
    ///
    /// # Errors
    /// When this release does not read what is kept: it was written by a later one.
    pub fn read(&self) -> Result<Contract, ServiceError> {
        let text = std::str::from_utf8(&self.document)
            .map_err(|error| ServiceError::Store(StoreError::unavailable(error)))?;
        Contract::read(text).map_err(|error| ServiceError::Store(StoreError::unavailable(error)))
    }
}

/// The words of what somebody typed, with nothing left that an index could take for syntax.
fn search_words(text: &str) -> Vec<String> {
    text.split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(MOST_WORDS)
        .map(|word| word.chars().take(LONGEST_WORD).collect())
        .collect()
}

fn newest_released(versions: &[Version]) -> Option<ContractVersion> {
    versions.iter().filter(|entry| entry.stage == Stage::Released).map(|entry| &entry.version).max().cloned()
}

/// A point in time as bodies write it.
pub(super) fn rfc3339(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

pub(super) fn version_summary(version: Version) -> VersionSummary {
    let state = state(&version);
    let Version { version, digest, promise, stage, published_at, lifecycle } = version;
    VersionSummary {
        version,
        digest,
        promise,
        published_at: rfc3339(published_at),
        draft: stage == Stage::Draft,
        state,
        deprecated: lifecycle.deprecated.as_ref().map(deprecated),
        yanked: lifecycle.yanked.as_ref().map(withheld),
        held_back: lifecycle.held_back.as_ref().map(withheld),
        retired: lifecycle.retired.as_ref().map(|store::Retired { since, reason, overridden }| {
            wire::Retired { since: rfc3339(*since), reason: reason.clone(), overridden: overridden.clone() }
        }),
    }
}

fn deprecated(deprecated: &store::Deprecated) -> wire::Deprecated {
    let store::Deprecated { scope: _, since, until, successor, reason, reminded: _ } = deprecated;
    wire::Deprecated {
        since: rfc3339(*since),
        until: *until,
        successor: successor.clone(),
        reason: reason.clone(),
    }
}

fn withheld(store::Withheld { since, reason }: &store::Withheld) -> wire::Withheld {
    wire::Withheld { since: rfc3339(*since), reason: reason.clone() }
}

/// The lines of a product's released versions, which are the highest first.
fn lines(versions: &[Version]) -> Vec<LineSummary> {
    let released = || {
        let released = versions.iter().filter(|entry| entry.stage == Stage::Released);
        released.filter(|entry| !entry.version.is_prerelease())
    };
    let mut lines: Vec<Line> = released().map(|entry| Line::of(&entry.version)).collect();
    lines.dedup();
    let summary = |line: Line| {
        let of_line = || released().filter(move |entry| line.has(&entry.version));
        let current = preferred(of_line()).filter(|entry| entry.lifecycle.yanked.is_none());
        let newest = of_line().next()?;
        // A line is as far as the version that its readers come to.
        let state = preferred(of_line()).map_or(VersionState::Retired, state);
        let current = current.map(|entry| entry.version.clone());
        Some(LineSummary { line, current, newest: newest.version.clone(), state })
    };
    lines.into_iter().filter_map(summary).collect()
}

fn product_summary(product: Product) -> ProductSummary {
    let Product {
        address,
        version,
        stage,
        description,
        kind,
        service,
        owner,
        stability,
        tags,
        ports,
        deprecated,
        live,
        consumers,
    } = product;
    ProductSummary {
        address,
        version,
        description,
        kind,
        service,
        owner,
        stability,
        tags,
        ports,
        draft: stage == Stage::Draft,
        deprecated,
        live,
        consumers,
    }
}

fn domain_summary(domain: DomainRecord) -> DomainSummary {
    let DomainRecord { name, description, owner, contact, mut services, products } = domain;
    services.sort_by(|left, right| {
        (left.owner != name, &left.name, &left.owner).cmp(&(right.owner != name, &right.name, &right.owner))
    });
    let services = services
        .into_iter()
        .map(|service| ServiceSummary {
            name: service.name,
            description: service.description,
            owner: service.owner,
            shared_with: service.shared_with,
        })
        .collect();
    DomainSummary { name, description, owner, contact, services, products }
}
