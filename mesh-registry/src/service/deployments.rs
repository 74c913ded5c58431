//! Deployments: which instances run where, each kept alive by a lease.

use axum::http::Uri;
use bytes::Bytes;
use mesh_contract::wire::{Announcement, Deployment, Lease, Page};
use mesh_contract::{Address, DomainName, EnvironmentName, read};

use super::lookup::rfc3339;
use super::{Registry, ServiceError, Window, read_document};
use crate::access::{Action, Identity, Means};
use crate::store::{self, DeploymentQuery, StoreError, TenantId};

/// Which deployments are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeploymentFilter {
    /// Only those of this domain.
    pub domain: Option<DomainName>,
    /// Only those in this environment.
    pub environment: Option<EnvironmentName>,
    /// Only those that serve this product.
    pub address: Option<Address>,
    /// Only those whose lease runs, or only those whose lease has run out.
    pub live: Option<bool>,
}

/// A lease longer than this would call an instance live that died an hour ago.
const LONGEST_LEASE: u32 = 3_600;
const LONGEST_INSTANCE: usize = 200;

impl Registry {
    /// Announces an instance, or renews its lease. A restarted instance comes with a later epoch and replaces itself.
    ///
    /// # Errors
    /// When the announcement cannot be read or a later start of the instance has announced itself.
    pub async fn announce(
        &self,
        caller: &Identity,
        instance: &str,
        document: Bytes,
    ) -> Result<Lease, ServiceError> {
        check_instance(instance)?;
        let announcement: Announcement = read_document(document, |text| Ok(read::read(text)?)).await?;
        check(&announcement)?;
        caller.may(Action::Announce, Some(&announcement.domain))?;
        caller.may_in(Action::Announce, &announcement.environment)?;
        self.may_change_instance(caller, instance).await?;
        let tenant = caller.tenant();
        let (epoch, lease_seconds) = (announcement.epoch, announcement.lease_seconds);
        match self.store.renew(tenant, instance, announcement).await {
            Ok(()) => Ok(Lease { instance: instance.to_owned(), lease_seconds }),
            Err(error) => Err(refused(error, instance, epoch)),
        }
    }

    /// Ends the lease of an instance that stops.
    ///
    /// # Errors
    /// When a later start of the instance has announced itself.
    pub async fn withdraw(&self, caller: &Identity, instance: &str, epoch: u64) -> Result<(), ServiceError> {
        check_instance(instance)?;
        self.may_change_instance(caller, instance).await?;
        let tenant = caller.tenant();
        self.store.release(tenant, instance, epoch).await.map_err(|error| refused(error, instance, epoch))
    }

    /// The instance of a name belongs to the domain that announced it, until it is forgotten.
    pub(super) async fn may_change_instance(
        &self,
        caller: &Identity,
        instance: &str,
    ) -> Result<(), ServiceError> {
        if *caller.means() == Means::Open {
            return Ok(());
        }
        let query =
            DeploymentQuery { instance: Some(instance.to_owned()), limit: 1, ..DeploymentQuery::default() };
        let known = self.store.deployments(caller.tenant(), &query).await.map_err(ServiceError::Store)?;
        for known in known {
            caller.may(Action::Announce, Some(&known.announcement.domain))?;
            caller.may_in(Action::Announce, &known.announcement.environment)?;
        }
        Ok(())
    }

    /// Deployments by instance.
    ///
    /// # Errors
    /// When the window continues no page.
    pub async fn deployments(
        &self,
        tenant: &TenantId,
        filter: &DeploymentFilter,
        window: &Window,
    ) -> Result<Page<Deployment>, ServiceError> {
        let DeploymentFilter { domain, environment, address, live } = filter.clone();
        let after = window.after()?;
        let limit = window.limit() + 1;
        let query = DeploymentQuery { instance: None, domain, environment, address, live, after, limit };
        let found = self.store.deployments(tenant, &query).await.map_err(ServiceError::Store)?;
        let found = found.into_iter().map(deployment).collect();
        Ok(window.page(found, |last: &Deployment| last.instance.clone()))
    }
}

fn refused(error: StoreError, instance: &str, epoch: u64) -> ServiceError {
    match error {
        StoreError::Conflict { current } => {
            ServiceError::StaleEpoch { instance: instance.to_owned(), epoch, current }
        }
        StoreError::Full { limit } => ServiceError::Full { what: "live deployments", limit },
        error => ServiceError::Store(error),
    }
}

/// An instance's name stands in addresses and on pages, so it is plain.
pub(super) fn check_instance(instance: &str) -> Result<(), ServiceError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:@".contains(&byte);
    if (1..=LONGEST_INSTANCE).contains(&instance.len()) && instance.bytes().all(plain) {
        return Ok(());
    }
    Err(ServiceError::InvalidQuery {
        message: format!(
            "`{}` names no instance; write 1 to {LONGEST_INSTANCE} letters, digits and any of `-_.:@`",
            instance.chars().take(40).collect::<String>().escape_debug()
        ),
    })
}

fn check(announcement: &Announcement) -> Result<(), ServiceError> {
    let invalid = |pointer: String, message: String| Err(ServiceError::Invalid { pointer, message });
    if !(1..=LONGEST_LEASE).contains(&announcement.lease_seconds) {
        let message = format!(
            "a lease lasts 1 to {LONGEST_LEASE} seconds, not {}; 30 suits most",
            announcement.lease_seconds
        );
        return invalid("/leaseSeconds".to_owned(), message);
    }
    check_url("/baseUrl".to_owned(), &announcement.base_url)?;
    for (index, product) in announcement.products.iter().enumerate() {
        if *product.address.domain() != announcement.domain {
            let message = format!(
                "`{}` is not a product of the domain `{}`; a deployment serves the products of its own domain",
                product.address, announcement.domain
            );
            return invalid(format!("/products/{index}/address"), message);
        }
        for (port_index, port) in product.ports.iter().enumerate() {
            check_url(format!("/products/{index}/ports/{port_index}/url"), &port.url)?;
        }
    }
    Ok(())
}

/// Pages link to these addresses and clients open them: nothing but HTTP may stand there.
fn check_url(pointer: String, url: &str) -> Result<(), ServiceError> {
    let uri = url.parse::<Uri>().ok().filter(|uri| uri.authority().is_some());
    if uri.is_some_and(|uri| matches!(uri.scheme_str(), Some("http" | "https"))) {
        return Ok(());
    }
    let message =
        "not an address of HTTP; write one with scheme and host, e.g. `http://127.0.0.1:4100`".to_owned();
    Err(ServiceError::Invalid { pointer, message })
}

pub(super) fn deployment(entry: store::Deployment) -> Deployment {
    let store::Deployment { instance, announcement, seen_at, live } = entry;
    Deployment { instance, announcement, seen_at: rfc3339(seen_at), live }
}
