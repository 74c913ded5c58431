//! Finds out who makes a request, before anything is done for it.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::AppState;
use super::form;
use super::problem::Refusal;
use crate::access::{Identity, Means};
use crate::service::Fresh;
use crate::store::{CredentialKind, TenantId};

/// Notes who asks beside the request, where the guard of its route and its handler find it.
pub(super) async fn identify(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    match who(&state, request.method(), request.headers()).await {
        Ok(identity) => {
            request.extensions_mut().insert(identity);
            next.run(request).await
        }
        Err(refusal) => refusal.into_response(),
    }
}

async fn who(state: &AppState, method: &Method, headers: &HeaderMap) -> Result<Identity, Refusal> {
    let tenant = TenantId::default();
    if state.access.are_open() {
        return Ok(Identity::open(tenant));
    }
    let reads = matches!(*method, Method::GET | Method::HEAD);
    let fresh = if reads { Fresh::Lately } else { Fresh::Now };
    // Whoever sends a token means it, whatever a browser adds.
    let (kind, shown) = match (bearer(headers), state.access.cookie(headers)) {
        (Bearer::Token(token), _) => (CredentialKind::Token, token),
        (Bearer::Other, _) => return Ok(Identity::rejected(tenant)),
        (Bearer::None, Some(cookie)) => (CredentialKind::Session, cookie),
        (Bearer::None, None) => return Ok(Identity::unknown(tenant)),
    };
    let known = state.registry.identify(kind, shown, fresh).await?;
    let Some(identity) = known else { return Ok(Identity::rejected(tenant)) };
    if !reads && matches!(identity.means(), Means::Session(_)) {
        form::check_same_origin(headers)?;
    }
    Ok(identity)
}

enum Bearer<'h> {
    None,
    Token(&'h str),
    /// Something else that is meant to be known by.
    Other,
}

fn bearer(headers: &HeaderMap) -> Bearer<'_> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Bearer::None };
    let token = value.to_str().ok().and_then(|value| value.split_once(' '));
    match token {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") && values.next().is_none() => {
            Bearer::Token(token.trim())
        }
        _ => Bearer::Other,
    }
}
