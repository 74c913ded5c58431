//! The page of a domain.

use maud::{Markup, html};
use mesh_contract::wire::Deployment;

use super::home::service_anchor;
use crate::web::component::{
    badge, contact, counted, deployments, empty, owner, paragraphs, product_rows, prose,
};
use crate::web::layout::{Frame, framed};
use crate::web::url;
use crate::web::view::domain::{DomainView, ServiceView};

/// The page of a domain.
pub fn domain(view: &DomainView) -> Markup {
    let summary = &view.summary;
    let content = html! {
        header.page-head {
            p.kicker { "Domain" }
            h1 { (summary.name) }
            (paragraphs("lede", &summary.description))
            dl.facts {
                div { dt { "Owner" } dd { (owner(&summary.owner)) } }
                @if let Some(text) = &summary.contact { div { dt { "Ask" } dd { (contact(text)) } } }
                div { dt { "Offers" } dd { (counted(u64::from(summary.products), "product")) } }
                div { dt { "Live" } dd { (counted(view.deployments.iter().filter(|d| d.live).count() as u64, "deployment")) } }
            }
        }
        section aria-labelledby="services" {
            h2 #services { "Services and their products" }
            @if view.services.is_empty() {
                (empty("No service offers anything yet.", "Add a product to the domain's crate:", "mesh new product"))
            }
            @for offer in &view.services { (service(view, offer)) }
        }
        section aria-labelledby="deployments" {
            h2 #deployments { "Deployments" }
            @if view.deployments.is_empty() {
                (empty("Nothing of this domain runs.", "Start its binary; it announces itself here:", &format!("MESH_REGISTRY=<this registry> cargo run -p {}", summary.name)))
            } @else {
                (deployments(&view.deployments, &served, "Products"))
            }
        }
    };
    let frame = Frame {
        title: summary.name.as_str(),
        crumbs: &[("Domains".to_owned(), "/domains".to_owned())],
        here: summary.name.as_str(),
        twin: Some(format!("/api/v1/domains/{}", summary.name)),
        search: Some(""),
    };
    framed(&frame, content)
}

fn served(deployment: &Deployment) -> Markup {
    html! { (counted(deployment.announcement.products.len() as u64, "product")) }
}

fn service(view: &DomainView, offer: &ServiceView) -> Markup {
    let ServiceView { service, products } = offer;
    let foreign = service.owner != view.summary.name;
    html! {
        article.card.service id=(service_anchor(service)) {
            div.card-about {
                h3 { (service.name) }
                @if foreign { p { (badge("tone-shared", "shared")) " Owned by " a href=(url::domain(&service.owner)) { (service.owner) } "." } }
                @else if !service.shared_with.is_empty() {
                    p {
                        (badge("tone-shared", "shared")) " With "
                        @for (i, name) in service.shared_with.iter().enumerate() {
                            @if i > 0 { ", " }
                            @if view.known.contains(name) { a href=(url::domain(name)) { (name) } } @else { (name) }
                        }
                        "."
                    }
                }
                p { (prose(&service.description)) }
            }
            div.card-list {
                @if products.is_empty() {
                    p.quiet { "Offers no product yet." }
                } @else {
                    (product_rows(products, ""))
                }
            }
        }
    }
}
