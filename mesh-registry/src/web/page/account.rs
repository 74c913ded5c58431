//! The page of whoever looks: who they are, what they may do, and their tokens.

use maud::{Markup, html};
use mesh_contract::DomainName;
use mesh_contract::wire::{Holding, TokenScope, TokenSummary};

use crate::access::{Identity, Means};
use crate::web::component::{command, empty, moment};
use crate::web::layout::{Frame, framed};
use crate::web::url;

/// The page of whoever looks. `made` is the token that was just made, which is shown this once.
pub fn account(identity: &Identity, tokens: &[TokenSummary], made: Option<&str>) -> Markup {
    let open = *identity.means() == Means::Open;
    let content = html! {
        header.page-head {
            h1 { "Account" }
            @if open {
                p.lede { "This registry is open: it asks nobody who they are, and everybody may do everything." }
            } @else {
                p.lede { "You are known as " strong { (identity.principal()) } " in the tenant " strong { (identity.tenant()) } "." }
            }
        }
        @if open {
            (empty("Nobody has an account here.", "Close the registry, and its first start makes an administrator:", "MESH_REGISTRY_ACCESS_MODE=closed mesh registry serve"))
        } @else {
            (roles(identity))
            (token_list(tokens, made))
            @if matches!(identity.means(), Means::Session(_)) {
                form.form action=(url::SIGN_OUT) method="post" { p { button type="submit" { "Sign out" } } }
            }
        }
    };
    framed(&Frame { title: "Account", here: "Account", search: Some(""), ..Frame::default() }, content)
}

fn roles(identity: &Identity) -> Markup {
    html! {
        section aria-labelledby="roles" {
            h2 #roles { "Roles" }
            @if identity.holdings().is_empty() {
                p { "None: you may browse, and no more. An owner of a domain lets you work for it:" }
                (command("Let somebody work for a domain", &format!("mesh owner add sales {} --role maintainer", identity.principal())))
            } @else {
                ul.plain {
                    @for Holding { role, domain } in identity.holdings() {
                        li {
                            (role.as_str())
                            @if let Some(domain) = domain { " of " a href=(url::domain(domain)) { (domain.as_str()) } }
                        }
                    }
                }
            }
        }
    }
}

fn token_list(tokens: &[TokenSummary], made: Option<&str>) -> Markup {
    html! {
        section aria-labelledby="tokens" {
            h2 #tokens { "Tokens" }
            @if let Some(made) = made {
                div role="status" {
                    p { "This is the token. It is shown this once; keep it where programs keep secrets." }
                    (command("The token", made))
                }
            }
            @if tokens.is_empty() {
                p { "None. A program is known by one; it may do what you may, or less." }
            } @else {
                table.table.stacked {
                    thead { tr { th scope="col" { "For" } th scope="col" { "May be used" } th scope="col" { "Ends" } th scope="col" { "Last used" } th scope="col" { span.sr-only { "Revoke" } } } }
                    tbody {
                        @for token in tokens {
                            tr {
                                th scope="row" { (token.label) }
                                td data-label="May be used" { (bounds(&token.scope)) }
                                td data-label="Ends" { (moment(&token.expires_at)) }
                                td data-label="Last used" { @match &token.used_at { Some(at) => { (moment(at)) } None => { span { "never" } } } }
                                td {
                                    form.form.inline action=(url::ACCOUNT) method="post" {
                                        input type="hidden" name="revoke" value=(token.id);
                                        button.danger type="submit" aria-label=(format!("Revoke {}", token.label)) { "Revoke" }
                                    }
                                }
                            }
                        }
                    }
                }
            }
            details.more {
                summary { "Make a token" }
                form.form action=(url::ACCOUNT) method="post" {
                    p { label for="label" { "What it is for" } input #label type="text" name="label" required maxlength="100" placeholder="nightly build"; }
                    p { label for="days" { "Ends after so many days" } input #days type="number" name="days" min="1" max="400" value="90" required; }
                    p { label for="domains" { "For these domains only, by commas; for all of yours if empty" } input #domains type="text" name="domains" maxlength="1000" placeholder="sales"; }
                    p { label for="actions" { "For these actions only, by commas; for all that you may if empty" } input #actions type="text" name="actions" maxlength="1000" placeholder="publish"; }
                    p { button type="submit" { "Make the token" } }
                }
            }
        }
    }
}

/// What a token may be used for, in a few words.
fn bounds(scope: &TokenScope) -> String {
    let list = |names: Vec<String>| names.join(", ");
    let mut parts = Vec::new();
    if !scope.actions.is_empty() {
        parts.push(list(scope.actions.clone()));
    }
    if !scope.domains.is_empty() {
        parts.push(format!("in {}", list(scope.domains.iter().map(DomainName::to_string).collect())));
    }
    if !scope.environments.is_empty() {
        parts.push(format!("for {}", list(scope.environments.iter().map(ToString::to_string).collect())));
    }
    if parts.is_empty() { "for all that you may do".to_owned() } else { parts.join(" ") }
}
