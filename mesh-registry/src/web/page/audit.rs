//! The page of auditors: who did what, the last first.

use maud::{Markup, html};
use mesh_contract::wire::{AuditBatch, AuditRecord, Outcome};

use crate::web::component::{badge, empty, moment};
use crate::web::layout::{Frame, framed};
use crate::web::url;

/// The page of the audit, of these batches, the last first.
pub fn audit(batches: &[AuditBatch]) -> Markup {
    let content = html! {
        header.page-head {
            h1 { "Audit" }
            p.lede { "Who asked for what, and whether it was let through. Looks are counted by the minute." }
            @if let Some(last) = batches.first() {
                p { "Sealed up to batch " (last.number) ", whose seal is " code { (last.seal.short()) } ". Hold the chain against it: " code { "mesh audit verify" } }
            }
        }
        @if batches.is_empty() {
            (empty("Nothing was decided yet.", "Decisions are sealed about once a second. Hold the chain together with:", "mesh audit verify"))
        } @else {
            table.table.stacked {
                thead { tr { th scope="col" { "When" } th scope="col" { "Who" } th scope="col" { "What" } th scope="col" { "Decision" } } }
                tbody { @for batch in batches { @for record in batch.records.iter().rev() { (row(record)) } } }
            }
            @if let Some(first) = batches.last().filter(|first| first.number > 1) {
                p.pager { a rel="next" href=(format!("{}?before={}", url::AUDIT, first.number)) { "Earlier" } }
            }
        }
    };
    let twin = Some("/api/v1/audit/batches".to_owned());
    framed(&Frame { title: "Audit", here: "Audit", twin, search: Some(""), ..Frame::default() }, content)
}

fn row(record: &AuditRecord) -> Markup {
    let AuditRecord { at, principal, means, action, domain, request, outcome, reason, status, count, .. } =
        record;
    html! {
        tr {
            td data-label="When" { (moment(at)) }
            th scope="row" { p { (principal) } p.quiet { (means) } }
            td data-label="What" {
                div {
                    p {
                        (action)
                        @if let Some(domain) = domain { " in " (domain.as_str()) }
                        @if *count > 1 { ", " (count) " times" }
                    }
                    p { code { (request) } }
                }
            }
            td data-label="Decision" {
                div {
                    p {
                        @match outcome {
                            Outcome::Allowed => (badge("tone-good", "allowed")),
                            Outcome::Refused => (badge("tone-warn", "refused")),
                        }
                        " " (status)
                    }
                    @if let Some(reason) = reason { p.quiet { (reason) } }
                }
            }
        }
    }
}
