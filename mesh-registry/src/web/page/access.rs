//! Who may read what: the section on a product's page, and the page of all agreements. What can be done is a plain form.

use maud::{Markup, html};
use mesh_contract::wire::{AccessTerms, Agreement, AgreementState};

use crate::web::component::{badge, command, dotted, empty, moment, owner};
use crate::web::layout::{Frame, framed};
use crate::web::url;
use crate::web::view::access::{AgreementView, AgreementsView, top_fields};
use crate::web::view::product::ProductView;
use crate::web::view::time::readable_day;

/// The longest list of fields in a row.
const FIELDS: usize = 8;
/// So many fields of a product are ticked; where there are more, they are written.
const TICKED: usize = 30;

/// Who may read a product, and how to ask.
pub(super) fn access(view: &ProductView) -> Markup {
    let (access, contract) = (&view.facts.access, &view.facts.contract);
    let address = contract.address.to_string();
    let ask = format!("mesh request {address} --purpose \"...\" --until {}", access.proposed());
    html! {
        @if access.agreements.is_empty() {
            @let why = if access.may_see { "Nobody has asked to read it." } else { "Who may read it is shown to the two sides." };
            (empty(why, "Whoever reads it from another domain asks its owner:", &ask))
        } @else {
            (table(&access.agreements))
            @if access.more { p.quiet { "There are more; " a href=(format!("/api/v1/products/{address}/agreements")) { "all of them as JSON" } "." } }
            (command("Ask to read it", &ask))
        }
        @if access.may_ask {
            details.more {
                summary { "Ask here" }
                form.form method="post" action=(format!("{}/agreements", url::product(&contract.address))) {
                    p { label for="ask-consumer" { "Who reads" } input #ask-consumer name="consumer" required maxlength="127" list="ask-consumers" value=[access.consumers.first()] placeholder="accounting"; }
                    datalist #ask-consumers { @for name in &access.consumers { option value=(name) {} } }
                    p { label for="ask-purpose" { "What for" } input #ask-purpose name="purpose" required maxlength="200" placeholder="Monthly invoices"; }
                    p { label for="ask-environment" { "Where it runs" } input #ask-environment name="environment" required maxlength="63" value="production"; }
                    p { label for="ask-until" { "Until" } input #ask-until type="date" name="until" required min=(access.today) value=(access.proposed()); }
                    (choosing(&top_fields(contract)))
                    p { button type="submit" { "Ask for access" } }
                }
            }
        }
    }
}

/// The fields to choose from; where there are too many to tick, they are written.
fn choosing(fields: &[(String, String, bool)]) -> Markup {
    html! {
        @if fields.len() > TICKED {
            p { label for="ask-fields" { "Fields, one a line" } textarea #ask-fields name="fields" rows="4" required spellcheck="false" placeholder=[fields.first().map(|(pointer, ..)| pointer)] {} }
        } @else {
            fieldset {
                legend { "Fields" }
                @for (pointer, name, personal) in fields {
                    label.check { input type="checkbox" name="field" value=(pointer); " " code { (name) } @if *personal { " " (badge("tone-personal", "personal data")) } }
                }
            }
        }
    }
}

/// The page of all agreements that whoever looks may see.
pub fn agreements(view: &AgreementsView) -> Markup {
    let content = html! {
        header.page-head {
            h1 { "Agreements" }
            p.lede { "Who asks to read what, and what came of it." }
        }
        section aria-labelledby="waiting" {
            h2 #waiting { "Waiting for your answer" }
            @if view.waiting.is_empty() {
                p.quiet { "Nothing waits. A question about your domain's products appears here, and in the feed as " code { "mesh.agreement.asked.v1" } "." }
            }
            @for it in &view.waiting { (an_agreement(it)) }
        }
        section aria-labelledby="others" {
            h2 #others { "Asked and answered" }
            @if view.others.is_empty() {
                (empty("There is no agreement yet.", "A consumer asks on a product's page, or with a command:", "mesh request sales.customers --purpose \"Monthly invoices\" --until 2027-01-31"))
            }
            @for it in &view.others { (an_agreement(it)) }
        }
        @if let Some(next) = &view.next {
            p.pager { a rel="next" href=(format!("{}?after={}", url::AGREEMENTS, url::encode(next))) { "More" } }
        }
    };
    let twin = Some("/api/v1/agreements".to_owned());
    framed(
        &Frame { title: "Agreements", here: "Agreements", twin, search: Some(""), ..Frame::default() },
        content,
    )
}

fn tone(state: AgreementState) -> &'static str {
    match state {
        AgreementState::Asked => "tone-warn",
        AgreementState::Accepted => "tone-good",
        AgreementState::Refused
        | AgreementState::Withdrawn
        | AgreementState::Revoked
        | AgreementState::Ended => "tone-plain",
    }
}

fn terms_of(agreement: &Agreement) -> &AccessTerms {
    agreement.agreed.as_ref().unwrap_or(&agreement.asked)
}

fn fields(terms: &AccessTerms) -> Markup {
    html! {
        @if terms.fields.iter().any(String::is_empty) { "every field" }
        @else {
            @for (i, field) in terms.fields.iter().take(FIELDS).enumerate() { @if i > 0 { " " } code { (field) } }
            @if terms.fields.len() > FIELDS { span.quiet { " and " (terms.fields.len() - FIELDS) " more" } }
        }
        @if let Some(rows) = &terms.rows { span.quiet { " of the rows of " (rows) } }
    }
}

fn table(list: &[AgreementView]) -> Markup {
    html! {
        table.table.stacked {
            thead { tr {
                th scope="col" { "Reader" }
                th scope="col" { "State" }
                th scope="col" { "Fields" }
                th scope="col" { "Purpose" }
                th scope="col" { "Environment" }
                th scope="col" { "Until" }
            } }
            tbody {
                @for AgreementView { agreement, .. } in list {
                    @let terms = terms_of(agreement);
                    tr {
                        th scope="row" data-label="Reader" { (dotted(agreement.consumer.as_str())) }
                        td data-label="State" { a href=(format!("{}#{}", url::AGREEMENTS, url::anchor(&agreement.id))) { (badge(tone(agreement.state), agreement.state.as_str())) } }
                        td data-label="Fields" { (fields(terms)) }
                        td data-label="Purpose" { (agreement.purpose) }
                        td data-label="Environment" { (agreement.environment) }
                        td data-label="Until" { (readable_day(terms.until)) }
                    }
                }
            }
        }
    }
}

fn an_agreement(view: &AgreementView) -> Markup {
    let AgreementView { agreement, decides, reads } = view;
    let terms = terms_of(agreement);
    let id = url::anchor(&agreement.id);
    html! {
        article.card.agreement id=(id) {
            h3 {
                (dotted(agreement.consumer.as_str())) " reads "
                a href=(format!("{}#access", url::product(&agreement.address))) { (dotted(&agreement.address.to_string())) } " "
                (badge(tone(agreement.state), agreement.state.as_str()))
            }
            p { (agreement.purpose) }
            p.quiet { "In " (agreement.environment) ", until " (readable_day(terms.until)) ": " (fields(terms)) }
            @if agreement.agreed.as_ref().is_some_and(|agreed| *agreed != agreement.asked) {
                p.quiet { "Asked for until " (readable_day(agreement.asked.until)) ": " (fields(&agreement.asked)) }
            }
            p.quiet {
                "Asked by " (owner(&agreement.asked_by)) ", " (moment(&agreement.asked_at))
                @if let (Some(by), Some(at)) = (&agreement.decided_by, &agreement.decided_at) { "; decided by " (owner(by)) ", " (moment(at)) }
                "."
            }
            @if let Some(reason) = &agreement.reason { p { q { (reason) } } }
            @if *decides { (deciding(agreement, &id)) }
            @if *reads && agreement.state.is_open() {
                details.more {
                    summary { "Take it back" }
                    form.form method="post" action=(act(agreement, "withdrawal")) {
                        p { label for=(format!("withdraw-{id}")) { "Why (the owner sees it)" } input id=(format!("withdraw-{id}")) name="reason" maxlength="1000"; }
                        p { button type="submit" { "Take back" } }
                    }
                }
            }
        }
    }
}

fn act(agreement: &Agreement, act: &str) -> String {
    format!("{}/{}/{act}", url::AGREEMENTS, url::encode(&agreement.id))
}

/// What the product's side may do.
fn deciding(agreement: &Agreement, id: &str) -> Markup {
    let terms = terms_of(agreement);
    let whole = terms.fields.iter().any(String::is_empty);
    let (accepting, ending, path) = match agreement.state {
        AgreementState::Asked => ("Accept", "Refuse", "refusal"),
        AgreementState::Accepted => ("Narrow", "Revoke", "revocation"),
        _ => return html! {},
    };
    html! {
        details.more open[agreement.state == AgreementState::Asked] {
            summary { (accepting) }
            form.form method="post" action=(act(agreement, "acceptance")) {
                @if whole {
                    p { label.check { input type="checkbox" name="whole" value="yes" checked; " every field" } }
                }
                p {
                    label for=(format!("fields-{id}")) { @if whole { "Or only these fields, one a line" } @else { "Fields, one a line; fewer, if less will do" } }
                    textarea id=(format!("fields-{id}")) name="fields" rows=(terms.fields.len().clamp(2, 8)) spellcheck="false" { @if !whole { (terms.fields.join("\n")) } }
                }
                p { label for=(format!("until-{id}")) { "Until" } input id=(format!("until-{id}")) type="date" name="until" required max=(terms.until) value=(terms.until); }
                @if let Some(rows) = &terms.rows { input type="hidden" name="rows" value=(rows); }
                p { label for=(format!("accept-{id}")) { "A word to the reader" } input id=(format!("accept-{id}")) name="reason" maxlength="1000"; }
                p { button type="submit" { (accepting) } }
            }
        }
        details.more {
            summary { (ending) }
            form.form method="post" action=(act(agreement, path)) {
                p { label for=(format!("end-{id}")) { "Why (the reader sees it)" } input id=(format!("end-{id}")) name="reason" required maxlength="1000"; }
                p { button.danger type="submit" { (ending) } }
            }
        }
    }
}
