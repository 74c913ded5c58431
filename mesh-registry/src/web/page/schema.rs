//! A schema as tables: one for the root and one for each type nested in it.

use maud::{Markup, html};
use mesh_contract::LogicalType;

use crate::web::component::{badge, counted, prose};
use crate::web::view::constraint::Constraint;
use crate::web::view::schema::{FieldView, SchemaView, TypeView, VariantView, type_anchor};

/// The tables of a product.
pub(super) fn schema(view: &SchemaView) -> Markup {
    html! {
        @for (i, shown) in view.types.iter().enumerate() {
            section.type id=(shown.anchor) {
                div.section-head {
                    h3 { code { (shown.name) } }
                    @if i == 0 { span.quiet { "the record" } }
                }
                (about(shown))
                @if !shown.fields.is_empty() { (fields(view, &shown.name, &shown.fields)) }
                @if !shown.variants.is_empty() { (variants(view, shown)) }
                @if shown.fields.is_empty() && shown.variants.is_empty() { p.quiet { "Has no fields." } }
            }
        }
    }
}

fn about(shown: &TypeView) -> Markup {
    html! {
        @if !shown.description.is_empty() { p { (prose(&shown.description)) } }
        @if let Some(sentence) = &shown.tagging { p.quiet { (prose(sentence)) } }
        @if shown.extensible {
            p { (badge("tone-plain", "extensible")) " A reader must expect variants that it does not know." }
        }
    }
}

fn fields(view: &SchemaView, of: &str, list: &[FieldView]) -> Markup {
    html! {
        table.table.stacked.schema {
            caption.sr-only { "Fields of " (of) }
            thead { tr {
                th scope="col" { "Field" }
                th scope="col" { "Type" }
                th scope="col" { "Meaning" }
                th scope="col" { "Values" }
            } }
            tbody { @for field in list { (row(view, field)) } }
        }
    }
}

fn row(view: &SchemaView, field: &FieldView) -> Markup {
    let meaning = &field.meaning;
    html! {
        tr id=(field.anchor) {
            th scope="row" data-label="Field" {
                @if meaning.name.is_empty() { em { "the value" } } @else { code.field { (meaning.name) } }
                @if meaning.key { " " (badge("tone-key", "key")) }
                @if let Some(sort) = meaning.pii { " " (badge("tone-personal", &format!("personal: {sort}"))) }
                @if let Some(class) = meaning.classification { " " (badge("tone-plain", class.as_str())) }
            }
            td data-label="Type" {
                span.logical { (logical(view, &meaning.logical)) }
                @if let Some(unit) = &meaning.unit { span.unit { " in " (unit) } }
                span.presence { (field.presence()) }
            }
            td data-label="Meaning" {
                p { (prose(&meaning.description)) }
                @if let Some(why) = &meaning.deprecated { p.warn { (badge("tone-warn", "deprecated")) " " (prose(why)) } }
                @if let Some((text, link)) = &field.reference {
                    p.quiet { "Names " @match link {
                        Some(link) => { a.code href=(link) { (text) } },
                        None => { code { (text) } },
                    } }
                }
                @if let Some(term) = &meaning.term { p.quiet { "Term: " (term) } }
                @if field.readers > 0 { p.quiet { "Read by " a href="#readers" { (counted(field.readers as u64, "reader")) } } }
            }
            td data-label="Values" {
                @if !field.constraints.is_empty() {
                    ul.demands { @for demand in &field.constraints { li { (constraint(demand)) } } }
                }
                @if !field.examples.is_empty() {
                    p.quiet { "e.g. " @for (i, example) in field.examples.iter().enumerate() { @if i > 0 { ", " } code { (example) } } }
                }
            }
        }
    }
}

fn constraint(demand: &Constraint) -> Markup {
    html! { (demand.words) @if let Some(code) = &demand.code { " " code { (code) } } }
}

/// A logical type, those that the contract describes linked to their tables.
fn logical(view: &SchemaView, of: &LogicalType) -> Markup {
    html! {
        @match of {
            LogicalType::List(item) => { "list of " (logical(view, item)) },
            LogicalType::Map(value) => { "map of " (logical(view, value)) },
            LogicalType::Type(name) if view.types.iter().any(|known| known.name == *name) => {
                a href=(format!("#{}", type_anchor(name))) { (name) }
            },
            other => { (other) },
        }
    }
}

fn variants(view: &SchemaView, shown: &TypeView) -> Markup {
    html! {
        table.table.stacked.variants {
            caption.sr-only { "Variants of " (shown.name) }
            thead { tr {
                th scope="col" { "Variant" }
                th scope="col" { "Meaning" }
                th scope="col" { "Holds" }
            } }
            tbody {
                @for variant in &shown.variants {
                    tr {
                        th scope="row" data-label="Variant" {
                            code.field { (variant.name) }
                            @if variant.catch_all { " " (badge("tone-plain", "any other")) }
                        }
                        td data-label="Meaning" { (prose(&variant.description)) }
                        td data-label="Holds" { (holds(view, variant)) }
                    }
                }
            }
        }
        @for variant in shown.variants.iter().filter(|variant| !variant.fields.is_empty()) {
            h4 { "Fields of " code { (variant.name) } }
            (fields(view, &format!("{} {}", shown.name, variant.name), &variant.fields))
        }
    }
}

fn holds(view: &SchemaView, variant: &VariantView) -> Markup {
    html! {
        @if !variant.fields.is_empty() { (counted(variant.fields.len() as u64, "field")) ", below" }
        @else if variant.holds.is_empty() { span.quiet { "nothing more" } }
        @for (i, held) in variant.holds.iter().enumerate() { @if i > 0 { ", " } (logical(view, held)) }
    }
}
