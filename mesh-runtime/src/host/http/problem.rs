//! Failures as problems in the form of RFC 9457: each with a stable type, and a text that says what to do next.

use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use mesh_contract::wire::Problem;

/// A request that is not answered as asked.
#[derive(Debug)]
pub(crate) struct Failure {
    status: StatusCode,
    kind: &'static str,
    title: &'static str,
    detail: String,
    retry_after: Option<u32>,
}

impl Failure {
    fn new(status: StatusCode, kind: &'static str, title: &'static str, detail: impl Into<String>) -> Self {
        Self { status, kind, title, detail: detail.into(), retry_after: None }
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
        let Self { status, kind, title, detail, retry_after } = self;
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
        response.extensions_mut().insert(problem);
        response
    }
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
