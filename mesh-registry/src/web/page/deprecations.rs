//! The page of what goes away: each deprecation with who still reads and what stands in the way of its end.

use maud::{Markup, html};
use mesh_contract::wire::{Campaign, CampaignReader, PairVerdict, ReaderState, Successor};

use crate::web::component::{badge, command, counted, dotted, empty, prose};
use crate::web::layout::{Frame, framed};
use crate::web::url;
use crate::web::view::deprecations::{DeprecationsView, days, moved};
use crate::web::view::time::readable_day;

/// The page of what goes away.
pub fn deprecations(view: &DeprecationsView) -> Markup {
    let content = html! {
        header.page-head {
            h1 { "Deprecations" }
            p.lede { "What goes away, when, and who still reads it." }
        }
        @if view.campaigns.is_empty() {
            (empty("Nothing goes away.", "An owner says until when versions stay, and readers are told:", "mesh deprecate sales.orders@1 --until 2030-06-30"))
        }
        @for (i, campaign) in view.campaigns.iter().enumerate() {
            @let first = i == 0 || view.campaigns[i - 1].address != campaign.address;
            (a_campaign(view, campaign, first))
        }
        @if let Some(next) = &view.next {
            p.pager { a rel="next" href=(format!("{}?after={}", url::DEPRECATIONS, url::encode(next))) { "More" } }
        }
    };
    let twin = Some("/api/v1/deprecations".to_owned());
    let frame =
        Frame { title: "Deprecations", here: "Deprecations", twin, search: Some(""), ..Frame::default() };
    framed(&frame, content)
}

fn a_campaign(view: &DeprecationsView, campaign: &Campaign, first: bool) -> Markup {
    let Campaign { address, scope, versions, deprecated, days_left, readers, serving, in_the_way } = campaign;
    let name = address.to_string();
    let (gone, all) = moved(campaign);
    html! {
        section.campaign aria-label=(format!("{address} {scope}")) {
            // A link to the product leads to its first one.
            h2 id=[first.then(|| url::anchor(&name))] { a href=(url::product(address)) { (dotted(&name)) } " " span.row-version { (scope.words()) } }
            p {
                "Stays until " strong { (readable_day(deprecated.until)) } ", " (days(*days_left)) "."
                @match &deprecated.successor {
                    Some(Successor::Version(version)) => { " Read " a href=(url::product_version(address, version)) { (version) } " instead." }
                    Some(Successor::Product(product)) => { " Read " a href=(url::product(product)) { (product) } " instead." }
                    None => {}
                }
                @if let Some(reason) = &deprecated.reason { " " (prose(reason)) }
            }
            p.quiet {
                @for (i, version) in versions.iter().enumerate() {
                    @if i > 0 { ", " }
                    a href=(url::product_version(address, version)) { (version) }
                }
                " · served by " (counted(u64::from(*serving), "deployment"))
                @if all > 0 { " · " (gone) " of " (counted(all as u64, "reader")) " moved" }
            }
            @if !readers.is_empty() {
                table.table.stacked {
                    thead { tr {
                        th scope="col" { "Reader" }
                        th scope="col" { "Needs" }
                        th scope="col" { "State" }
                        th scope="col" { "Runs in" }
                        th scope="col" { "Successor" }
                    } }
                    tbody { @for reader in readers { (a_reader(view, reader)) } }
                }
            } @else {
                p.quiet { "Nobody has registered as a reader of it." }
            }
            @if in_the_way.is_empty() {
                p { (badge("tone-good", "nothing in the way")) }
                (command("End it", &format!("mesh retire {address}@{scope}")))
            } @else {
                details.more open[*days_left <= 0] {
                    summary { "What stands in the way of its end" }
                    ul { @for reason in in_the_way { li { (prose(reason)) } } }
                }
            }
        }
    }
}

fn a_reader(view: &DeprecationsView, reader: &CampaignReader) -> Markup {
    let name = reader.consumer.as_str();
    let tone = match reader.state {
        ReaderState::Deployed => "tone-warn",
        ReaderState::Declared => "tone-plain",
        ReaderState::Moved => "tone-good",
    };
    html! {
        tr {
            th scope="row" data-label="Reader" {
                @match view.known.reader_page(name) {
                    Some(href) => { a href=(href) { (dotted(name)) } },
                    None => { (dotted(name)) },
                }
                @if let Some(version) = &reader.consumer_version { " " span.row-version { (version) } }
            }
            td data-label="Needs" { code { (reader.requirement) } }
            td data-label="State" { (badge(tone, reader.state.as_str())) }
            td data-label="Runs in" {
                @if reader.environments.is_empty() { span.quiet { "nowhere known" } }
                @for (i, environment) in reader.environments.iter().enumerate() { @if i > 0 { ", " } (environment) }
            }
            td data-label="Successor" {
                @match reader.successor {
                    None => { span.quiet { "none named" } }
                    Some(PairVerdict::Compatible) => { "taken as it is" }
                    Some(PairVerdict::Unproven) => { "not proved" }
                    Some(PairVerdict::Broken) => {
                        "refused"
                        @if let Some(finding) = reader.findings.first() { span.quiet { ": " code { (finding.pointer) } " " (finding.message) } }
                    }
                }
            }
        }
    }
}
