//! Who one is, who works for whom, and the tokens of programs.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use mesh_contract::wire::{Holding, MakeToken, Member, Page, Role, TokenSummary, WhoAmI};
use mesh_contract::{DomainName, read};
use serde::Deserialize;

use super::AppState;
use super::extract::{Caller, Document, Names, Query, Tenant, WindowQuery, id_text};
use super::gate::RequestId;
use super::problem::Refusal;
use super::route::Route;
use crate::access::Action;
use crate::service::ServiceError;

pub(super) fn routes() -> Vec<Route> {
    const MEMBER: &str = "/api/v1/domains/{domain}/members/{role}/{principal}";
    vec![
        Route::at("/api/v1/whoami").get(Action::BeSomebody, who_am_i),
        Route::at("/api/v1/tokens").get(Action::BeSomebody, tokens).post(Action::BeSomebody, make_token),
        Route::at("/api/v1/tokens/{token}").delete(Action::BeSomebody, revoke_token),
        Route::at("/api/v1/domains/{domain}/members").get(Action::Browse, members),
        Route::at(MEMBER)
            .put(Action::ManageMembers.of("domain"), add_member)
            .delete(Action::ManageMembers.of("domain"), remove_member),
        Route::at("/api/v1/platform/members").get(Action::Browse, platform_members),
        Route::at("/api/v1/platform/members/{role}/{principal}")
            .put(Action::ManagePlatform, add_platform_member)
            .delete(Action::ManagePlatform, remove_platform_member),
    ]
}

async fn who_am_i(State(state): State<AppState>, Caller(identity): Caller) -> Json<WhoAmI> {
    let closed = !state.access.are_open();
    Json(WhoAmI {
        closed,
        tenant: identity.tenant().to_string(),
        principal: closed.then(|| identity.principal().to_owned()),
        roles: identity.holdings().to_vec(),
        scope: identity.scope().clone(),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TokensQuery {
    principal: Option<String>,
    limit: Option<String>,
    after: Option<String>,
}

async fn tokens(
    State(state): State<AppState>,
    Caller(identity): Caller,
    Query(query): Query<TokensQuery>,
) -> Result<Json<Page<TokenSummary>>, Refusal> {
    let TokensQuery { principal, limit, after } = query;
    let window = WindowQuery { limit, after }.window()?;
    Ok(Json(state.registry.tokens(&identity, principal.as_deref(), &window).await?))
}

async fn make_token(
    State(state): State<AppState>,
    Caller(identity): Caller,
    request_id: Option<RequestId>,
    Document(document): Document,
) -> Result<Response, Refusal> {
    let text = std::str::from_utf8(&document)
        .map_err(|error| ServiceError::NotText { line: 1, byte: error.valid_up_to() })?;
    let make: MakeToken = read::read(text).map_err(ServiceError::from)?;
    let made = state.registry.make_token(&identity, make, id_text(request_id)).await?;
    Ok((StatusCode::CREATED, Json(made)).into_response())
}

async fn revoke_token(
    State(state): State<AppState>,
    Caller(identity): Caller,
    Names(id): Names<String>,
    request_id: Option<RequestId>,
) -> Result<StatusCode, Refusal> {
    state.registry.revoke_token(&identity, &id, id_text(request_id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn members(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Names(domain): Names<DomainName>,
) -> Result<Json<Page<Member>>, Refusal> {
    Ok(Json(Page { items: state.registry.members(&tenant, Some(&domain)).await?, next: None }))
}

async fn platform_members(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
) -> Result<Json<Page<Member>>, Refusal> {
    Ok(Json(Page { items: state.registry.members(&tenant, None).await?, next: None }))
}

async fn add_member(
    State(state): State<AppState>,
    Caller(identity): Caller,
    Names((domain, role, principal)): Names<(DomainName, Role, String)>,
    request_id: Option<RequestId>,
) -> Result<StatusCode, Refusal> {
    let holding = Holding { role, domain: Some(domain) };
    state.registry.add_member(&identity, &principal, holding, id_text(request_id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn remove_member(
    State(state): State<AppState>,
    Caller(identity): Caller,
    Names((domain, role, principal)): Names<(DomainName, Role, String)>,
    request_id: Option<RequestId>,
) -> Result<StatusCode, Refusal> {
    let holding = Holding { role, domain: Some(domain) };
    state.registry.remove_member(&identity, &principal, &holding, id_text(request_id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn add_platform_member(
    State(state): State<AppState>,
    Caller(identity): Caller,
    Names((role, principal)): Names<(Role, String)>,
    request_id: Option<RequestId>,
) -> Result<StatusCode, Refusal> {
    let holding = Holding { role, domain: None };
    state.registry.add_member(&identity, &principal, holding, id_text(request_id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn remove_platform_member(
    State(state): State<AppState>,
    Caller(identity): Caller,
    Names((role, principal)): Names<(Role, String)>,
    request_id: Option<RequestId>,
) -> Result<StatusCode, Refusal> {
    let holding = Holding { role, domain: None };
    state.registry.remove_member(&identity, &principal, &holding, id_text(request_id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
