//! Answers that a caller may have already: strong entity tags and 304.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};

use crate::store::StoredContract;

/// How long an answer stays true.
#[derive(Debug, Clone, Copy)]
pub(super) enum Lasting {
    /// For ever: it was asked for by what it says.
    Forever,
    /// Until asked again: what a version stands for is settled once it is released, but drafts are replaced.
    Ask,
}

/// A contract as an answer, or the word that the caller has it.
pub(super) fn contract(headers: &HeaderMap, contract: StoredContract, lasting: Lasting) -> Response<Body> {
    let tag = format!("\"{}\"", contract.digest);
    let known = headers.get_all(header::IF_NONE_MATCH).iter().any(|value| names(value, &tag));
    let mut response = if known {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response
    } else {
        let mut response = Response::new(Body::from(contract.document));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    };
    let lasting = HeaderValue::from_static(match lasting {
        Lasting::Forever => "max-age=31536000, immutable",
        Lasting::Ask => "no-cache",
    });
    response.headers_mut().insert(header::CACHE_CONTROL, lasting);
    if let Ok(tag) = HeaderValue::try_from(tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// JSON as an answer, or the word that the caller has it.
pub(super) fn json(headers: &HeaderMap, value: &impl serde::Serialize) -> Response<Body> {
    let body = serde_json::to_vec(value).unwrap_or_default();
    let tag = format!("\"{}\"", mesh_contract::Digest::of_bytes(&body));
    let known = headers.get_all(header::IF_NONE_MATCH).iter().any(|value| names(value, &tag));
    let mut response = Response::new(if known { Body::empty() } else { Body::from(body) });
    if known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    } else {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(tag) = HeaderValue::try_from(tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// Whether a list of entity tags names one, weakly or strongly: for reading, both will do.
fn names(list: &HeaderValue, tag: &str) -> bool {
    let Ok(list) = list.to_str() else { return false };
    list.split(',').map(str::trim).any(|item| item == "*" || item.strip_prefix("W/").unwrap_or(item) == tag)
}
