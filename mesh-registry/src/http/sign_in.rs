//! Signing in and out on the pages.

use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use mesh_contract::DomainName;
use mesh_contract::wire::{MakeToken, TokenScope};
use serde::Deserialize;
use tokio::sync::Semaphore;

use super::AppState;
use super::extract::{Caller, Query, id_text};
use super::form::Form;
use super::gate::RequestId;
use super::pages::Html;
use super::problem::{self, Refusal};
use super::route::Route;
use crate::access::{Action, Identity, Means};
use crate::service::{SignedIn, Window};
use crate::web::{page, url};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::at(url::SIGN_IN).get(Action::SignIn, show).post(Action::SignIn, sign_in),
        Route::at(url::SIGN_OUT).post(Action::SignIn, sign_out),
        Route::at(url::ACCOUNT).get(Action::BeSomebody, account).post(Action::BeSomebody, change_tokens),
    ]
}

/// What slows guessing down: whoever fails waits, a few at a time, and those beyond are turned away. Whoever succeeds is not
/// held up by those who fail.
#[derive(Debug)]
pub(crate) struct Throttle(Semaphore);

impl Default for Throttle {
    fn default() -> Self {
        Self(Semaphore::new(8))
    }
}

impl Throttle {
    /// How long an attempt takes that failed.
    const PAUSE: Duration = Duration::from_secs(1);

    async fn failed(&self) -> Result<(), Refusal> {
        let Ok(_place) = self.0.try_acquire() else {
            return Err(Refusal::new(
                problem::TOO_MANY_REQUESTS,
                "too many attempts to sign in have failed just now; try again in some seconds",
            )
            .after(5));
        };
        tokio::time::sleep(Self::PAUSE).await;
        Ok(())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignInQuery {
    next: Option<String>,
}

async fn show(
    State(state): State<AppState>,
    Caller(identity): Caller,
    Query(SignInQuery { next }): Query<SignInQuery>,
) -> Response {
    let next = own_path(next.as_deref());
    if state.access.are_open() || matches!(identity.means(), Means::Session(_)) {
        return to(next);
    }
    Html(page::sign_in(next, None)).into_response()
}

async fn sign_in(
    State(state): State<AppState>,
    request_id: Option<RequestId>,
    form: Form,
) -> Result<Response, Refusal> {
    let next = own_path(form.first("next"));
    let length = state.access.session();
    let token = form.first("token").unwrap_or_default();
    let signed_in = state.registry.sign_in_by_token(token, length, id_text(request_id)).await?;
    let Some(SignedIn { cookie, expires_at }) = signed_in else {
        state.access.throttle.failed().await?;
        let why = "This token does not count: it has run out, was revoked, or was mistyped.";
        let mut response = Html(page::sign_in(next, Some(why))).into_response();
        *response.status_mut() = StatusCode::UNAUTHORIZED;
        return Ok(response);
    };
    let seconds = (expires_at - state.registry.now()).num_seconds().max(1);
    let mut response = to(next);
    response
        .headers_mut()
        .extend(state.access.set_cookie(&cookie, seconds).map(|value| (header::SET_COOKIE, value)));
    Ok(response)
}

async fn sign_out(
    State(state): State<AppState>,
    Caller(identity): Caller,
    request_id: Option<RequestId>,
) -> Result<Response, Refusal> {
    state.registry.sign_out(identity.tenant(), &identity, id_text(request_id)).await?;
    let mut response = to(url::SIGN_IN);
    response.headers_mut().extend(state.access.set_cookie("", 0).map(|value| (header::SET_COOKIE, value)));
    Ok(response)
}

async fn account(State(state): State<AppState>, Caller(identity): Caller) -> Result<Html, Refusal> {
    account_page(&state, &identity, None).await
}

/// Makes or revokes a token, as the forms of the page ask for.
async fn change_tokens(
    State(state): State<AppState>,
    Caller(identity): Caller,
    request_id: Option<RequestId>,
    form: Form,
) -> Result<Response, Refusal> {
    if let Some(id) = form.first("revoke") {
        state.registry.revoke_token(&identity, id, id_text(request_id)).await?;
        return Ok(to(url::ACCOUNT));
    }
    let list =
        |name| form.first(name).unwrap_or_default().split(',').map(str::trim).filter(|item| !item.is_empty());
    let domains: Result<Vec<DomainName>, _> = list("domains").map(DomainName::new).collect();
    let unreadable =
        |error: &dyn std::fmt::Display| Refusal::new(problem::MALFORMED_REQUEST, error.to_string());
    let make = MakeToken {
        label: form.first("label").unwrap_or_default().to_owned(),
        principal: None,
        scope: TokenScope {
            domains: domains.map_err(|error| unreadable(&error))?,
            actions: list("actions").map(ToOwned::to_owned).collect(),
            environments: Vec::new(),
        },
        days: form
            .first("days")
            .unwrap_or_default()
            .parse()
            .map_err(|_| unreadable(&"the days are a number"))?,
    };
    let made = state.registry.make_token(&identity, make, id_text(request_id)).await?;
    // Answered at once, for the token is shown this once and stands in no address.
    Ok(account_page(&state, &identity, Some(&made.token)).await?.into_response())
}

async fn account_page(state: &AppState, identity: &Identity, made: Option<&str>) -> Result<Html, Refusal> {
    let tokens = match identity.means() {
        Means::Open => Vec::new(),
        _ => state.registry.tokens(identity, None, &Window::first(usize::MAX)).await?.items,
    };
    Ok(Html(page::account(identity, &tokens, made)))
}

/// Sends a browser that nobody knows to where it signs in, and back from there.
pub(super) fn first(uri: &Uri) -> Response {
    let wanted = uri.path_and_query().map_or("/", |path| path.as_str());
    to(&format!("{}?next={}", url::SIGN_IN, url::encode(wanted)))
}

fn to(place: &str) -> Response {
    let place = HeaderValue::try_from(place).unwrap_or_else(|_| HeaderValue::from_static("/"));
    let headers = [(header::LOCATION, place), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// A path of this registry, and nothing that leads a browser elsewhere.
fn own_path(next: Option<&str>) -> &str {
    let own = |path: &&str| {
        path.starts_with('/')
            // Browsers take either for the beginning of another host's name.
            && !path.starts_with("//")
            && !path.contains('\\')
            && path.bytes().all(|byte| byte.is_ascii_graphic())
    };
    next.filter(own).unwrap_or("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_elsewhere() {
        assert_eq!(own_path(Some("/products/sales.orders?x=1")), "/products/sales.orders?x=1");
        for other in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "",
            "/a\r\nb",
            "javascript:x",
            "/\tx",
        ] {
            assert_eq!(own_path(Some(other)), "/", "{other:?}");
        }
        assert_eq!(own_path(None), "/");
    }
}
