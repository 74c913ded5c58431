//! Failures as problems in the form of RFC 9457: each with a stable type, and a text that says what to do next.

use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, RETRY_AFTER, VARY, WWW_AUTHENTICATE};
use axum::response::{IntoResponse, Response};
use mesh_contract::Address;
use mesh_contract::wire::Problem;

/// A request that is not answered as asked.
#[derive(Debug)]
pub(crate) struct Failure {
    status: StatusCode,
    kind: &'static str,
    title: &'static str,
    detail: String,
    retry_after: Option<u32>,
    /// What would open the door.
    challenge: Option<String>,
}

impl Failure {
    fn new(status: StatusCode, kind: &'static str, title: &'static str, detail: impl Into<String>) -> Self {
        Self { status, kind, title, detail: detail.into(), retry_after: None, challenge: None }
    }

    pub(crate) fn not_found(detail: String) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "Nothing stands there", detail)
    }

    pub(crate) fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method-not-allowed",
            "A domain's host is only read",
            "use GET or HEAD",
        )
    }

    pub(crate) fn bad_parameter(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-parameter", "A parameter cannot be used", detail)
    }

    pub(crate) fn bad_cursor(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-cursor", "The cursor leads nowhere", detail)
    }

    pub(crate) fn not_loaded(detail: String, retry_after: u32) -> Self {
        let failure = Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "not-loaded",
            "The records are not loaded yet",
            detail,
        );
        Self { retry_after: Some(retry_after), ..failure }
    }

    /// Nobody has said who asks.
    pub(crate) fn grant_needed(address: &Address, how: String) -> Self {
        let detail =
            format!("`{address}` is read with a grant, sent as `Authorization: Bearer <grant>`; {how}");
        Self::unauthorized("grant-needed", "A grant is needed", address, None, detail)
    }

    /// What was shown is no grant, or counts no more.
    pub(crate) fn grant_invalid(address: &Address, detail: String) -> Self {
        Self::unauthorized(
            "grant-invalid",
            "The grant does not count",
            address,
            Some("invalid_token"),
            detail,
        )
    }

    fn unauthorized(
        kind: &'static str,
        title: &'static str,
        address: &Address,
        error: Option<&str>,
        detail: String,
    ) -> Self {
        let challenge = challenge(address, error, &detail);
        Self { challenge: Some(challenge), ..Self::new(StatusCode::UNAUTHORIZED, kind, title, detail) }
    }

    /// A grant that counts, and is for something else.
    pub(crate) fn outside_grant(address: &Address, detail: String) -> Self {
        let challenge = challenge(address, Some("insufficient_scope"), &detail);
        let failure = Self::new(StatusCode::FORBIDDEN, "outside-grant", "The grant is not for this", detail);
        Self { challenge: Some(challenge), ..failure }
    }

    pub(crate) fn trust_unknown(retry_after: u32) -> Self {
        let failure = Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "trust-unknown",
            "Whose grants count is not known yet",
            "the registry that issues grants was not reached since the host started; try again in a moment",
        );
        Self { retry_after: Some(retry_after), ..failure }
    }

    pub(crate) fn overloaded() -> Self {
        let failure = Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "overloaded",
            "Too many requests at once",
            "the host answers as many requests as it is set to; try again in a moment",
        );
        Self { retry_after: Some(1), ..failure }
    }

    pub(crate) fn broken(detail: &'static str) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "broken", "The host made a mistake", detail)
    }
}

impl IntoResponse for Failure {
    /// The body is written by [`finish`], which knows the request's id.
    fn into_response(self) -> Response {
        let Self { status, kind, title, detail, retry_after, challenge } = self;
        let problem = Problem {
            kind: format!("urn:mesh:problem:{kind}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail,
            pointer: None,
            request_id: None,
            findings: Vec::new(),
        };
        let mut response = status.into_response();
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(challenge) = challenge.and_then(|text| HeaderValue::try_from(text).ok()) {
            let headers = response.headers_mut();
            headers.insert(WWW_AUTHENTICATE, challenge);
            headers.insert(VARY, HeaderValue::from_static("authorization"));
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        }
        response.extensions_mut().insert(problem);
        response
    }
}

/// A challenge as RFC 6750 writes it. Its description is printable ASCII without quotes, whatever the detail holds.
fn challenge(address: &Address, error: Option<&str>, detail: &str) -> String {
    let plain = |character: char| match character {
        '"' | '`' => '\'',
        '\\' => '/',
        ' '..='~' => character,
        _ => '?',
    };
    let error = error.map(|error| format!(", error=\"{error}\"")).unwrap_or_default();
    let description: String = detail.chars().map(plain).collect();
    format!("Bearer realm=\"{address}\"{error}, error_description=\"{description}\"")
}

/// Writes the problem that a response stands for, with the request's id.
pub(crate) fn finish(mut response: Response, request_id: &str) -> Response {
    let Some(mut problem) = response.extensions_mut().remove::<Problem>() else { return response };
    problem.request_id = Some(request_id.to_owned());
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    *response.body_mut() = body.into();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}
