//! Parts that several pages share.

use std::borrow::Cow;

use maud::{Markup, html};
use mesh_contract::Stability;
use mesh_contract::wire::{Deployment, Health, ProductSummary, VersionState, VersionSummary};

use super::url;
use super::view::search::highlighted;
use super::view::time::readable;

/// A word in a frame. The tone is a class of the style sheet.
pub(crate) fn badge(tone: &str, text: &str) -> Markup {
    html! { span class={ "badge " (tone) } { (text) } }
}

/// What has become of a version, each word behind a blank.
pub(crate) fn marks(version: &VersionSummary) -> Markup {
    html! {
        @match version.state {
            VersionState::Draft => { " " (badge("tone-draft", "draft")) }
            VersionState::Active => {}
            VersionState::Deprecated => { " " (badge("tone-warn", "deprecated")) }
            VersionState::Retired => { " " (badge("tone-warn", "retired")) }
        }
        @if version.yanked.is_some() { " " (badge("tone-warn", "yanked")) }
        @if version.held_back.is_some() { " " (badge("tone-warn", "held back")) }
    }
}

/// A command to copy: text that one can select, and a button where a script runs.
pub(crate) fn command(label: &str, text: &str) -> Markup {
    html! {
        div.command {
            @if !label.is_empty() { p.command-label { (label) } }
            pre { code data-copy { (text) } }
        }
    }
}

/// What a place says that has nothing to show: why, and the command that would change it.
pub(crate) fn empty(why: &str, what_to_do: &str, to_type: &str) -> Markup {
    html! {
        div.empty {
            p { strong { (why) } " " (what_to_do) }
            @if !to_type.is_empty() { (command("", to_type)) }
        }
    }
}

/// How many of something: `1 reader`, `2 readers`.
pub(crate) fn counted(number: u64, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

/// Who answers for something; a link to write to where it is an address.
pub(crate) fn owner(text: &str) -> Markup {
    html! {
        @match url::mail(text) {
            Some(link) => { a href=(link) { (text) } },
            None => { (text) },
        }
    }
}

/// Where else to ask; a link where it is one.
pub(crate) fn contact(text: &str) -> Markup {
    html! {
        @match url::web(text) {
            Some(link) => { a href=(link) rel="noopener noreferrer" { (text.split_once("://").map_or(text, |(_, rest)| rest)) } },
            None => { (owner(text)) },
        }
    }
}

/// What somebody wrote, its words between backticks set as code.
pub(crate) fn prose(text: &str) -> Markup {
    let pieces: Vec<&str> = text.split('`').collect();
    // The last backtick of an odd number opens nothing.
    let paired = (pieces.len() - 1) / 2 * 2;
    html! {
        @for (i, piece) in pieces.iter().enumerate() {
            @if i % 2 == 1 && i < paired { code { (piece) } }
            @else if i > paired { "`" (piece) }
            @else { (piece) }
        }
    }
}

/// A text of several paragraphs. A line break inside one is where its author's editor wrapped it, and means nothing.
pub(crate) fn paragraphs(class: &str, text: &str) -> Markup {
    html! {
        @for paragraph in text.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()) {
            p class=(class) { (prose(paragraph)) }
        }
    }
}

/// The longest text in a list, in letters: some lines on a phone.
const BRIEF: usize = 280;

/// The first paragraph of a text, cut at a word when it is long: whoever wants the rest opens the page.
pub(crate) fn brief(text: &str) -> Cow<'_, str> {
    let first = text.split("\n\n").next().unwrap_or_default().trim();
    let Some((end, _)) = first.char_indices().nth(BRIEF) else { return Cow::Borrowed(first) };
    let cut = first[..end].rfind(char::is_whitespace).unwrap_or(end);
    Cow::Owned(format!("{}…", &first[..cut]))
}

/// A name that breaks behind its dots where a line is too short for it, and not within a word.
pub(crate) fn dotted(name: &str) -> Markup {
    html! { @for part in name.split_inclusive('.') { (part) wbr; } }
}

/// A point in time for people, with the exact one for machines.
pub(crate) fn moment(rfc3339: &str) -> Markup {
    html! { time datetime=(rfc3339) { (readable(rfc3339)) } }
}

/// Text with the words of a query marked.
pub(crate) fn marked(text: &str, query: &str) -> Markup {
    html! {
        @for (piece, hit) in highlighted(text, query) {
            @if hit { mark { (piece) } } @else { (piece) }
        }
    }
}

/// Products as rows, the words of a query marked.
pub(crate) fn product_rows(products: &[ProductSummary], query: &str) -> Markup {
    html! {
        ul.rows {
            @for product in products { li { (product_row(product, query)) } }
        }
    }
}

fn product_row(product: &ProductSummary, query: &str) -> Markup {
    html! {
        div.row-head {
            a.row-name href=(url::product(&product.address)) { (marked(&product.address.to_string(), query)) }
            span.row-version { (product.version) }
            @if product.draft { (badge("tone-draft", "draft")) }
            @if product.deprecated { (badge("tone-warn", "deprecated")) }
            @if product.stability != Stability::Stable { (badge("tone-plain", product.stability.as_str())) }
        }
        @let description = brief(&product.description);
        p.row-text { @if query.is_empty() { (prose(&description)) } @else { (marked(&description, query)) } }
        p.row-facts {
            span { (product.kind.as_str()) }
            @if product.live > 0 {
                span.live { (product.live) " live" }
            }
            @if product.consumers > 0 { span { (counted(u64::from(product.consumers), "reader")) } }
            @if !query.is_empty() { span { (marked(&product.owner, query)) } }
            @for tag in &product.tags { span.tag { (marked(tag, query)) } }
            @if !query.is_empty() && !matches_visibly(product, query) { span { "found in its fields" } }
        }
    }
}

/// Whether what a row shows tells why the search found it.
fn matches_visibly(product: &ProductSummary, query: &str) -> bool {
    let address = product.address.to_string();
    let shown = [&address, &product.description, &product.owner].into_iter().chain(&product.tags);
    shown.into_iter().any(|text| highlighted(text, query).iter().any(|(_, hit)| *hit))
}

/// Deployments as a table; `version_of` tells which version of the page's product one serves, where that matters.
pub(crate) fn deployments(
    list: &[Deployment],
    served: &dyn Fn(&Deployment) -> Markup,
    served_heading: &str,
) -> Markup {
    html! {
        table.table.stacked {
            thead { tr {
                th scope="col" { "Instance" }
                th scope="col" { "Environment" }
                th scope="col" { (served_heading) }
                th scope="col" { "Address" }
                th scope="col" { "State" }
                th scope="col" { "Last heard of" }
            } }
            tbody {
                @for deployment in list {
                    @let announced = &deployment.announcement;
                    tr {
                        th scope="row" data-label="Instance" { code { (deployment.instance) } }
                        td data-label="Environment" { (announced.environment) }
                        td data-label=(served_heading) { (served(deployment)) }
                        td data-label="Address" {
                            @match url::web(&announced.base_url) {
                                Some(link) => { a.code href=(link) rel="noopener noreferrer" { (announced.base_url) } },
                                None => { code { (announced.base_url) } },
                            }
                        }
                        td data-label="State" {
                            @match (deployment.live, announced.health) {
                                (false, _) => { span.state.is-gone { "lease ran out" } },
                                (true, Health::Healthy) => { span.state.is-good { "healthy" } },
                                (true, Health::Degraded) => { span.state.is-warn { "degraded" } },
                            }
                        }
                        td data-label="Last heard of" { (moment(&deployment.seen_at)) }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_at_a_word_and_a_short_one_is_not() {
        assert_eq!(brief("One record.\n\nAnd more of it."), "One record.");
        let long = "wörter ".repeat(100);
        let cut = brief(&long);
        assert!(cut.ends_with("wörter…") && cut.chars().count() <= BRIEF + 1, "{cut}");
        assert_eq!(brief(&"x".repeat(BRIEF + 5)).chars().count(), BRIEF + 1);
    }

    #[test]
    fn words_between_backticks_are_code_and_a_lone_one_stays() {
        assert_eq!(prose("a `b` c").into_string(), "a <code>b</code> c");
        assert_eq!(prose("`a<b`").into_string(), "<code>a&lt;b</code>");
        assert_eq!(prose("it`s `x` and `y").into_string(), "it<code>s </code>x<code> and </code>y");
        assert_eq!(prose("lone ` here").into_string(), "lone ` here");
        assert_eq!(prose("").into_string(), "");
    }
}
