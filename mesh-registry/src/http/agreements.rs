//! Agreements on who may read what, the grants that follow from them, and who was seen to read.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use mesh_contract::wire::{
    AcceptAccess, Agreement, AgreementState, AskAccess, EndAccess, Page, PublicKey, Reads,
};
use mesh_contract::{Address, ConsumerName, DomainName};
use serde::Deserialize;

use super::AppState;
use super::body::{body, body_if_any};
use super::conditional;
use super::extract::{Caller, Document, Names, Query, Tenant, WindowQuery, id_text};
use super::gate::RequestId;
use super::problem::Refusal;
use super::route::Route;
use crate::access::{Action, Identity};
use crate::service::{AgreementFilter, End};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::at("/api/v1/products/{address}/agreements")
            .get(Action::SeeAgreements, of_product)
            .post(Action::AskAccess, ask),
        Route::at("/api/v1/agreements").get(Action::SeeAgreements, list),
        Route::at("/api/v1/agreements/{agreement}").get(Action::SeeAgreements, show),
        Route::at("/api/v1/agreements/{agreement}/acceptance").post(Action::DecideAccess, accept),
        Route::at("/api/v1/agreements/{agreement}/refusal").post(Action::DecideAccess, refuse),
        Route::at("/api/v1/agreements/{agreement}/revocation").post(Action::DecideAccess, revoke),
        Route::at("/api/v1/agreements/{agreement}/withdrawal").post(Action::AskAccess, withdraw),
        Route::at("/api/v1/agreements/{agreement}/grant").get(Action::SeeAgreements, grant),
        Route::at("/api/v1/domains/{domain}/trust").get(Action::Announce.of("domain"), trust),
        Route::at("/api/v1/deployments/{instance}/reads").put(Action::Announce, reads),
        Route::at("/api/v1/signing-keys").post(Action::ManagePlatform, rotate),
    ]
}

type Id = Option<RequestId>;
type Told = Result<Json<Agreement>, Refusal>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    product: Option<Address>,
    consumer: Option<ConsumerName>,
    state: Option<AgreementState>,
    limit: Option<String>,
    after: Option<String>,
}

async fn list(
    State(state): State<AppState>,
    Caller(identity): Caller,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<Agreement>>, Refusal> {
    let ListQuery { product: address, consumer, state: come_to, limit, after } = query;
    let filter = AgreementFilter { address, consumer, state: come_to };
    let window = WindowQuery { limit, after }.window()?;
    Ok(Json(state.registry.agreements(&identity, &filter, &window).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfProductQuery {
    consumer: Option<ConsumerName>,
    state: Option<AgreementState>,
    limit: Option<String>,
    after: Option<String>,
}

async fn of_product(
    state: State<AppState>,
    caller: Caller,
    Names(address): Names<Address>,
    Query(query): Query<OfProductQuery>,
) -> Result<Json<Page<Agreement>>, Refusal> {
    let OfProductQuery { consumer, state: come_to, limit, after } = query;
    let query = ListQuery { product: Some(address), consumer, state: come_to, limit, after };
    list(state, caller, Query(query)).await
}

async fn ask(
    State(state): State<AppState>,
    Caller(identity): Caller,
    Names(address): Names<Address>,
    id: Id,
    Document(document): Document,
) -> Result<(StatusCode, Json<Agreement>), Refusal> {
    let ask = body::<AskAccess>(&document)?;
    let (agreement, new) = state.registry.ask_access(&identity, &address, ask, id_text(id)).await?;
    Ok((if new { StatusCode::CREATED } else { StatusCode::OK }, Json(agreement)))
}

async fn show(
    State(state): State<AppState>,
    Caller(identity): Caller,
    Names(agreement): Names<String>,
) -> Told {
    Ok(Json(state.registry.agreement(&identity, &agreement).await?))
}

async fn accept(
    State(state): State<AppState>,
    Caller(identity): Caller,
    Names(agreement): Names<String>,
    id: Id,
    Document(document): Document,
) -> Told {
    let accept = body_if_any::<AcceptAccess>(&document)?;
    Ok(Json(state.registry.accept_access(&identity, &agreement, accept, id_text(id)).await?))
}

/// Ends an agreement in one way or another.
async fn ended(
    state: AppState,
    identity: Identity,
    agreement: String,
    end: End,
    id: Id,
    Document(document): Document,
) -> Told {
    let body = body_if_any::<EndAccess>(&document)?;
    Ok(Json(state.registry.end_access(&identity, &agreement, end, body, id_text(id)).await?))
}

async fn refuse(
    State(state): State<AppState>,
    Caller(identity): Caller,
    Names(agreement): Names<String>,
    id: Id,
    document: Document,
) -> Told {
    ended(state, identity, agreement, End::Refuse, id, document).await
}

async fn revoke(
    State(state): State<AppState>,
    Caller(identity): Caller,
    Names(agreement): Names<String>,
    id: Id,
    document: Document,
) -> Told {
    ended(state, identity, agreement, End::Revoke, id, document).await
}

async fn withdraw(
    State(state): State<AppState>,
    Caller(identity): Caller,
    Names(agreement): Names<String>,
    id: Id,
    document: Document,
) -> Told {
    ended(state, identity, agreement, End::Withdraw, id, document).await
}

async fn grant(
    State(state): State<AppState>,
    Caller(identity): Caller,
    Names(agreement): Names<String>,
) -> Result<impl IntoResponse, Refusal> {
    let grant = state.registry.issue_grant(&identity, &agreement).await?;
    // Whoever has it may read: no cache on the way keeps it.
    Ok(([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(grant)))
}

async fn trust(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Names(domain): Names<DomainName>,
    headers: HeaderMap,
) -> Result<Response<Body>, Refusal> {
    Ok(conditional::json(&headers, &state.registry.trust(&tenant, &domain).await?))
}

async fn reads(
    State(state): State<AppState>,
    Caller(identity): Caller,
    Names(instance): Names<String>,
    id: Id,
    Document(document): Document,
) -> Result<StatusCode, Refusal> {
    let reads = body::<Reads>(&document)?;
    state.registry.observe_reads(&identity, &instance, reads, id_text(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn rotate(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    id: Id,
) -> Result<(StatusCode, Json<PublicKey>), Refusal> {
    Ok((StatusCode::CREATED, Json(state.registry.rotate_signing_key(&tenant, id_text(id)).await?)))
}
