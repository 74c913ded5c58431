//! A deprecation is a campaign: who still reads, what each reader has come to, and what stands in the way of its end.

use std::collections::{BTreeMap, BTreeSet};

use mesh_contract::wire::{self, CampaignReader, PairVerdict, ReaderState, Successor};
use mesh_contract::{
    Address, ConsumerName, ContractVersion, Digest, EnvironmentName, Expectation, Requirement, Scope,
};

use super::{Before, preferred};
use crate::service::deployed::MOST;
use crate::service::lookup::rfc3339;
use crate::service::matrix::Matrix;
use crate::service::{Registry, ServiceError};
use crate::store::{self, DeployedQuery, DeploymentQuery, Deprecated, Stage, TenantId, Version};

/// The readers of a product, as they are registered and recorded.
struct Readers {
    registered: Vec<store::RegisteredExpectation>,
    deployed: Vec<store::Deployed>,
}

/// A reader's key, under which it counts once.
type Key<'e> = (&'e ConsumerName, Option<&'e str>, Option<&'e str>, &'e Requirement);

/// One reader of deprecated versions.
struct Found<'e> {
    expectation: &'e Expectation,
    environments: BTreeSet<&'e EnvironmentName>,
    state: ReaderState,
}

impl Registry {
    /// The campaign of a deprecation.
    ///
    /// # Errors
    /// When exactly this was not deprecated, or is retired already.
    pub async fn campaign(
        &self,
        tenant: &TenantId,
        address: &Address,
        scope: &Scope,
    ) -> Result<wire::Campaign, ServiceError> {
        let history = self.store.history(tenant, address).await.map_err(ServiceError::Store)?;
        if history.versions.is_empty() {
            return Err(ServiceError::UnknownProduct { address: address.clone() });
        }
        let before = Before { address, history: &history, now: self.store.now() };
        let deprecated = standing(&before, scope)
            .ok_or_else(|| ServiceError::NotDeprecated { address: address.clone(), scope: scope.clone() })?;
        self.campaign_of(tenant, &before, &deprecated.clone()).await
    }

    /// The campaigns that are under way, by product.
    ///
    /// # Errors
    /// When the window continues no page.
    pub async fn campaigns(
        &self,
        tenant: &TenantId,
        window: &super::super::Window,
    ) -> Result<wire::Page<wire::Campaign>, ServiceError> {
        let after: Option<Address> = window.after()?;
        let found = self
            .store
            .turned(tenant, after.as_ref(), window.limit() + 1)
            .await
            .map_err(ServiceError::Store)?;
        let page = window.page(found, ToString::to_string);
        let mut items = Vec::new();
        for address in &page.items {
            let history = self.store.history(tenant, address).await.map_err(ServiceError::Store)?;
            let before = Before { address, history: &history, now: self.store.now() };
            for deprecated in open(&before) {
                items.push(self.campaign_of(tenant, &before, &deprecated).await?);
            }
        }
        Ok(wire::Page { items, next: page.next })
    }

    pub(super) async fn campaign_of(
        &self,
        tenant: &TenantId,
        before: &Before<'_>,
        deprecated: &Deprecated,
    ) -> Result<wire::Campaign, ServiceError> {
        let Before { address, history, now } = *before;
        let Deprecated { scope, since, until, successor, reason, reminded: _ } = deprecated;
        let mut versions: Vec<ContractVersion> = history
            .versions
            .iter()
            .filter(|entry| is_standing(entry) && scope.has(&entry.version))
            .map(|entry| entry.version.clone())
            .collect();
        versions.sort_by(|one, other| other.cmp(one));
        let readers = self.readers(tenant, address).await?;
        let found = readers.of(&history.versions, scope);
        let in_the_way = in_the_way(before, scope, &readers, &found);
        let next = self.successor(tenant, before, scope, successor.as_ref()).await?;
        let asked: Vec<_> = match next {
            Some(digest) => found.iter().map(|reader| (digest, reader.expectation)).collect(),
            None => Vec::new(),
        };
        let judged = self.verdicts(tenant, &asked).await?;
        let told = found.iter().enumerate().map(|(index, found)| {
            let Expectation { consumer, consumer_version, requirement, purpose, .. } = found.expectation;
            let judged = judged.get(index);
            CampaignReader {
                consumer: consumer.clone(),
                consumer_version: consumer_version.clone(),
                requirement: requirement.clone(),
                purpose: purpose.clone(),
                environments: found.environments.iter().map(|name| (*name).clone()).collect(),
                state: found.state,
                successor: judged.map(|judged| judged.verdict),
                findings: judged
                    .filter(|judged| judged.verdict != PairVerdict::Compatible)
                    .map_or_else(Vec::new, |judged| judged.findings.clone()),
            }
        });
        Ok(wire::Campaign {
            address: address.clone(),
            scope: scope.clone(),
            readers: told.collect(),
            serving: self.serving(tenant, address, &versions).await?,
            versions,
            deprecated: wire::Deprecated {
                since: rfc3339(*since),
                until: *until,
                successor: successor.clone(),
                reason: reason.clone(),
            },
            days_left: until.unix_days() - super::today(now).unix_days(),
            in_the_way,
        })
    }

    /// What stands in the way of retiring versions.
    pub(super) async fn in_the_way(
        &self,
        tenant: &TenantId,
        before: &Before<'_>,
        scope: &Scope,
    ) -> Result<Vec<String>, ServiceError> {
        let readers = self.readers(tenant, before.address).await?;
        let found = readers.of(&before.history.versions, scope);
        Ok(in_the_way(before, scope, &readers, &found))
    }

    async fn readers(&self, tenant: &TenantId, address: &Address) -> Result<Readers, ServiceError> {
        let registered = self.readers_of(tenant, address).await?;
        let query = DeployedQuery { readers_of: Some(address.clone()), limit: MOST, ..Default::default() };
        let deployed = self.store.deployed(tenant, &query).await.map_err(ServiceError::Store)?;
        Ok(Readers { registered, deployed: deployed.into_iter().map(|it| it.deployed).collect() })
    }

    /// The contract that readers are to go to: that of the version that was named, or what the product that was named
    /// prefers.
    async fn successor(
        &self,
        tenant: &TenantId,
        before: &Before<'_>,
        scope: &Scope,
        successor: Option<&Successor>,
    ) -> Result<Option<Digest>, ServiceError> {
        Ok(match successor {
            Some(Successor::Version(version)) => before
                .history
                .versions
                .iter()
                .find(|entry| entry.version == *version)
                .map(|entry| entry.digest),
            Some(Successor::Product(product)) => {
                let other = self.store.history(tenant, product).await.map_err(ServiceError::Store)?;
                preferred(&other.versions).map(|entry| entry.digest)
            }
            None => {
                let outside = before.history.versions.iter().filter(|entry| !scope.has(&entry.version));
                preferred(outside).map(|entry| entry.digest)
            }
        })
    }

    /// How many deployments serve some of these versions now.
    async fn serving(
        &self,
        tenant: &TenantId,
        address: &Address,
        versions: &[ContractVersion],
    ) -> Result<u32, ServiceError> {
        let query = DeploymentQuery {
            instance: None,
            address: Some(address.clone()),
            live: Some(true),
            limit: MOST,
            ..Default::default()
        };
        let live = self.store.deployments(tenant, &query).await.map_err(ServiceError::Store)?;
        let serves = |it: &&store::Deployment| {
            let mut products = it.announcement.products.iter();
            products.any(|served| served.address == *address && versions.contains(&served.version))
        };
        Ok(u32::try_from(live.iter().filter(serves).count()).unwrap_or(u32::MAX))
    }
}

/// Whether a version is promised, and no draft.
fn is_standing(entry: &Version) -> bool {
    entry.stage == Stage::Released && entry.lifecycle.retired.is_none()
}

/// How exactly a scope was deprecated.
fn standing<'b>(before: &Before<'b>, scope: &Scope) -> Option<&'b Deprecated> {
    let versions = before.history.versions.iter().filter(|entry| is_standing(entry));
    let mut deprecated = versions.filter_map(|entry| entry.lifecycle.deprecated.as_ref());
    deprecated.find(|it| it.scope == *scope)
}

/// The campaigns of a product that are under way, each once.
pub(super) fn open(before: &Before<'_>) -> Vec<Deprecated> {
    let mut open: BTreeMap<String, Deprecated> = BTreeMap::new();
    for entry in before.history.versions.iter().filter(|entry| is_standing(entry)) {
        if let Some(deprecated) = &entry.lifecycle.deprecated {
            open.entry(deprecated.scope.to_string()).or_insert_with(|| deprecated.clone());
        }
    }
    open.into_values().collect()
}

/// What stands in the way of retiring versions: a reader that runs somewhere and needs them, one of which nobody knows what
/// it needs, and the day that readers were told.
fn in_the_way(before: &Before<'_>, scope: &Scope, readers: &Readers, found: &[Found<'_>]) -> Vec<String> {
    let Before { address, history, .. } = before;
    let mut told = Vec::new();
    let deprecated = history
        .versions
        .iter()
        .filter(|entry| is_standing(entry) && scope.has(&entry.version))
        .map(|entry| entry.lifecycle.deprecated.as_ref());
    let until = deprecated.collect::<Option<Vec<_>>>().map(|all| all.into_iter().map(|it| it.until).max());
    match until {
        None => told.push(format!(
            "readers were not told that {} goes away; tell them with `mesh deprecate {address}@{scope} --until <DAY>`",
            scope.words()
        )),
        Some(Some(until)) if until > before.today() => {
            told.push(format!("readers were told that {} stays until {until}; wait for that day", scope.words()));
        }
        Some(_) => {}
    }
    for Found { expectation, environments, .. } in
        found.iter().filter(|found| found.state == ReaderState::Deployed)
    {
        let Expectation { consumer, consumer_version, requirement, .. } = expectation;
        let version = consumer_version.as_ref().map_or(String::new(), |version| format!(" {version}"));
        let places: Vec<_> = environments.iter().map(|name| name.as_str()).collect();
        told.push(format!(
            "`{consumer}`{version} runs in {} and needs {requirement}; deploy a version of it that does not, and record that with `mesh deployed`",
            places.join(" and ")
        ));
    }
    let matrix = readers.matrix();
    for environment in matrix.environments() {
        for store::Deployed { subject, version, environment, .. } in matrix.unknown(environment) {
            told.push(format!(
                "`{subject}` runs in {environment} at {version}, and what that version reads is not registered; register it with `mesh expect --consumer {subject} --consumer-version {version}`"
            ));
        }
    }
    told
}

impl Readers {
    fn matrix(&self) -> Matrix<'_> {
        Matrix { registered: &self.registered, deployed: &self.deployed }
    }

    /// Everybody who has registered for versions of a scope, those in the way first.
    fn of(&self, versions: &[Version], scope: &Scope) -> Vec<Found<'_>> {
        let matrix = self.matrix();
        let mut running: BTreeMap<*const Expectation, BTreeSet<&EnvironmentName>> = BTreeMap::new();
        for environment in matrix.environments() {
            for expectation in matrix.in_environment(environment) {
                running.entry(std::ptr::from_ref(expectation)).or_default().insert(environment);
            }
        }
        let main_line: BTreeSet<*const Expectation> =
            matrix.main_line().into_iter().map(std::ptr::from_ref).collect();
        let takes = |expectation: &Expectation, inside: bool| {
            versions.iter().any(|entry| {
                is_standing(entry)
                    && scope.has(&entry.version) == inside
                    && expectation.requirement.matches(&entry.version)
                    // What is yanked is nothing to go to.
                    && (inside || entry.lifecycle.yanked.is_none())
            })
        };
        let mut found: BTreeMap<Key<'_>, Found<'_>> = BTreeMap::new();
        for it in self.registered.iter().filter(|it| takes(&it.expectation, true)) {
            let expectation = &it.expectation;
            let environments = running.get(&std::ptr::from_ref(expectation)).cloned().unwrap_or_default();
            let in_force = !environments.is_empty() || main_line.contains(&std::ptr::from_ref(expectation));
            let state = if !in_force || takes(expectation, false) {
                ReaderState::Moved
            } else if environments.is_empty() {
                ReaderState::Declared
            } else {
                ReaderState::Deployed
            };
            let Expectation { consumer, consumer_version, purpose, requirement, .. } = expectation;
            let key = (consumer, consumer_version.as_deref(), purpose.as_deref(), requirement);
            match found.get_mut(&key) {
                Some(known) => {
                    known.environments.extend(environments);
                    known.state = known.state.min(state);
                }
                None => {
                    found.insert(key, Found { expectation, environments, state });
                }
            }
        }
        let mut found: Vec<_> = found.into_values().collect();
        found.sort_by_key(|reader| reader.state);
        found
    }
}
