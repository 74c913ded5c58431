//! The frame of every page: head, bar with search, breadcrumbs, foot.

use maud::{DOCTYPE, Markup, html};

use super::{assets, url};

/// What the frame must know of a page.
#[derive(Debug, Default)]
pub(crate) struct Frame<'f> {
    /// What the page is about; the registry's name is put behind it.
    pub(crate) title: &'f str,
    /// The way here from the home page: text and address, the page itself left out.
    pub(crate) crumbs: &'f [(String, String)],
    /// What the page is called at the end of the way; empty where no way is shown.
    pub(crate) here: &'f str,
    /// The same as JSON.
    pub(crate) twin: Option<String>,
    /// What stands in the bar's search field; `None` where the page has a search of its own.
    pub(crate) search: Option<&'f str>,
}

/// The frame around the content of a page.
pub(crate) fn framed(frame: &Frame<'_>, content: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (frame.title) " · mesh" }
                link rel="stylesheet" href=(assets::style().url);
                link rel="icon" type="image/svg+xml" href=(assets::mark().url);
                @if let Some(twin) = &frame.twin {
                    link rel="alternate" type="application/json" href=(twin);
                }
                script src=(assets::script().url) defer {}
            }
            body {
                a.skip href="#main" { "Skip to the content" }
                header.bar {
                    div.bar-inner {
                        a.brand href="/" {
                            img src=(assets::mark().url) alt="" width="26" height="26";
                            span { "mesh" }
                        }
                        @if let Some(query) = frame.search {
                            (search_form("bar-search", query))
                        } @else {
                            span.bar-gap {}
                        }
                        nav.bar-nav aria-label="Registry" {
                            a href="/domains" { "Domains" }
                            a href="/search" { "Products" }
                            a href=(url::ACCOUNT) { "Account" }
                        }
                    }
                }
                main #main tabindex="-1" {
                    @if !frame.here.is_empty() {
                        nav.crumbs aria-label="Breadcrumbs" {
                            ol {
                                li { a href="/" { "Home" } }
                                @for (text, href) in frame.crumbs {
                                    li { a href=(href) { (text) } }
                                }
                                li { span aria-current="page" { (frame.here) } }
                            }
                        }
                    }
                    (content)
                }
                footer.foot {
                    div.foot-inner {
                        p { "The registry of the mesh, release " (env!("CARGO_PKG_VERSION")) ". It holds no data and owns no product." }
                        p.foot-links {
                            @if let Some(twin) = &frame.twin {
                                a href=(twin) { "This page as JSON" }
                            }
                            a href=(url::AGREEMENTS) { "Agreements" }
                            a href=(url::DEPRECATIONS) { "Deprecations" }
                            a href=(url::AUDIT) { "Audit" }
                            a href=(url::POLICIES) { "Policies" }
                            a href="/api/v1/openapi.json" { "API" }
                        }
                    }
                }
            }
        }
    }
}

/// A search that works without a script; a script shows results while one types.
pub(crate) fn search_form(id: &str, query: &str) -> Markup {
    html! {
        form.search role="search" action=(url::search(&[])) method="get" data-live {
            label.sr-only for=(id) { "Search data products" }
            input id=(id) type="search" name="q" value=(query) autocomplete="off" spellcheck="false"
                maxlength="200" placeholder="Search products, fields, owners" data-search;
            kbd.search-key aria-hidden="true" { "/" }
            button type="submit" { "Search" }
        }
    }
}
