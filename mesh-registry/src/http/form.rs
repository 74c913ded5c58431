//! Forms that pages send.

use axum::http::{HeaderMap, header};
use bytes::Bytes;

use super::problem::{self, Refusal};
use crate::service::ServiceError;

/// Refuses what a page of another site makes a browser send along with its cookie. Browsers say where a request comes from,
/// and no page can make them say otherwise; one that says nothing is refused as well.
pub(super) fn check_same_origin(headers: &HeaderMap) -> Result<(), Refusal> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(header::HOST.as_str());
    let same = match (text("sec-fetch-site"), text(header::ORIGIN.as_str())) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => {
            let authority = origin.split_once("://").map(|(_, authority)| authority);
            authority.is_some() && authority == host
        }
        (None, None) => false,
    };
    if same {
        return Ok(());
    }
    Err(Refusal::new(
        problem::FORBIDDEN,
        "this was sent by a page of another site, or by a browser that does not say where it comes from; open the page \
         here, and do it there",
    ))
}

/// The fields of a form. A field that comes twice counts as it came last.
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a body of `application/x-www-form-urlencoded`.
    pub(super) fn read(body: &Bytes) -> Result<Self, Refusal> {
        let text = std::str::from_utf8(body)
            .map_err(|error| ServiceError::NotText { line: 1, byte: error.valid_up_to() })?;
        Ok(Self(url::form_urlencoded::parse(text.as_bytes()).into_owned().collect()))
    }

    /// A field without blanks around it, if it holds anything.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().rev().find(|(key, _)| key == name);
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    fn sent(pairs: &[(&'static str, &'static str)]) -> bool {
        let headers = pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        check_same_origin(&headers.collect()).is_ok()
    }

    #[test]
    fn only_our_own_pages_send_forms() {
        assert!(sent(&[("sec-fetch-site", "same-origin"), ("host", "mesh.example")]));
        assert!(sent(&[("origin", "https://mesh.example"), ("host", "mesh.example")]));
        assert!(!sent(&[
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://mesh.example"),
            ("host", "mesh.example")
        ]));
        assert!(
            !sent(&[("sec-fetch-site", "same-site"), ("host", "mesh.example")]),
            "a neighbour is no friend"
        );
        assert!(!sent(&[("sec-fetch-site", "none"), ("host", "mesh.example")]));
        assert!(!sent(&[("origin", "https://evil.example"), ("host", "mesh.example")]));
        assert!(!sent(&[("origin", "null"), ("host", "mesh.example")]));
        assert!(!sent(&[("origin", "https://mesh.example")]));
        assert!(!sent(&[("host", "mesh.example")]));
    }
}
