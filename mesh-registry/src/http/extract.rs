//! What handlers take out of a request, each refusing with a problem.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::Pin;

use axum::body::HttpBody as _;
use axum::extract::{FromRequest, FromRequestParts, OptionalFromRequestParts, Path, Request};
use axum::http::header;
use axum::http::request::Parts;
use bytes::{Bytes, BytesMut};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::gate::RequestId;
use super::problem::{self, Refusal};
use crate::access::Identity;
use crate::service::{ServiceError, Window};
use crate::store::TenantId;

/// Whoever makes a request, as the guard of its route has found out.
pub(super) struct Caller(pub(super) Identity);

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        match parts.extensions.get::<Identity>() {
            Some(identity) => Ok(Self(identity.clone())),
            None => Err(nobody_asked()),
        }
    }
}

/// The refusal of a request of which nobody has asked who makes it: a fault of ours, which lets nobody in.
pub(super) fn nobody_asked() -> Refusal {
    Refusal::new(problem::INTERNAL, "the registry has not asked who this is; tell whoever runs it")
}

/// The tenant that a request is made for: that of its caller.
pub(super) struct Tenant(pub(super) TenantId);

impl<S: Sync> FromRequestParts<S> for Tenant {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let Caller(identity) = Caller::from_request_parts(parts, state).await?;
        Ok(Self(identity.tenant().clone()))
    }
}

/// The names in the path.
pub(super) struct Names<T>(pub(super) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Names<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        match <Path<T> as FromRequestParts<S>>::from_request_parts(parts, state).await {
            Ok(Path(names)) => Ok(Self(names)),
            Err(rejection) => Err(Refusal::new(problem::MALFORMED_REQUEST, rejection.body_text())),
        }
    }
}

/// What stands behind the question mark. A parameter that the path does not know is refused: a filter that was misspelt
/// and ignored would answer another question.
pub(super) struct Query<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        match axum::extract::Query::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(query)) => Ok(Self(query)),
            Err(rejection) => Err(Refusal::new(problem::MALFORMED_REQUEST, rejection.body_text())),
        }
    }
}

/// Which part of a list, as every list takes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WindowQuery {
    pub(super) limit: Option<String>,
    pub(super) after: Option<String>,
}

impl WindowQuery {
    pub(super) fn window(self) -> Result<Window, Refusal> {
        Ok(Window::new(self.limit.as_deref(), self.after).map_err(ServiceError::from)?)
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for RequestId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned())
    }
}

/// The id of a request as the audit takes it.
pub(super) fn id_text(id: Option<RequestId>) -> Option<String> {
    id.map(|id| id.as_str().to_owned())
}

/// The longest body that is taken.
#[derive(Debug, Clone, Copy)]
pub(super) struct BodyLimit(pub(super) usize);

/// The body, whole and not read yet.
pub(super) struct Document(pub(super) Bytes);

impl<S: Sync> FromRequest<S> for Document {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        let limit = request.extensions().get::<BodyLimit>().map_or(0, |limit| limit.0);
        check_type(&request)?;
        read(request.into_body(), limit).await.map(Self)
    }
}

/// JSON by any of its names, or no name at all: `curl -T` gives none.
fn check_type(request: &Request) -> Result<(), Refusal> {
    let Some(value) = request.headers().get(header::CONTENT_TYPE) else { return Ok(()) };
    let essence = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let json = essence.eq_ignore_ascii_case("application/json")
        || (essence.len() > 17
            && essence.is_char_boundary(12)
            && essence[..12].eq_ignore_ascii_case("application/")
            && essence.to_ascii_lowercase().ends_with("+json"));
    if json {
        return Ok(());
    }
    let detail = format!(
        "a body of type `{}` is not read here; send JSON with `Content-Type: application/json`",
        super::shown(essence)
    );
    Err(Refusal::new(problem::UNSUPPORTED_MEDIA_TYPE, detail))
}

/// So much of a body that is too large is read and thrown away, so that its sender comes to read the answer; whoever sends
/// more finds the connection closed.
const THROWN_AWAY: usize = 16 * 1024 * 1024;

pub(super) async fn read(mut body: axum::body::Body, limit: usize) -> Result<Bytes, Refusal> {
    let mut first = Bytes::new();
    let mut rest = BytesMut::new();
    let mut length = 0_usize;
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let unfinished = |error: axum::Error| {
            Refusal::new(
                problem::UNFINISHED_BODY,
                format!("the body did not arrive as a whole ({error}); send it again"),
            )
        };
        let Ok(data) = frame.map_err(unfinished)?.into_data() else { continue };
        length += data.len();
        if length > limit.saturating_add(THROWN_AWAY) {
            break;
        }
        if length > limit {
            (first, rest) = (Bytes::new(), BytesMut::new());
        } else if first.is_empty() && rest.is_empty() {
            // Most bodies come in one piece, which need not be copied.
            first = data;
        } else {
            rest.extend_from_slice(&std::mem::take(&mut first));
            rest.extend_from_slice(&data);
        }
    }
    if length > limit {
        let detail = format!(
            "the body is longer than {limit} bytes, and no document of this registry needs that many"
        );
        return Err(Refusal::new(problem::BODY_TOO_LARGE, detail));
    }
    Ok(if rest.is_empty() { first } else { rest.freeze() })
}
