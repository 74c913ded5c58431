//! From an address and a requirement to the places where records are read.

use mesh_contract::wire::{Deployment, Resolution, ServedProduct};
use mesh_contract::{Address, ContractVersion, Digest, EnvironmentName, PortKind, Requirement};
use reqwest::Url;

use super::http::{Ask, Http, check_url};
use super::last_known::{Known, KnownEndpoint, LastKnown};
use super::well_known::{self, WellKnown};
use super::{ClientError, Peer, RegistryClient};

/// A product that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// What was asked for.
    pub address: Address,
    /// At which versions.
    pub requirement: Requirement,
    /// The highest version that is published and satisfies the requirement.
    pub version: ContractVersion,
    /// The digest of its contract.
    pub digest: Digest,
    /// Where it is read, best first; one at least.
    pub endpoints: Vec<Endpoint>,
    /// Who told.
    pub origin: Origin,
}

/// One place where a product's records are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The version served there.
    pub version: ContractVersion,
    /// The digest of its contract.
    pub digest: Digest,
    /// The address of the records.
    pub records: Url,
}

/// Who told where a product is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The registry, just now.
    Registry,
    /// The registry, some time ago; it does not answer now.
    LastKnown,
    /// The domain's host itself.
    Host,
}

pub(crate) async fn resolve(
    registry: Option<&RegistryClient>,
    last_known: &LastKnown,
    environment: &EnvironmentName,
    address: &Address,
    requirement: &Requirement,
) -> Result<Resolved, ClientError> {
    let answer = match registry {
        Some(registry) => registry.resolve(address, requirement, environment).await,
        None => Err(ClientError::NoRegistry),
    };
    let (known, origin) = match answer {
        Ok(resolution) => {
            let known = known(address, requirement, resolution);
            if !known.endpoints.is_empty() {
                last_known.put(environment, address, requirement, known.clone()).await;
            }
            (known, Origin::Registry)
        }
        Err(error) if error.is_absent() => match last_known.get(environment, address, requirement).await {
            Some(known) => {
                tracing::warn!(%address, %error, "the last known address is used");
                (known, Origin::LastKnown)
            }
            None => return Err(error),
        },
        Err(error) => return Err(error),
    };
    let Known { version, digest, endpoints } = known;
    let endpoints: Vec<_> = endpoints.into_iter().filter_map(usable).collect();
    let (address, requirement) = (address.clone(), requirement.clone());
    if endpoints.is_empty() {
        return Err(ClientError::NotServed { address, requirement, environment: environment.clone() });
    }
    Ok(Resolved { address, requirement, version, digest, endpoints, origin })
}

/// Asks a domain's host itself.
pub(crate) async fn direct(
    http: &Http,
    host: &Url,
    address: &Address,
    requirement: &Requirement,
) -> Result<Resolved, ClientError> {
    check_url(host)?;
    let mut url = host.clone();
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(well_known::PATH.trim_start_matches('/').split('/'));
    }
    let document: WellKnown = http.json(&Ask::get(Peer::Domain, url.clone())).await?;
    let mut served: Vec<&ServedProduct> = document
        .products
        .iter()
        .map(|product| &product.served)
        .filter(|served| served.address == *address && requirement.matches(&served.version))
        .collect();
    served.sort_by(|left, right| right.version.cmp(&left.version));
    let endpoints: Vec<_> = served.iter().filter_map(|served| endpoint(served)).filter_map(usable).collect();
    match endpoints.first() {
        Some(best) => Ok(Resolved {
            address: address.clone(),
            requirement: requirement.clone(),
            version: best.version.clone(),
            digest: best.digest,
            endpoints,
            origin: Origin::Host,
        }),
        None => {
            let found: Vec<_> = document
                .products
                .iter()
                .map(|product| format!("{}@{}", product.served.address, product.served.version))
                .collect();
            let found = if found.is_empty() { "nothing".to_owned() } else { found.join(", ") };
            let (address, requirement) = (address.clone(), requirement.clone());
            Err(ClientError::WrongProduct { url, address, requirement, found })
        }
    }
}

fn known(address: &Address, requirement: &Requirement, resolution: Resolution) -> Known {
    let Resolution { version, digest, deployments, .. } = resolution;
    let serves = |deployment: &Deployment| {
        let products = deployment.announcement.products.iter();
        products
            .filter(|served| served.address == *address && requirement.matches(&served.version))
            .max_by(|left, right| left.version.cmp(&right.version))
            .and_then(endpoint)
    };
    Known { version, digest, endpoints: deployments.iter().filter_map(serves).collect() }
}

fn endpoint(served: &ServedProduct) -> Option<KnownEndpoint> {
    let port = served.ports.iter().find(|port| port.kind == PortKind::Records)?;
    Some(KnownEndpoint { version: served.version.clone(), digest: served.digest, records: port.url.clone() })
}

/// An address that this program can speak to; others are passed over, for another instance may have one.
fn usable(endpoint: KnownEndpoint) -> Option<Endpoint> {
    let KnownEndpoint { version, digest, records } = endpoint;
    let url = records.parse::<Url>().ok().filter(|url| check_url(url).is_ok());
    if url.is_none() {
        tracing::warn!(address = %records, "an announced address cannot be used and is passed over");
    }
    url.map(|records| Endpoint { version, digest, records })
}
