//! Forms that a browser sends. A browser sends one also when another site asks it to, with all that it shows us of who sits in
//! front of it; so a form counts only when the browser says that it comes from a page of ours.

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, HeaderName, header};

use super::extract::{BodyLimit, read};
use super::problem::{self, Refusal};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whether a form was sent from a page of this registry. Every browser tells; what tells nothing is none, and has the API.
///
/// # Errors
/// When it was not, or nobody says so.
pub(super) fn verify(headers: &HeaderMap) -> Result<(), Refusal> {
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let refused = |detail: &str| Err(Refusal::new(problem::CROSS_SITE, detail));
    // Two of one would let each reader choose another.
    if [&SEC_FETCH_SITE, &header::ORIGIN, &header::HOST]
        .iter()
        .any(|name| headers.get_all(*name).iter().count() > 1)
    {
        return refused("the form comes with two origins; send it once more from the registry's own page");
    }
    match text(&SEC_FETCH_SITE) {
        Some("same-origin") => {}
        Some(_) => {
            return refused(
                "the form was sent from another site, and nothing was done; send it from the registry's own page",
            );
        }
        None if headers.contains_key(header::ORIGIN) => {}
        None => {
            return refused("nothing says which page the form comes from; programs use `/api/v1` instead");
        }
    }
    if !headers.contains_key(header::ORIGIN) {
        return Ok(());
    }
    // Whether it was by TLS is not known behind a proxy; the host tells sites apart.
    let origin = text(&header::ORIGIN).and_then(|origin| origin.split_once("://")).map(|(_, host)| host);
    let host = text(&header::HOST);
    if origin.is_some() && origin.zip(host).is_some_and(|(origin, host)| origin.eq_ignore_ascii_case(host)) {
        return Ok(());
    }
    refused("the form was sent from another site, and nothing was done; send it from the registry's own page")
}

/// A form from a page of ours, as names and values.
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// The value of a name, without space around it; nothing where it is empty.
    pub(super) fn one(&self, name: &str) -> Option<String> {
        self.first(name).map(str::to_owned)
    }

    /// As [`Form::one`], as it stands in the form.
    pub(super) fn first<'f>(&'f self, name: &'f str) -> Option<&'f str> {
        self.all(name).next()
    }

    /// Every value of a name that is not empty.
    pub(super) fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        let values = self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.trim());
        values.filter(|value| !value.is_empty())
    }

    /// The value of a name that has to be there, read.
    pub(super) fn read<T: std::str::FromStr>(&self, name: &str) -> Result<T, Refusal>
    where
        T::Err: std::fmt::Display,
    {
        let text = self.one(name).ok_or_else(|| {
            Refusal::new(
                problem::MALFORMED_REQUEST,
                format!("`{name}` is missing; fill it in and send the form again"),
            )
        })?;
        text.parse().map_err(|error| Refusal::new(problem::MALFORMED_REQUEST, format!("`{name}`: {error}")))
    }
}

impl<S: Sync> FromRequest<S> for Form {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        verify(request.headers())?;
        let limit = request.extensions().get::<BodyLimit>().map_or(0, |limit| limit.0);
        let body = read(request.into_body(), limit).await?;
        let pairs = url::form_urlencoded::parse(&body);
        Ok(Self(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect()))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn verified(headers: &[(&'static str, &'static str)]) -> bool {
        let pairs = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        let mut map = HeaderMap::new();
        pairs.for_each(|(name, value)| {
            map.append(name, value);
        });
        verify(&map).is_ok()
    }

    #[test]
    fn a_form_counts_only_from_a_page_of_ours() {
        const HOST: (&str, &str) = ("host", "mesh.example:7474");
        const OURS: (&str, &str) = ("origin", "https://mesh.example:7474");
        for good in [
            &[HOST, OURS, ("sec-fetch-site", "same-origin")][..],
            &[HOST, OURS],
            &[HOST, ("sec-fetch-site", "same-origin")],
            &[("host", "MESH.example:7474"), OURS],
        ] {
            assert!(verified(good), "{good:?}");
        }
        for bad in [
            &[HOST][..],
            &[HOST, ("origin", "https://evil.example")],
            &[HOST, ("origin", "null")],
            &[HOST, ("origin", "https://mesh.example:7474.evil.example")],
            &[HOST, ("origin", "https://mesh.example")],
            &[HOST, OURS, ("sec-fetch-site", "cross-site")],
            &[HOST, OURS, ("sec-fetch-site", "same-site")],
            &[HOST, OURS, ("sec-fetch-site", "none")],
            &[HOST, OURS, ("origin", "https://evil.example")],
            &[HOST, ("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")],
            &[OURS],
        ] {
            assert!(!verified(bad), "{bad:?}");
        }
    }
}
