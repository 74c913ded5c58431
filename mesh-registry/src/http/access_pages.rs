//! The pages on which people see and decide who may read what, and the forms on them.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use mesh_contract::Address;
use mesh_contract::wire::{AcceptAccess, AccessTerms, AskAccess, EndAccess};
use serde::Deserialize;

use super::AppState;
use super::extract::{Caller, Names, Query, id_text};
use super::form::Form;
use super::gate::RequestId;
use super::pages::Html;
use super::problem::Refusal;
use super::route::Route;
use crate::access::{Action, Identity};
use crate::service::End;
use crate::web::{gather, page, url};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::at(url::AGREEMENTS).get(Action::SeeAgreements, inbox),
        Route::at("/products/{address}/agreements").post(Action::AskAccess, ask),
        Route::at("/agreements/{agreement}/acceptance").post(Action::DecideAccess, accept),
        Route::at("/agreements/{agreement}/refusal").post(Action::DecideAccess, refuse),
        Route::at("/agreements/{agreement}/revocation").post(Action::DecideAccess, revoke),
        Route::at("/agreements/{agreement}/withdrawal").post(Action::AskAccess, withdraw),
    ]
}

type Id = Option<RequestId>;
type Done = Result<Response, Refusal>;

/// A page to look at now that something is done.
fn see(url: &str) -> Response {
    let location = HeaderValue::try_from(url).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

#[derive(Deserialize)]
struct InboxQuery {
    after: Option<String>,
}

async fn inbox(
    State(state): State<AppState>,
    Caller(identity): Caller,
    Query(query): Query<InboxQuery>,
) -> Result<Html, Refusal> {
    Ok(Html(page::agreements(&gather::agreements(&state.registry, &identity, query.after).await?)))
}

/// The terms in a form: fields that are ticked, or written one a line; or every field.
fn terms(form: &Form) -> Result<AccessTerms, Refusal> {
    let fields = if form.one("whole").is_some() {
        vec![String::new()]
    } else {
        let written = form.all("fields").flat_map(str::lines).map(str::trim);
        form.all("field").chain(written).filter(|field| !field.is_empty()).map(str::to_owned).collect()
    };
    Ok(AccessTerms { fields, until: form.read("until")?, rows: form.one("rows") })
}

async fn ask(
    State(state): State<AppState>,
    Caller(identity): Caller,
    Names(address): Names<Address>,
    id: Id,
    form: Form,
) -> Done {
    let ask = AskAccess {
        consumer: form.read("consumer")?,
        purpose: form.read("purpose")?,
        environment: form.read("environment")?,
        terms: terms(&form)?,
    };
    state.registry.ask_access(&identity, &address, ask, id_text(id)).await?;
    Ok(see(&format!("{}#access", url::product(&address))))
}

async fn accept(
    State(state): State<AppState>,
    Caller(identity): Caller,
    Names(agreement): Names<String>,
    id: Id,
    form: Form,
) -> Done {
    let body = AcceptAccess { terms: Some(terms(&form)?), reason: form.one("reason") };
    state.registry.accept_access(&identity, &agreement, body, id_text(id)).await?;
    Ok(see(url::AGREEMENTS))
}

async fn ended(state: AppState, identity: Identity, agreement: String, end: End, id: Id, form: Form) -> Done {
    let body = EndAccess { reason: form.one("reason") };
    state.registry.end_access(&identity, &agreement, end, body, id_text(id)).await?;
    Ok(see(url::AGREEMENTS))
}

async fn refuse(
    State(state): State<AppState>,
    Caller(identity): Caller,
    Names(agreement): Names<String>,
    id: Id,
    form: Form,
) -> Done {
    ended(state, identity, agreement, End::Refuse, id, form).await
}

async fn revoke(
    State(state): State<AppState>,
    Caller(identity): Caller,
    Names(agreement): Names<String>,
    id: Id,
    form: Form,
) -> Done {
    ended(state, identity, agreement, End::Revoke, id, form).await
}

async fn withdraw(
    State(state): State<AppState>,
    Caller(identity): Caller,
    Names(agreement): Names<String>,
    id: Id,
    form: Form,
) -> Done {
    ended(state, identity, agreement, End::Withdraw, id, form).await
}
