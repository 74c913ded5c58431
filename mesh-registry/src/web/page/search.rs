//! The page of a search.

use maud::{Markup, html};
use mesh_contract::ProductKind;

use crate::web::component::{empty, product_rows};
use crate::web::layout::{Frame, framed, search_form};
use crate::web::url;
use crate::web::view::search::SearchView;

/// The page of a search.
pub fn search(view: &SearchView) -> Markup {
    let title =
        if view.query.is_empty() { "All products".to_owned() } else { format!("{} · Search", view.query) };
    let content = html! {
        div.search-page {
            h1 { @if view.query.is_empty() { "All products" } @else { "Search" } }
            (search_form("page-search", &view.query))
            (filters(view))
            div #results { (search_results(view)) }
        }
    };
    let twin = url::search(&[
        ("q", &view.query),
        ("domain", view.domain.as_deref().unwrap_or_default()),
        ("kind", view.kind.as_deref().unwrap_or_default()),
    ])
    .replacen("/search", "/api/v1/products", 1);
    framed(&Frame { title: &title, here: "Search", twin: Some(twin), ..Frame::default() }, content)
}

fn filters(view: &SearchView) -> Markup {
    let domain = view.domain.as_deref().unwrap_or_default();
    html! {
        nav.filters aria-label="Narrow the search" {
            span.filters-label #by-kind { "Kind" }
            ul aria-labelledby="by-kind" {
                li { (choice("all", url::search(&[("q", &view.query), ("domain", domain)]), view.kind.is_none())) }
                @for kind in ProductKind::WORDS {
                    li { (choice(kind, url::search(&[("q", &view.query), ("domain", domain), ("kind", kind)]), view.kind.as_deref() == Some(*kind))) }
                }
            }
            @let kind = view.kind.as_deref().unwrap_or_default();
            @if view.domain.is_some() || view.domains.len() > 1 {
                span.filters-label #by-domain { "Domain" }
                ul aria-labelledby="by-domain" {
                    li { (choice("all", url::search(&[("q", &view.query), ("kind", kind)]), view.domain.is_none())) }
                    @for name in &view.domains {
                        li { (choice(name, url::search(&[("q", &view.query), ("domain", name), ("kind", kind)]), view.domain.as_deref() == Some(name))) }
                    }
                }
            }
        }
    }
}

fn choice(text: &str, href: String, chosen: bool) -> Markup {
    html! { a.chip href=(href) aria-current=[chosen.then_some("true")] { (text) } }
}

/// What a search found: the part of the page that a script renews while one types.
pub fn search_results(view: &SearchView) -> Markup {
    html! {
        @if view.hits.is_empty() {
            @if view.query.is_empty() {
                (empty("No product is published here.", "Publish one from the folder of a domain:", "mesh publish"))
            } @else {
                div.empty {
                    p { strong { "No product matches “" (view.query) "”." } " Try fewer words or the beginning of a word: search looks at names, descriptions, fields, tags and owners." }
                    @if view.domain.is_some() || view.kind.is_some() {
                        p { a href=(url::search(&[("q", &view.query)])) { "Search in every domain and kind" } }
                    }
                    p { a href="/search" { "See all products" } }
                }
            }
        } @else {
            (product_rows(&view.hits, &view.query))
            @if let Some(next) = &view.next {
                p.pager {
                    a rel="next" href=(url::search(&[
                        ("q", &view.query),
                        ("domain", view.domain.as_deref().unwrap_or_default()),
                        ("kind", view.kind.as_deref().unwrap_or_default()),
                        ("after", next),
                    ])) { "More results" }
                }
            }
        }
    }
}
