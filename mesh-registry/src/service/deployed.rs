//! What pipelines say runs where.

use std::collections::BTreeSet;

use mesh_contract::wire::{Deployed, Page};
use mesh_contract::{Address, ConsumerName, ContractVersion, EnvironmentName};

use super::lookup::rfc3339;
use super::{Registry, ServiceError, Window};
use crate::store::{self, DeployedQuery, DeploymentQuery, History, RecordedDeployment, TenantId};

/// Something at a version in an environment.
#[derive(Debug, Clone)]
pub struct Placement {
    /// A reader, or a product by its address.
    pub subject: ConsumerName,
    /// Its version.
    pub version: String,
    /// Where it runs, or is to run.
    pub environment: EnvironmentName,
}

/// Versions of readers are theirs to choose; they stand in addresses and on pages, so they are short and plain.
const LONGEST_VERSION: usize = 100;
/// More than these are not looked at for one answer.
pub(super) const MOST: usize = 10_000;

impl Registry {
    /// Records that something runs somewhere, in place of another version of its line.
    ///
    /// # Errors
    /// When the subject is a published product without such a version, or the version is no plain text.
    pub async fn record_deployed(
        &self,
        tenant: &TenantId,
        placement: Placement,
        request_id: Option<String>,
    ) -> Result<Deployed, ServiceError> {
        placement.check()?;
        if let Some((address, history)) = self.published(tenant, &placement.subject).await? {
            version_of(&address, &history, &placement.version)?;
        }
        let record = placement.into_record();
        let recorded =
            self.store.put_deployed(tenant, record, request_id).await.map_err(ServiceError::Store)?;
        Ok(deployed(recorded))
    }

    /// Takes back that something runs somewhere.
    ///
    /// # Errors
    /// When it was not recorded.
    pub async fn forget_deployed(
        &self,
        tenant: &TenantId,
        placement: Placement,
        request_id: Option<String>,
    ) -> Result<(), ServiceError> {
        let record = placement.into_record();
        if self.store.remove_deployed(tenant, &record, request_id).await.map_err(ServiceError::Store)? {
            return Ok(());
        }
        let store::Deployed { subject, version, line: _, environment } = record;
        Err(ServiceError::UnknownDeployment { subject, version, environment })
    }

    /// What is recorded to run in an environment.
    ///
    /// # Errors
    /// When the window continues no page.
    pub async fn deployed_in(
        &self,
        tenant: &TenantId,
        environment: &EnvironmentName,
        window: &Window,
    ) -> Result<Page<Deployed>, ServiceError> {
        let skip = window.skip()?;
        let query = DeployedQuery {
            environment: Some(environment.clone()),
            skip,
            limit: window.limit() + 1,
            ..Default::default()
        };
        let found = self.store.deployed(tenant, &query).await.map_err(ServiceError::Store)?;
        Ok(window.page(found.into_iter().map(deployed).collect(), |_| (skip + window.limit()).to_string()))
    }

    /// The product that a subject is, if it was published.
    pub(super) async fn published(
        &self,
        tenant: &TenantId,
        subject: &ConsumerName,
    ) -> Result<Option<(Address, History)>, ServiceError> {
        let Ok(address) = subject.as_str().parse::<Address>() else { return Ok(None) };
        let history = self.store.history(tenant, &address).await.map_err(ServiceError::Store)?;
        Ok((!history.versions.is_empty()).then_some((address, history)))
    }

    /// The versions of a product that run in an environment: recorded by a pipeline, or served with a lease.
    pub(super) async fn running(
        &self,
        tenant: &TenantId,
        address: &Address,
        environment: &EnvironmentName,
    ) -> Result<BTreeSet<ContractVersion>, ServiceError> {
        let recorded = DeployedQuery {
            subject: Some(ConsumerName::from(address)),
            environment: Some(environment.clone()),
            limit: MOST,
            ..Default::default()
        };
        let live = DeploymentQuery {
            instance: None,
            environment: Some(environment.clone()),
            address: Some(address.clone()),
            live: Some(true),
            limit: MOST,
            ..Default::default()
        };
        let recorded = self.store.deployed(tenant, &recorded).await.map_err(ServiceError::Store)?;
        let live = self.store.deployments(tenant, &live).await.map_err(ServiceError::Store)?;
        let served = live.into_iter().flat_map(|it| it.announcement.products);
        let served = served.filter(|product| product.address == *address).map(|product| product.version);
        Ok(recorded.into_iter().filter_map(|it| it.deployed.version.parse().ok()).chain(served).collect())
    }
}

impl Placement {
    pub(super) fn check(&self) -> Result<(), ServiceError> {
        if is_plain_version(&self.version) {
            return Ok(());
        }
        Err(ServiceError::InvalidQuery {
            message: format!(
                "`{}` is no version; write 1 to {LONGEST_VERSION} letters, digits and signs other than `/?#%`",
                self.version.chars().take(40).collect::<String>().escape_debug()
            ),
        })
    }

    /// Majors of a product run side by side. A reader runs once: its versions may be called anything.
    pub(super) fn into_record(self) -> store::Deployed {
        let Self { subject, version, environment } = self;
        let is_product = subject.as_str().parse::<Address>().is_ok();
        let line = version.parse::<ContractVersion>().ok().filter(|_| is_product).map(|version| {
            match (version.major(), version.minor(), version.patch()) {
                (0, 0, patch) => format!("0.0.{patch}"),
                (0, minor, _) => format!("0.{minor}"),
                (major, ..) => major.to_string(),
            }
        });
        store::Deployed { subject, version, line: line.unwrap_or_default(), environment }
    }
}

/// Whether a text may be the version of a reader.
pub(super) fn is_plain_version(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"/?#%".contains(&byte);
    (1..=LONGEST_VERSION).contains(&text.len()) && text.bytes().all(plain)
}

/// The version of a product that somebody means.
pub(super) fn version_of<'h>(
    address: &Address,
    history: &'h History,
    version: &str,
) -> Result<&'h store::Version, ServiceError> {
    let wanted: ContractVersion = version.parse().map_err(|_| ServiceError::InvalidQuery {
        message: format!(
            "`{address}` is a product, and `{version}` is no version of one; write one such as `1.2.0`"
        ),
    })?;
    let found = history.versions.iter().find(|entry| entry.version == wanted);
    found.ok_or_else(|| ServiceError::UnknownVersion {
        address: address.clone(),
        version: wanted,
        newest: history.versions.iter().map(|entry| entry.version.clone()).max(),
    })
}

fn deployed(recorded: RecordedDeployment) -> Deployed {
    let RecordedDeployment { deployed, recorded_at } = recorded;
    let store::Deployed { subject, version, line: _, environment } = deployed;
    Deployed { subject, version, environment, recorded_at: rfc3339(recorded_at) }
}
