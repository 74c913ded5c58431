//! The lineage around a product: a picture, and the same as a table for whoever does not look at pictures.

use maud::{Markup, html};

use crate::web::component::empty;
use crate::web::view::diagram::{BOX_HEIGHT, BOX_WIDTH, Diagram, LaidBox, Side};
use crate::web::view::product::ProductView;

/// How many letters of a name fit into a box.
const FITTING: usize = 18;

/// The longest table of steps on a page.
const STEPS: usize = 80;

/// The lineage around a product.
pub(super) fn lineage(view: &ProductView) -> Markup {
    let lineage = &view.facts.lineage;
    html! {
        @if lineage.edges.is_empty() {
            (empty("Nothing flows in or out yet.", "A product that is made from others names them as inputs; whoever reads this one binds to it:", &view.add))
        } @else {
            (picture(view))
            @if view.diagram.left_out > 0 {
                p.quiet { (view.diagram.left_out) " more are not drawn; the table below has the steps." }
            }
            details.more {
                summary { "The same as a table" }
                (steps(view))
            }
        }
    }
}

fn picture(view: &ProductView) -> Markup {
    let diagram: &Diagram = &view.diagram;
    html! {
        div.lineage.fits[diagram.fits] tabindex="0" role="region" aria-label="Lineage diagram; the same is in a table below it" {
            svg role="group" aria-label=(format!("What {} is made from, and what is made from it", view.facts.contract.address))
                width=(diagram.width) height=(diagram.height) viewBox=(format!("0 0 {} {}", diagram.width, diagram.height)) {
                defs {
                    marker #arrow viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto-start-reverse" markerUnits="userSpaceOnUse" {
                        path.arrow d="M0 0.5 7.5 4 0 7.5z" {}
                    }
                }
                g.steps aria-hidden="true" {
                    @for step in &diagram.steps {
                        path.step.is-back[step.back] d=(step.path) marker-end="url(#arrow)" {}
                    }
                }
                @for laid in &diagram.boxes { (a_box(view, laid)) }
            }
        }
    }
}

fn a_box(view: &ProductView, laid: &LaidBox) -> Markup {
    let place = match laid.side {
        Side::Upstream => "upstream",
        Side::Root => "this product",
        Side::Downstream => "downstream",
    };
    let page = view.facts.known.reader_page(&laid.name);
    html! {
        @match page {
            Some(href) if laid.side != Side::Root => {
                a.node href=(format!("{href}{}", if laid.name.contains('.') { "#lineage" } else { "" })) { (drawn(laid, place)) }
            },
            _ => { g.node.is-root[laid.side == Side::Root].is-plain[laid.side != Side::Root] role="img" { (drawn(laid, place)) } },
        }
    }
}

/// What stands in a box: the domain above the product, or that it is a reader above its name.
fn words(laid: &LaidBox) -> (String, String) {
    match laid.name.split_once('.') {
        Some((domain, product)) => (shortened(domain), shortened(product)),
        None => ("reader".to_owned(), shortened(&laid.name)),
    }
}

/// The title names the box to whoever does not see it.
fn drawn(laid: &LaidBox, place: &str) -> Markup {
    let (above, below) = words(laid);
    html! {
        title { (laid.name) ", " (place) }
        rect x=(laid.x) y=(laid.y) width=(BOX_WIDTH) height=(BOX_HEIGHT) rx="8" {}
        text.node-domain x=(laid.x + 14) y=(laid.y + 21) { (above) }
        text.node-name x=(laid.x + 14) y=(laid.y + 39) { (below) }
    }
}

/// Names have no blanks to break at, so a long one loses its middle.
fn shortened(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    if letters.len() <= FITTING {
        return name.to_owned();
    }
    let tail = FITTING / 2;
    let head: String = letters[..FITTING - 1 - tail].iter().collect();
    let end: String = letters[letters.len() - tail..].iter().collect();
    format!("{head}…{end}")
}

fn steps(view: &ProductView) -> Markup {
    let known = &view.facts.known;
    let name = |text: &str| {
        html! { @match known.reader_page(text) {
            Some(href) => { a href=(href) { (text) } },
            None => { (text) },
        } }
    };
    html! {
        table.table.stacked {
            thead { tr { th scope="col" { "From" } th scope="col" { "To" } th scope="col" { "Fields read" } } }
            tbody {
                @for edge in view.facts.lineage.edges.iter().take(STEPS) {
                    tr {
                        td data-label="From" { (name(&edge.source.to_string())) }
                        td data-label="To" { (name(edge.target.as_str())) }
                        td data-label="Fields read" {
                            @if edge.fields.is_empty() { span.quiet { "not said" } }
                            @for (i, field) in edge.fields.iter().enumerate() { @if i > 0 { " " } code { (field) } }
                        }
                    }
                }
            }
        }
        @if view.facts.lineage.edges.len() > STEPS {
            p.quiet { (view.facts.lineage.edges.len() - STEPS) " more steps are left out; " a href=(format!("/api/v1/products/{}/lineage", view.facts.contract.address)) { "all of them as JSON" } "." }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_loses_its_middle_and_keeps_both_ends() {
        assert_eq!(shortened("orders"), "orders");
        let short = shortened("a-very-long-name-of-a-product-in-the-north");
        assert_eq!(short.chars().count(), FITTING);
        assert!(short.starts_with("a-very") && short.ends_with("north"), "{short}");
    }
}
