//! The page of policies: what is asked of every product, why, and which products break it.

use maud::{Markup, html};
use mesh_contract::wire::{PolicyOutcome, PolicySeverity};
use mesh_policy::PolicyView;

use crate::web::component::{badge, counted, dotted, empty, moment, prose};
use crate::web::layout::{Frame, framed};
use crate::web::url;
use crate::web::view::policies::PoliciesView;
use crate::web::view::time::readable_day;

/// A policy that many products break shows so many of them.
const MOST_SHOWN: usize = 50;

/// The page of policies.
pub fn policies(view: &PoliciesView) -> Markup {
    let found = &view.found;
    let content = html! {
        header.page-head {
            h1 { "Policies" }
            p.lede { "What holds for every product, and which products break it." }
        }
        @if view.policies.set.is_empty() {
            (empty("Nothing is asked of every product.", "Those that ship with the project are a start:", "mesh policy set --starters"))
        } @else {
            p.quiet {
                "Revision " (view.told.revision)
                @if let Some(by) = &view.told.set_by { ", set by " (by) }
                @if let Some(at) = &view.told.set_at { " " (moment(at)) }
                " · " (counted(found.products, "product")) " looked at, " (found.refused) " would be refused"
            }
        }
        @for policy in view.policies.set.policies() { (a_policy(view, &policy)) }
    };
    let twin = Some("/api/v1/policies/findings".to_owned());
    let frame = Frame { title: "Policies", here: "Policies", twin, search: Some(""), ..Frame::default() };
    framed(&frame, content)
}

fn a_policy(view: &PoliciesView, policy: &PolicyView<'_>) -> Markup {
    let found: Vec<_> = view.of(policy.id).collect();
    let of: Vec<_> = policy.applies.iter().map(|subject| subject.as_str()).collect();
    html! {
        section.campaign aria-label=(policy.title) {
            h2 id=(url::anchor(policy.id)) { (policy.title) }
            p {
                code { (policy.id) } " "
                @match policy.severity {
                    PolicySeverity::Refuse => { (badge("tone-warn", "refused when broken")) }
                    PolicySeverity::Warn => { (badge("tone-plain", "told when broken")) }
                }
                " " span.quiet { "asked of " (of.join(", ")) }
            }
            p { (prose(policy.why)) }
            details.more {
                summary { "As it is written" }
                pre.document tabindex="0" role="region" aria-label=(format!("The policy {}", policy.id)) {
                    code {
                        @if let Some(when) = policy.when { "when " (when) "\n" }
                        "must " (policy.must)
                    }
                }
            }
            @if found.is_empty() {
                p { (badge("tone-good", "nothing breaks it")) }
            } @else {
                table.table.stacked {
                    thead { tr {
                        th scope="col" { "Product" }
                        th scope="col" { "Outcome" }
                        th scope="col" { "What to do" }
                    } }
                    tbody { @for (address, version, finding) in found.iter().take(MOST_SHOWN) {
                        tr {
                            th scope="row" data-label="Product" {
                                a href=(url::product_version(address, version)) { (dotted(&address.to_string())) }
                                " " span.row-version { (version) }
                            }
                            td data-label="Outcome" {
                                @match finding.outcome {
                                    PolicyOutcome::Waived => { (badge("tone-plain", "waived")) }
                                    outcome => { (badge("tone-warn", outcome.as_str())) }
                                }
                                @if let Some(until) = finding.until { " until " (readable_day(until)) }
                                span.quiet { " " @if finding.subject != address.to_string() { (finding.subject) ": " } (finding.message) }
                            }
                            td data-label="What to do" { (prose(&finding.fix)) }
                        }
                    } }
                }
                @if found.len() > MOST_SHOWN { p.quiet { "and " (found.len() - MOST_SHOWN) " more" } }
            }
        }
    }
}
