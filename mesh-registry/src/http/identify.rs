//! Finds out who makes a request, before anything is done for it.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::AppState;
use super::extract::id_text;
use super::form;
use super::gate::RequestId;
use super::problem::Refusal;
use super::route::Asked;
use crate::access::{Action, Identity, Means};
use crate::service::{Decision, Fresh};
use crate::store::{CredentialKind, TenantId};

/// Notes who asks beside the request, where the guard of its route and its handler find it; and what was decided, for the
/// audit.
pub(super) async fn identify(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let identity = match who(&state, request.method(), request.headers()).await {
        Ok(identity) => identity,
        Err(refusal) => return refusal.into_response(),
    };
    if *identity.means() == Means::Open {
        request.extensions_mut().insert(identity);
        return next.run(request).await;
    }
    request.extensions_mut().insert(identity.clone());
    let looks = matches!(*request.method(), Method::GET | Method::HEAD);
    // What stands behind the question mark may be anything, a secret too.
    let told = format!("{} {}", request.method(), request.uri().path());
    let request_id = id_text(request.extensions().get::<RequestId>().cloned());
    let mut response = next.run(request).await;
    let Some(Asked { action, domain }) = response.extensions_mut().remove() else { return response };
    if action == Action::Greet {
        return response;
    }
    let status = response.status();
    let refused = matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
    // Whom it sends to sign in, it has not let through either.
    let sent_away =
        *identity.means() == Means::Nothing && status == StatusCode::SEE_OTHER && action != Action::SignIn;
    let reason = || match response.extensions().get::<Refusal>() {
        Some(refusal) => refusal.detail().to_owned(),
        None => "nobody whom the registry knows".to_owned(),
    };
    state.registry.note(Decision {
        identity: &identity,
        action,
        domain,
        request: super::shown(&told),
        looks,
        refused: (refused || sent_away).then(reason),
        status: status.as_u16(),
        request_id,
    });
    response
}

async fn who(state: &AppState, method: &Method, headers: &HeaderMap) -> Result<Identity, Refusal> {
    if let Some(find) = state.callers {
        return Ok(find(headers));
    }
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
        form::verify(headers)?;
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
