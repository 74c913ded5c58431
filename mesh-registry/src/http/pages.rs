//! Pages for people, and the files that they load. What a page shows is gathered and rendered by [`crate::web`].

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};
use axum::response::{IntoResponse, Response};
use maud::Markup;
use mesh_contract::wire::Problem;
use mesh_contract::{Address, ContractVersion, DomainName};
use serde::Deserialize;

use super::AppState;
use super::extract::{Caller, Names, Query, Tenant};
use super::problem::{self, Refusal};
use super::route::Route;
use crate::access::Action;
use crate::web::gather::{self, SearchQuery};
use crate::web::{CONTENT_SECURITY_POLICY, assets, page, url};

/// The pages. They are no part of the API: their addresses stay, what they say may change with any release.
pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::at("/").get(Action::Browse, home),
        Route::at("/search").get(Action::Browse, search),
        Route::at("/search/results").get(Action::Browse, search_results),
        Route::at(url::DEPRECATIONS).get(Action::Browse, deprecations),
        Route::at(url::POLICIES).get(Action::Browse, policies),
        Route::at("/domains").get(Action::Browse, domains),
        Route::at("/domains/{domain}").get(Action::Browse, domain),
        Route::at("/products/{address}").get(Action::Browse, product),
        Route::at("/products/{address}/{version}").get(Action::Browse, product_version),
        Route::at("/assets/{digest}/{name}").get(Action::Greet, asset),
    ]
}

/// A page as it is sent.
pub(super) struct Html(pub(super) Markup);

impl IntoResponse for Html {
    fn into_response(self) -> Response {
        let mut text = self.0.into_string();
        // No page may hold a null, and what a parser makes of one is not the same everywhere.
        if text.contains('\0') {
            text = text.replace('\0', "\u{fffd}");
        }
        let mut response = axum::response::Html(text).into_response();
        protect(response.headers_mut());
        response
    }
}

/// What goes with every page: what it may load, and that it is asked for anew.
fn protect(headers: &mut HeaderMap) {
    let fixed: [(HeaderName, &'static str); 4] = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::VARY, "accept"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

async fn home(State(state): State<AppState>, Tenant(tenant): Tenant) -> Result<Html, Refusal> {
    Ok(Html(page::home(&gather::home(&state.registry, &tenant).await?)))
}

async fn search(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Query(query): Query<SearchQuery>,
) -> Result<Html, Refusal> {
    Ok(Html(page::search(&gather::search(&state.registry, &tenant, query).await?)))
}

async fn search_results(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Query(query): Query<SearchQuery>,
) -> Result<Html, Refusal> {
    Ok(Html(page::search_results(&gather::search(&state.registry, &tenant, query).await?)))
}

async fn deprecations(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Query(query): Query<DomainsQuery>,
) -> Result<Html, Refusal> {
    Ok(Html(page::deprecations(&gather::deprecations(&state.registry, &tenant, query.after).await?)))
}

async fn policies(State(state): State<AppState>, Tenant(tenant): Tenant) -> Result<Html, Refusal> {
    Ok(Html(page::policies(&gather::policies(&state.registry, &tenant).await?)))
}

#[derive(Deserialize)]
struct DomainsQuery {
    after: Option<String>,
}

async fn domains(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Query(query): Query<DomainsQuery>,
) -> Result<Html, Refusal> {
    Ok(Html(page::domains(&gather::domains(&state.registry, &tenant, query.after).await?)))
}

async fn domain(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    Names(name): Names<DomainName>,
) -> Result<Html, Refusal> {
    Ok(Html(page::domain(&gather::domain(&state.registry, &tenant, &name).await?)))
}

async fn product(
    State(state): State<AppState>,
    Caller(identity): Caller,
    Names(address): Names<Address>,
) -> Result<Html, Refusal> {
    Ok(Html(page::product(&gather::product(&state.registry, &identity, &address, None).await?)))
}

async fn product_version(
    State(state): State<AppState>,
    Caller(identity): Caller,
    Names((address, version)): Names<(Address, ContractVersion)>,
) -> Result<Html, Refusal> {
    Ok(Html(page::product(&gather::product(&state.registry, &identity, &address, Some(version)).await?)))
}

async fn asset(uri: Uri) -> Result<Response, Refusal> {
    let Some(asset) = assets::at(uri.path()) else {
        return Err(Refusal::new(
            problem::UNKNOWN_PATH,
            "this release has no such file; reload the page that asked for it",
        ));
    };
    let headers =
        [(header::CONTENT_TYPE, asset.content_type), (header::CACHE_CONTROL, assets::CACHE_CONTROL)];
    Ok((headers, asset.bytes).into_response())
}

/// Whether the answer to a request is for a person's eyes: a browser names HTML when it asks for a page or
/// sends a form, and clients of the API do not.
pub(super) fn wants_page(method: &Method, headers: &HeaderMap) -> bool {
    let named = |value: &HeaderValue| {
        let Ok(list) = value.to_str() else { return false };
        list.split(',').any(|item| {
            let mut parts = item.split(';').map(str::trim);
            let html = parts.next().is_some_and(|media| media.eq_ignore_ascii_case("text/html"));
            html && !parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
        })
    };
    matches!(*method, Method::GET | Method::HEAD | Method::POST)
        && headers.get_all(header::ACCEPT).iter().any(named)
}

/// A problem as a page.
pub(super) fn problem_page(problem: &Problem) -> Response {
    let mut response = Html(page::problem(problem)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_for_whoever_names_html() {
        let wants = |method: Method, accept: &'static str| {
            wants_page(&method, &HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))]))
        };
        assert!(wants(Method::GET, "text/html,application/xhtml+xml,*/*;q=0.8"));
        assert!(wants(Method::HEAD, "application/json;q=0.5, Text/HTML"));
        assert!(wants(Method::POST, "text/html"), "what a form came to is read by whoever sent it");
        for accept in ["*/*", "application/json", "text/html;q=0", "text/htmlx", ""] {
            assert!(!wants(Method::GET, accept), "{accept}");
        }
        assert!(!wants(Method::PUT, "text/html"), "whoever writes is no browser");
        assert!(!wants_page(&Method::GET, &HeaderMap::new()));
    }
}
