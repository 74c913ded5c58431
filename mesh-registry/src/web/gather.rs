//! What the service is asked for each page, and within which bounds, so that every page stays light however large the
//! mesh grows.

use std::collections::BTreeSet;

use mesh_contract::wire::{Agreement, DomainSummary, Lineage, Page, ProductSummary};
use mesh_contract::{Address, Contract, ContractVersion, DomainName, ProductKind};

use super::view::access::{AccessFacts, AgreementView, AgreementsView};
use super::view::deprecations::DeprecationsView;
use super::view::domain::DomainView;
use super::view::home::{DomainCard, DomainListView, HomeView, Recent};
use super::view::policies::PoliciesView;
use super::view::product::{Known, ProductFacts, ProductView};
use super::view::search::SearchView;
use crate::access::{Action, Identity};
use crate::service::{AgreementFilter, DeploymentFilter, ProductFilter, Registry, ServiceError, Window};
use crate::store::{ContractKey, TenantId};

/// Products with deprecated versions on a page.
const CAMPAIGNS: usize = 20;
/// Domains with some of their products on the home page.
const HOME_DOMAINS: usize = 12;
/// Products of each of them.
const HOME_PRODUCTS: usize = 4;
/// What was published last, on the home page.
const HOME_RECENT: usize = 8;
/// So many publishes are looked through for them, since each product is named once.
const LOOKED_BACK: usize = 64;
/// The longest list that a page asks the service for at once.
const LONGEST: usize = 200;
/// Domains that a search offers to be narrowed to.
const OFFERED_DOMAINS: usize = 8;
/// Products of a domain on its page.
const DOMAIN_PRODUCTS: usize = 100;
/// Deployments, and readers, on a page.
const ROWS: usize = 20;
/// How many steps of lineage a product's page looks up and down.
const LINEAGE_DEPTH: u32 = 4;
/// How many names are looked up to see whether they have a page.
const LOOKED_UP: usize = 60;

/// What the home page shows.
pub(crate) async fn home(registry: &Registry, tenant: &TenantId) -> Result<HomeView, ServiceError> {
    let counts = registry.counts(tenant).await?;
    let Page { items: first, .. } =
        registry.domains(tenant, &Window::new(Some(&HOME_DOMAINS.to_string()), None)?).await?;
    let mut domains = Vec::with_capacity(first.len());
    for summary in first {
        let products = products_of(registry, tenant, &summary.name, HOME_PRODUCTS).await?;
        domains.push(DomainCard { summary, products });
    }
    let mut told = BTreeSet::new();
    let recent = registry.latest_published(tenant, LOOKED_BACK).await?;
    let recent = recent
        .into_iter()
        .filter(|event| told.insert(event.address.clone()))
        .filter_map(|event| {
            Some(Recent {
                address: event.address?,
                version: event.data["version"].as_str()?.parse().ok()?,
                published_at: event.at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
                draft: event.data["stage"] == "draft",
            })
        })
        .take(HOME_RECENT)
        .collect();
    Ok(HomeView { counts, domains, recent })
}

/// What goes away, and who still reads it.
pub(crate) async fn deprecations(
    registry: &Registry,
    tenant: &TenantId,
    after: Option<String>,
) -> Result<DeprecationsView, ServiceError> {
    let window = Window::new(Some(&CAMPAIGNS.to_string()), after)?;
    let Page { items, next } = registry.campaigns(tenant, &window).await?;
    let readers = items.iter().flat_map(|campaign| &campaign.readers);
    let named = readers.filter_map(|reader| reader.consumer.as_str().parse().ok()).collect();
    let known = Known { products: known_products(registry, tenant, named).await?, ..Known::default() };
    Ok(DeprecationsView { campaigns: items, known, next })
}

/// What the list of domains shows.
pub(crate) async fn domains(
    registry: &Registry,
    tenant: &TenantId,
    after: Option<String>,
) -> Result<DomainListView, ServiceError> {
    let Page { items, next } = registry.domains(tenant, &Window::new(None, after)?).await?;
    Ok(DomainListView { domains: items, next })
}

/// What somebody searches for, as it was asked.
#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct SearchQuery {
    #[serde(default)]
    q: String,
    #[serde(default)]
    domain: String,
    #[serde(default)]
    kind: String,
    after: Option<String>,
    limit: Option<String>,
}

/// What a search finds.
pub(crate) async fn search(
    registry: &Registry,
    tenant: &TenantId,
    query: SearchQuery,
) -> Result<SearchView, ServiceError> {
    let SearchQuery { q, domain, kind, after, limit } = query;
    let invalid = |message: String| ServiceError::InvalidQuery { message };
    let narrowed = (!domain.is_empty()).then(|| domain.parse::<DomainName>()).transpose();
    let narrowed = narrowed.map_err(|error| invalid(format!("`domain={domain}`: {error}")))?;
    let of_kind = (!kind.is_empty()).then(|| kind.parse::<ProductKind>()).transpose();
    let of_kind = of_kind.map_err(|error| invalid(format!("`kind={kind}`: {error}")))?;
    let filter = ProductFilter {
        text: (!q.trim().is_empty()).then(|| q.clone()),
        domain: narrowed.clone(),
        kind: of_kind,
    };
    let window = Window::new(limit.as_deref(), after.filter(|after| !after.is_empty()))?;
    let Page { items, next } = registry.products(tenant, &filter, &window).await?;
    let found = items.iter().map(|hit| hit.address.domain());
    let domains: BTreeSet<&DomainName> = found.chain(&narrowed).collect();
    let domains = domains.into_iter().take(OFFERED_DOMAINS).map(ToString::to_string).collect();
    Ok(SearchView {
        domains,
        query: q.trim().to_owned(),
        domain: narrowed.map(|name| name.to_string()),
        kind: of_kind.map(|kind| kind.to_string()),
        hits: items,
        next,
    })
}

/// What the page of a domain shows.
pub(crate) async fn domain(
    registry: &Registry,
    tenant: &TenantId,
    name: &DomainName,
) -> Result<DomainView, ServiceError> {
    let summary = registry.domain(tenant, name).await?;
    let mut products = products_of(registry, tenant, name, DOMAIN_PRODUCTS).await?;
    for service in summary.services.iter().filter(|service| service.owner != summary.name) {
        let theirs = products_of(registry, tenant, &service.owner, LONGEST).await?;
        let room = (2 * DOMAIN_PRODUCTS).saturating_sub(products.len());
        products.extend(theirs.into_iter().filter(|product| product.service == service.name).take(room));
    }
    let filter = DeploymentFilter { domain: Some(name.clone()), ..DeploymentFilter::default() };
    let deployments = registry.deployments(tenant, &filter, &Window::first(ROWS)).await?.items;
    let known = known_domains(registry, tenant, mentioned_domains(&summary)).await?;
    Ok(DomainView::new(summary, products, deployments, known))
}

fn mentioned_domains(summary: &DomainSummary) -> BTreeSet<DomainName> {
    summary.services.iter().flat_map(|service| &service.shared_with).cloned().collect()
}

async fn products_of(
    registry: &Registry,
    tenant: &TenantId,
    domain: &DomainName,
    limit: usize,
) -> Result<Vec<ProductSummary>, ServiceError> {
    let filter = ProductFilter { domain: Some(domain.clone()), ..ProductFilter::default() };
    Ok(registry.products(tenant, &filter, &Window::first(limit)).await?.items)
}

/// What the page of policies shows.
pub(crate) async fn policies(registry: &Registry, tenant: &TenantId) -> Result<PoliciesView, ServiceError> {
    Ok(PoliciesView {
        told: registry.show_policies(tenant).await?,
        policies: registry.policies(tenant).await?,
        found: registry.policy_findings(tenant).await?,
    })
}

/// What the page of a product shows, at a version or at its newest.
pub(crate) async fn product(
    registry: &Registry,
    identity: &Identity,
    address: &Address,
    version: Option<ContractVersion>,
) -> Result<ProductView, ServiceError> {
    let tenant = identity.tenant();
    let detail = registry.product(tenant, address).await?;
    let version = version.unwrap_or(detail.summary.version);
    let stored = registry.contract(tenant, &ContractKey::Version(address.clone(), version)).await?;
    let contract = stored.read()?;
    let readers = registry.consumers_of(tenant, address, &Window::first(ROWS)).await?;
    let filter = DeploymentFilter { address: Some(address.clone()), ..DeploymentFilter::default() };
    let deployments = registry.deployments(tenant, &filter, &Window::first(ROWS)).await?;
    let lineage = registry.lineage(tenant, address, LINEAGE_DEPTH).await?;
    let known = known(registry, tenant, &contract, &readers.items, &lineage).await?;
    Ok(ProductView::new(ProductFacts {
        contract,
        versions: detail.versions,
        consumers: readers.items,
        more_consumers: readers.next.is_some(),
        deployments: deployments.items,
        more_deployments: deployments.next.is_some(),
        lineage,
        access: access(registry, identity, address).await?,
        known,
    }))
}

/// What whoever looks may see and do of a product's agreements.
async fn access(
    registry: &Registry,
    identity: &Identity,
    address: &Address,
) -> Result<AccessFacts, ServiceError> {
    let filter = AgreementFilter { address: Some(address.clone()), ..AgreementFilter::default() };
    let page = registry.agreements(identity, &filter, &Window::first(ROWS)).await?;
    let domains = identity.holdings().iter().filter_map(|holding| holding.domain.as_ref());
    let consumers = domains.filter(|domain| identity.may(Action::AskAccess, Some(*domain)).is_ok());
    Ok(AccessFacts {
        more: page.next.is_some(),
        agreements: page.items.into_iter().map(|agreement| seen_by(identity, agreement)).collect(),
        may_see: identity.may(Action::SeeAgreements, None).is_ok(),
        may_ask: identity.may(Action::AskAccess, None).is_ok(),
        consumers: consumers.map(ToString::to_string).collect(),
        today: registry.today(),
    })
}

/// An agreement with what whoever looks may do with it.
fn seen_by(identity: &Identity, agreement: Agreement) -> AgreementView {
    let reader = agreement.consumer.as_str().split('.').next().and_then(|name| DomainName::new(name).ok());
    let decides = identity.may(Action::DecideAccess, Some(agreement.address.domain())).is_ok();
    let reads = reader.is_some_and(|domain| identity.may(Action::AskAccess, Some(&domain)).is_ok());
    AgreementView { agreement, decides, reads }
}

/// What the page of agreements shows.
pub(crate) async fn agreements(
    registry: &Registry,
    identity: &Identity,
    after: Option<String>,
) -> Result<AgreementsView, ServiceError> {
    let window = Window::new(None, after)?;
    let page = registry.agreements(identity, &AgreementFilter::default(), &window).await?;
    let seen = page.items.into_iter().map(|agreement| seen_by(identity, agreement));
    let (waiting, others) = seen.partition(AgreementView::waits);
    Ok(AgreementsView { waiting, others, next: page.next })
}

/// Which names that a product's page mentions have a page. The lineage knows of its own; the rest is looked up.
async fn known(
    registry: &Registry,
    tenant: &TenantId,
    contract: &Contract,
    readers: &[mesh_contract::wire::RegisteredConsumer],
    lineage: &Lineage,
) -> Result<Known, ServiceError> {
    let mut products: BTreeSet<Address> =
        lineage.nodes.iter().filter(|node| node.version.is_some()).map(|node| node.address.clone()).collect();
    let told: BTreeSet<&Address> = lineage.nodes.iter().map(|node| &node.address).collect();
    let mut mentioned = ProductFacts::mentioned(contract, readers, lineage);
    mentioned.retain(|address| !told.contains(address));
    products.extend(known_products(registry, tenant, mentioned).await?);
    let readers = readers.iter().map(|reader| reader.expectation.consumer.as_str());
    let targets = lineage.edges.iter().map(|edge| edge.target.as_str());
    let names = readers.chain(targets).filter_map(|name| name.parse().ok()).collect();
    Ok(Known { products, domains: known_domains(registry, tenant, names).await? })
}

async fn known_products(
    registry: &Registry,
    tenant: &TenantId,
    addresses: BTreeSet<Address>,
) -> Result<BTreeSet<Address>, ServiceError> {
    let mut known = BTreeSet::new();
    for address in addresses.into_iter().take(LOOKED_UP) {
        match registry.product(tenant, &address).await {
            Ok(_) => {
                known.insert(address);
            }
            Err(ServiceError::UnknownProduct { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(known)
}

async fn known_domains(
    registry: &Registry,
    tenant: &TenantId,
    names: BTreeSet<DomainName>,
) -> Result<BTreeSet<DomainName>, ServiceError> {
    let mut known = BTreeSet::new();
    for name in names.into_iter().take(LOOKED_UP) {
        match registry.domain(tenant, &name).await {
            Ok(_) => {
                known.insert(name);
            }
            Err(ServiceError::UnknownDomain { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(known)
}
