//! The home page and the list of domains.

use maud::{Markup, html};
use mesh_contract::wire::{DomainSummary, ServiceSummary};

use crate::store::Counts;
use crate::web::component::{badge, brief, counted, empty, moment, owner, product_rows, prose};
use crate::web::layout::{Frame, framed, search_form};
use crate::web::url;
use crate::web::view::home::{DomainCard, DomainListView, HomeView};

/// The home page.
pub fn home(view: &HomeView) -> Markup {
    let content = html! {
        section.hero {
            h1 { "Find a data product" }
            p.lede { "What each domain of this mesh offers to others: what it means, what it promises, who relies on it, and how to read it." }
            (search_form("home-search", ""))
            @if view.counts.products > 0 { (counts(view.counts)) }
        }
        @if view.domains.is_empty() {
            section.first {
                h2 { "Nothing is published yet" }
                (empty("This registry is new.", "Start a domain, and publish what it offers:", "mesh new domain sales\ncd sales\ncargo test\nmesh publish"))
                (empty("Or look around first.", "Two example domains on real data, beside a registry of their own:", "mesh demo"))
            }
        } @else {
            div.split {
                section aria-labelledby="domains" {
                    div.section-head {
                        h2 #domains { "Domains" }
                        @if view.counts.domains > view.domains.len() as u64 {
                            a href="/domains" { "All " (counted(view.counts.domains, "domain")) }
                        }
                    }
                    @for card in &view.domains { (domain_card(card)) }
                }
                aside.side aria-labelledby="recent" {
                    h2 #recent { "Recently published" }
                    @if view.recent.is_empty() {
                        p.quiet { "Nothing yet." }
                    } @else {
                        ol.recent {
                            @for recent in &view.recent {
                                li {
                                    a href=(url::product_version(&recent.address, &recent.version)) {
                                        (recent.address) " " span.row-version { (recent.version) }
                                    }
                                    @if recent.draft { " " (badge("tone-draft", "draft")) }
                                    div.quiet { (moment(&recent.published_at)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    };
    framed(
        &Frame { title: "Data products", twin: Some("/api/v1/products".to_owned()), ..Frame::default() },
        content,
    )
}

fn counts(counts: Counts) -> Markup {
    let Counts { domains, services, products, live } = counts;
    html! {
        ul.counts aria-label="This mesh in numbers" {
            @for (number, one) in [(products, "product"), (domains, "domain"), (services, "service"), (live, "live deployment")] {
                li { strong { (number) } " " (one) @if number != 1 { "s" } }
            }
        }
    }
}

fn domain_card(card: &DomainCard) -> Markup {
    let summary = &card.summary;
    let more = u64::from(summary.products).saturating_sub(card.products.len() as u64);
    html! {
        article.card {
            div.card-about {
                h3 { a href=(url::domain(&summary.name)) { (summary.name) } }
                p { (prose(&brief(&summary.description))) }
                p.quiet { "Owned by " (owner(&summary.owner)) }
                ul.services aria-label=(format!("Services of {}", summary.name)) {
                    @for service in &summary.services { li { (service_chip(summary, service)) } }
                }
            }
            div.card-list {
                (product_rows(&card.products, ""))
                @if more > 0 {
                    p { a href=(url::domain(&summary.name)) { "and " (counted(more, "more product")) } }
                }
            }
        }
    }
}

fn service_chip(domain: &DomainSummary, service: &ServiceSummary) -> Markup {
    html! {
        a.chip href=(format!("{}#{}", url::domain(&domain.name), service_anchor(service))) {
            (service.name)
            @if service.owner != domain.name { span.chip-note { " of " (service.owner) } }
            @else if !service.shared_with.is_empty() { span.chip-note { " shared" } }
        }
    }
}

/// The id of a service on the page of a domain.
pub(super) fn service_anchor(service: &ServiceSummary) -> String {
    format!("service-{}-{}", service.owner, service.name)
}

/// The list of domains.
pub fn domains(view: &DomainListView) -> Markup {
    let content = html! {
        h1 { "Domains" }
        @if view.domains.is_empty() {
            (empty("No domain has published anything here.", "Start one, and publish what it offers:", "mesh new domain sales\ncd sales\ncargo test\nmesh publish"))
        } @else {
            ul.rows.wide {
                @for domain in &view.domains {
                    li {
                        div.row-head { a.row-name href=(url::domain(&domain.name)) { (domain.name) } }
                        p.row-text { (prose(&brief(&domain.description))) }
                        p.row-facts {
                            span { (counted(u64::from(domain.products), "product")) }
                            span { (counted(domain.services.len() as u64, "service")) }
                            span { (owner(&domain.owner)) }
                        }
                    }
                }
            }
            @if let Some(next) = &view.next {
                p.pager { a href=(format!("/domains?after={}", url::encode(next))) rel="next" { "Next page" } }
            }
        }
    };
    let frame = Frame {
        title: "Domains",
        here: "Domains",
        twin: Some("/api/v1/domains".to_owned()),
        search: Some(""),
        ..Frame::default()
    };
    framed(&frame, content)
}
