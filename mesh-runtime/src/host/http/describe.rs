//! What the domain says of itself: the well-known document and the contracts.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use mesh_contract::wire::ServiceSummary;
use mesh_contract::{DomainName, FORMAT, NameError};

use super::App;
use super::problem::Failure;
use crate::client::well_known::{WellKnown, WellKnownDomain, WellKnownProduct};
use crate::definition::{DomainDefinition, ServiceDefinition};
use crate::host::HostError;
use crate::manifest::Manifest;

/// A domain with names that are names.
#[derive(Debug)]
pub(crate) struct Domain {
    pub(crate) name: DomainName,
    document: WellKnownDomain,
}

impl Domain {
    pub(crate) fn of(manifest: &Manifest) -> Result<Self, HostError> {
        let DomainDefinition { name, description, owner, contact, services } = *manifest.domain();
        let read = || {
            let name: DomainName = name.parse()?;
            let services =
                services.iter().map(|definition| service(&name, definition)).collect::<Result<_, _>>()?;
            Ok::<_, NameError>((name, services))
        };
        let (name, services) = read().map_err(|error| HostError::Definition(error.to_string()))?;
        let document = WellKnownDomain {
            name: name.clone(),
            description: description.to_owned(),
            owner: owner.to_owned(),
            contact: contact.map(str::to_owned),
            services,
        };
        Ok(Self { name, document })
    }
}

fn service(owner: &DomainName, definition: &ServiceDefinition) -> Result<ServiceSummary, NameError> {
    let ServiceDefinition { name, description, shared_with } = *definition;
    Ok(ServiceSummary {
        name: name.parse()?,
        description: description.to_owned(),
        owner: owner.clone(),
        shared_with: shared_with.iter().map(|name| name.parse()).collect::<Result<_, _>>()?,
    })
}

pub(super) async fn well_known(State(app): State<App>) -> Json<WellKnown> {
    let products = app.products.iter().map(|product| WellKnownProduct {
        served: product.served(),
        description: product.contract.description.clone(),
        contract: product.contract_url.to_string(),
    });
    Json(WellKnown {
        mesh: FORMAT,
        runtime: env!("CARGO_PKG_VERSION").to_owned(),
        domain: app.domain.document.clone(),
        environment: app.environment.clone(),
        products: products.collect(),
    })
}

pub(super) async fn contract(
    State(app): State<App>,
    Path((name, version)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let found = app.products.iter().find(|product| {
        product.contract.address.product().as_str() == name && product.contract.version.to_string() == version
    });
    let product = found.ok_or_else(|| {
        Failure::not_found(format!("no contract of `{name}` {version} is served here, but {}", app.names()))
    })?;
    let tag = format!("\"{}\"", product.digest);
    // A version that is published never changes, but one in the making does.
    let about = [(ETAG, tag.clone()), (CACHE_CONTROL, "no-cache".to_owned())];
    let known = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    if known
        .flat_map(|list| list.split(','))
        .any(|known| matches!(known.trim(), known if known == tag || known == "*"))
    {
        return Ok((StatusCode::NOT_MODIFIED, about).into_response());
    }
    Ok((about, [(CONTENT_TYPE, "application/json")], product.document.clone()).into_response())
}
