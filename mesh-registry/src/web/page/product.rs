//! The page of a product at one version.

use maud::{Markup, html};
use mesh_contract::wire::{Deployment, RegisteredConsumer, Successor, VersionSummary};
use mesh_contract::{PortKind, Stability};

use super::access::access;
use super::lineage::lineage;
use super::schema::schema;
use crate::web::component::{
    badge, command, contact, counted, deployments, dotted, empty, marks, moment, owner, paragraphs, prose,
};
use crate::web::layout::{Frame, framed};
use crate::web::url;
use crate::web::view::command::PortView;
use crate::web::view::product::ProductView;
use crate::web::view::time::readable_day;

/// The longest list of versions on the page.
const VERSIONS: usize = 30;
/// The longest list of fields in a reader's row.
const READER_FIELDS: usize = 8;

/// The page of a product at one version.
pub fn product(view: &ProductView) -> Markup {
    let contract = &view.facts.contract;
    let address = contract.address.to_string();
    let title = format!("{address} {}", contract.version);
    let content = html! {
        (head(view))
        (banners(view))
        nav.toc aria-label="On this page" {
            ul {
                @for (id, text) in [("schema", "Schema"), ("read", "How to read it"), ("lineage", "Lineage"), ("readers", "Readers"), ("access", "Access"), ("versions", "Versions"), ("deployments", "Deployments"), ("contract", "Contract")] {
                    li { a href=(format!("#{id}")) { (text) } }
                }
            }
        }
        // First in the document as it is first on a phone: what comes later must not push it down.
        div.split.product {
            aside.side.product-side aria-label="At a glance" { (glance(view)) }
            div.column {
                section aria-labelledby="schema" {
                    h2 #schema { "Schema" }
                    (schema(&view.schema))
                }
                section aria-labelledby="read" {
                    h2 #read { "How to read it" }
                    (reading(view))
                }
                section aria-labelledby="lineage" {
                    h2 #lineage { "Lineage" }
                    (lineage(view))
                }
                section aria-labelledby="readers" {
                    h2 #readers { "Who reads it" }
                    (readers(view))
                }
                section aria-labelledby="access" {
                    h2 #access { "Access" }
                    (access(view))
                }
                section aria-labelledby="versions" {
                    h2 #versions { "Versions" }
                    (versions(view))
                }
                section aria-labelledby="deployments" {
                    h2 #deployments { "Deployments" }
                    (running(view))
                }
                section aria-labelledby="contract" {
                    h2 #contract { "Contract" }
                    (raw(view))
                }
            }
        }
    };
    let frame = Frame {
        title: &title,
        crumbs: &[
            ("Domains".to_owned(), "/domains".to_owned()),
            (contract.domain.name.to_string(), url::domain(&contract.domain.name)),
            (
                contract.service.name.to_string(),
                format!(
                    "{}#service-{}-{}",
                    url::domain(&contract.domain.name),
                    contract.domain.name,
                    contract.service.name
                ),
            ),
        ],
        here: &title,
        twin: Some(document_url(view)),
        search: Some(""),
    };
    framed(&frame, content)
}

fn document_url(view: &ProductView) -> String {
    let contract = &view.facts.contract;
    format!("/api/v1/products/{}/versions/{}", contract.address, contract.version)
}

fn head(view: &ProductView) -> Markup {
    let contract = &view.facts.contract;
    html! {
        header.page-head {
            p.kicker { "Data product" }
            div.title-line {
                h1 { (contract.address) }
                span.title-version { (contract.version) }
                @if let Some(summary) = &view.summary { (marks(summary)) }
                @if contract.deprecated.is_some() && view.summary.as_ref().is_none_or(|it| it.deprecated.is_none()) { (badge("tone-warn", "deprecated")) }
            }
            (paragraphs("lede", &contract.description))
            @if let Some(purpose) = &contract.purpose { (paragraphs("purpose", purpose)) }
            p.badges {
                (badge("tone-plain", contract.kind.as_str()))
                (badge(if contract.stability == Stability::Stable { "tone-good" } else { "tone-warn" }, contract.stability.as_str()))
                @if view.personal { (badge("tone-personal", "personal data")) }
                @for tag in &contract.tags { a.tag href=(url::search(&[("q", tag)])) { (tag) } }
            }
        }
    }
}

fn banners(view: &ProductView) -> Markup {
    let contract = &view.facts.contract;
    html! {
        @if let Some(deprecation) = &contract.deprecated {
            div.banner.is-warn role="note" {
                strong { "Deprecated." } " It may be gone from "
                (readable_day(deprecation.date)) " on."
                @if let Some(successor) = &deprecation.successor {
                    " Read "
                    @if view.facts.known.products.contains(successor) { a href=(url::product(successor)) { (successor) } } @else { code { (successor) } }
                    " instead."
                }
            }
        }
        @if let Some(summary) = &view.summary { (became(view, summary)) }
        @if view.is_draft() {
            div.banner.is-draft role="note" {
                strong { "A draft." } " Nothing serves it yet and it may still change. Bind to it to tell its owner what you need: "
                (owner(&contract.domain.owner)) "."
            }
        }
        @if let Some(newer) = view.newer() {
            div.banner role="note" {
                @if newer.version > contract.version { "A newer version is published: " } @else { "The newest released version is " }
                a href=(url::product(&contract.address)) { (newer.version) } "."
            }
        }
    }
}

/// What has become of the version since it was published.
fn became(view: &ProductView, summary: &VersionSummary) -> Markup {
    let address = &view.facts.contract.address;
    let why = |reason: &Option<String>| {
        html! { @if let Some(reason) = reason { " " (prose(reason)) } }
    };
    html! {
        @if let Some(retired) = &summary.retired {
            div.banner.is-warn role="note" {
                strong { "Retired." } " It has not been promised since " (moment(&retired.since)) ", and no requirement comes to it."
                (why(&retired.reason))
            }
        } @else if let Some(gone) = &summary.deprecated {
            div.banner.is-warn role="note" {
                strong { "Deprecated." } " It stays until " (readable_day(gone.until)) "."
                @match &gone.successor {
                    Some(Successor::Version(version)) => { " Read " a href=(url::product_version(address, version)) { (version) } " instead." }
                    Some(Successor::Product(product)) => { " Read " a href=(url::product(product)) { (product) } " instead." }
                    None => {}
                }
                (why(&gone.reason))
                " " a href=(format!("{}#{}", url::DEPRECATIONS, url::anchor(&address.to_string()))) { "Who still reads it" } "."
            }
        }
        @if let Some(yanked) = &summary.yanked {
            div.banner.is-warn role="note" {
                strong { "Yanked." } " Nobody new is to bind to it; whoever has bound to it reads on."
                (why(&yanked.reason))
            }
        }
        @if let Some(held) = &summary.held_back {
            div.banner.is-warn role="note" {
                strong { "Held back." } " Its line was rolled back to a version below it; whoever asks for exactly this one gets it."
                (why(&held.reason))
            }
        }
    }
}

fn reading(view: &ProductView) -> Markup {
    let contract = &view.facts.contract;
    html! {
        h3 { "Bind to it from Rust" }
        (command("", &view.add))
        p {
            "Writes a struct with just these fields into your crate, typed as the contract says; commits the contract under "
            code { "contracts/inputs/" } ", and pins it by its digest in " code { "mesh.lock" }
            ". From then on your own tests hold the struct against the contract, and this page and the owner's checks know that you read it. "
            "Choose the fields that you need, and no more: a change to any other will never concern you."
        }
        h3 { "Ports" }
        @for port in &view.ports { (a_port(port)) }
        @if let Some(terms) = &contract.terms {
            h3 { "Terms" }
            p { (prose(terms)) }
        }
        @if !view.examples.is_empty() {
            h3 { @if view.examples.len() == 1 { "Example" } @else { "Examples" } }
            @if view.personal { p.quiet { "Personal data is masked." } }
            @for (i, example) in view.examples.iter().enumerate() {
                pre.document tabindex="0" role="region" aria-label=(format!("Example {}", i + 1)) { code { (example) } }
            }
        }
    }
}

fn a_port(port: &PortView) -> Markup {
    html! {
        div.port {
            div.row-head {
                h4 { code { (port.name) } }
                @if port.name != port.kind.as_str() { (badge("tone-plain", port.kind.as_str())) }
                @for (name, value) in &port.options { span.quiet { code { (name) " = " (value) } } }
            }
            p.quiet { (about_port(port.kind)) }
            @if port.served.is_empty() {
                p.quiet { "No live deployment serves this version now." }
            } @else {
                ul.served {
                    @for (environment, address) in &port.served {
                        li { (badge("tone-good", environment)) " " code { (address) } }
                    }
                }
            }
            @for to_copy in &port.commands { (command(&to_copy.label, &to_copy.text)) }
        }
    }
}

fn about_port(kind: PortKind) -> &'static str {
    match kind {
        PortKind::Records => "Records over HTTP as JSON lines, paged by a cursor.",
        PortKind::Events => "A stream of changes.",
        PortKind::Table => "A table with snapshots.",
        PortKind::Files => "Files in object storage.",
        PortKind::Sql => "Rows, answered to SQL.",
    }
}

fn readers(view: &ProductView) -> Markup {
    let contract = &view.facts.contract;
    html! {
        @if view.facts.consumers.is_empty() {
            (empty("No reader is registered.", "Whoever binds to the product is named here, and is told before a change hurts:", &view.add))
        } @else {
            table.table.stacked {
                thead { tr {
                    th scope="col" { "Reader" }
                    th scope="col" { "Takes" }
                    th scope="col" { "Fields" }
                    th scope="col" { "Purpose" }
                    th scope="col" { "Environment" }
                    th scope="col" { "Since" }
                } }
                tbody { @for reader in &view.facts.consumers { (a_reader(view, reader)) } }
            }
            @if view.facts.more_consumers { p.quiet { "There are more; " a href=(format!("/api/v1/products/{}/consumers", contract.address)) { "all of them as JSON" } "." } }
            @if view.facts.consumers.iter().any(|reader| !reader.expectation.requirement.matches(&contract.version)) {
                p.quiet { "Readers that are marked take another version than " (contract.version) "." }
            }
        }
    }
}

fn a_reader(view: &ProductView, reader: &RegisteredConsumer) -> Markup {
    let expectation = &reader.expectation;
    let name = expectation.consumer.as_str();
    html! {
        tr {
            th scope="row" data-label="Reader" {
                @match view.facts.known.reader_page(name) {
                    Some(href) => { a href=(href) { (dotted(name)) } },
                    None => { (dotted(name)) },
                }
                @if let Some(version) = &expectation.consumer_version { " " span.row-version { (version) } }
            }
            td data-label="Takes" {
                code { (expectation.requirement) }
                @if !expectation.requirement.matches(&view.facts.contract.version) { " " (badge("tone-plain", "another version")) }
                @if reader.pending { " " (badge("tone-warn", "pending")) }
            }
            td data-label="Fields" {
                @if expectation.fields.is_empty() { span.quiet { "not said" } }
                @for (i, field) in expectation.fields.iter().take(READER_FIELDS).enumerate() {
                    @if i > 0 { " " }
                    @match view.schema.anchor_of(field) {
                        Some(anchor) => { a.code href=(format!("#{anchor}")) { (field) } },
                        None => { code { (field) } },
                    }
                }
                @if expectation.fields.len() > READER_FIELDS { span.quiet { " and " (expectation.fields.len() - READER_FIELDS) " more" } }
            }
            td data-label="Purpose" { @if reader.observed { p.warn { "observed, not declared" } } @else { @match &expectation.purpose { Some(purpose) => { (purpose) }, None => { span.quiet { "not said" } } } } }
            td data-label="Environment" { @match &expectation.environment { Some(environment) => { (environment) }, None => { span.quiet { "main line" } } } }
            td data-label="Since" { (moment(&reader.registered_at)) }
        }
    }
}

fn versions(view: &ProductView) -> Markup {
    let contract = &view.facts.contract;
    html! {
        table.table.stacked {
            thead { tr { th scope="col" { "Version" } th scope="col" { "Published" } th scope="col" { "Digest" } } }
            tbody {
                @for version in view.facts.versions.iter().take(VERSIONS) {
                    tr {
                        th scope="row" data-label="Version" {
                            @let shown = version.version == contract.version;
                            a href=(url::product_version(&contract.address, &version.version)) aria-current=[shown.then_some("page")] { (version.version) }
                            (marks(version))
                            @if shown { " " span.quiet { "shown here" } }
                        }
                        td data-label="Published" { (moment(&version.published_at)) }
                        td data-label="Digest" { code title=(version.digest) { (version.digest.short()) } }
                    }
                }
            }
        }
        @if view.facts.versions.len() > VERSIONS {
            p.quiet { (view.facts.versions.len() - VERSIONS) " older ones are left out; " a href=(format!("/api/v1/products/{}/versions", contract.address)) { "all of them as JSON" } "." }
        }
    }
}

fn running(view: &ProductView) -> Markup {
    let contract = &view.facts.contract;
    let served = |deployment: &Deployment| {
        let product =
            deployment.announcement.products.iter().find(|product| product.address == contract.address);
        html! {
            @match product {
                Some(product) => {
                    (product.version)
                    @if let Some(records) = product.records { span.quiet { " · " (counted(records, "record")) } }
                },
                None => { span.quiet { "none" } },
            }
        }
    };
    html! {
        @if view.facts.deployments.is_empty() {
            (empty("Nothing serves it now.", "A domain's binary announces itself here when it starts. On your own machine:", "mesh dev"))
        } @else {
            (deployments(&view.facts.deployments, &served, "Serves"))
            @if view.facts.more_deployments { p.quiet { "There are more; " a href=(format!("/api/v1/deployments?address={}", contract.address)) { "all of them as JSON" } "." } }
        }
    }
}

fn raw(view: &ProductView) -> Markup {
    html! {
        @if let Some(summary) = &view.summary {
            dl.digests {
                dt { "Digest" } dd { code { (summary.digest) } }
                dt { "Promise" } dd { code { (summary.promise) } }
            }
            p.quiet { "The digest covers everything that the contract says; the promise covers schemas and judged meaning without prose. Equal promises differ in words only." }
        }
        p { a href=(document_url(view)) { "The contract as JSON" } }
        @if let Some(document) = &view.document {
            details.more {
                summary { "Show it here" }
                @if view.personal { p.quiet { "Examples of personal data are masked here." } }
                pre.document tabindex="0" role="region" aria-label="Contract, personal data masked" { code { (document) } }
            }
        }
    }
}

fn glance(view: &ProductView) -> Markup {
    let contract = &view.facts.contract;
    let live = view.facts.deployments.iter().filter(|deployment| deployment.live).count();
    let levels = &contract.levels;
    html! {
        (command("Bind to it", &view.bind))
        div.glance-part { dl.glance {
            dt { "Owner" } dd { (owner(&contract.domain.owner)) }
            @if let Some(text) = &contract.domain.contact { dt { "Ask" } dd { (contact(text)) } }
            dt { "Domain" } dd { a href=(url::domain(&contract.domain.name)) { (contract.domain.name) } }
            dt { "Service" } dd {
                (contract.service.name)
                @if !contract.service.shared_with.is_empty() {
                    span.quiet { ", shared with " @for (i, name) in contract.service.shared_with.iter().enumerate() { @if i > 0 { ", " } (name) } }
                }
            }
        }
        }
        div.glance-part { h2.side-title { "Promises" }
        @if levels.is_empty() {
            p.quiet { "No service level is promised." }
        } @else {
            dl.glance {
                @if let Some(span) = &levels.freshness { dt { "Freshness" } dd { "within " (span) } }
                @if let Some(span) = &levels.latency { dt { "Latency" } dd { "within " (span) } }
                @if let Some(percent) = &levels.availability { dt { "Availability" } dd { (percent) } }
                @if let Some(span) = &levels.retention { dt { "Retention" } dd { (span) } }
            }
        }
        }
        div.glance-part { h2.side-title { "Now" }
        dl.glance {
            dt { "Live" } dd { @if live > 0 { a href="#deployments" { (counted(live as u64, "deployment")) } } @else { span.quiet { "none" } } }
            dt { "Readers" } dd { @if view.facts.consumers.is_empty() { span.quiet { "none registered" } } @else { a href="#readers" { (counted(view.facts.consumers.len() as u64, "reader")) } } }
            @if let Some(summary) = &view.summary { dt { "Published" } dd { (moment(&summary.published_at)) } }
            dt { "Versions" } dd { a href="#versions" { (view.facts.versions.len()) } }
        }
        }
    }
}
