//! `#[field(...)]` on a field.

use proc_macro2::Span;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{LitInt, Token};

use super::keys::{Admitted, Key, Keys, once, repeated};
use super::named::Attrs;
use super::{Spanned, Text, json};
use crate::diagnostics::Errors;

/// What was written in `#[field(...)]`, over all its occurrences.
#[derive(Default)]
pub(crate) struct Field {
    /// That the field tells records apart.
    pub(crate) key: Option<Span>,
    /// That the field tells whose a record is.
    pub(crate) tenant: Option<Span>,
    /// What its number counts.
    pub(crate) unit: Option<Text>,
    /// The business term that it stands for.
    pub(crate) term: Option<Text>,
    /// What sort of personal data it holds.
    pub(crate) pii: Option<Text>,
    /// Who may see it.
    pub(crate) classification: Option<Text>,
    /// That it goes away, and what to use instead.
    pub(crate) deprecated: Option<Text>,
    /// Values as they may be, as JSON text.
    pub(crate) examples: Vec<String>,
    /// The field of another product that it refers to.
    pub(crate) references: Option<Text>,
    /// Digits in all, digits behind the point.
    pub(crate) decimal: Option<Spanned<(Spanned<u64>, Spanned<u64>)>>,
    /// The least number, exact.
    pub(crate) min: Option<Text>,
    /// The greatest number, exact.
    pub(crate) max: Option<Text>,
    /// Keys that stand there, however wrong their values are.
    pub(crate) written: Vec<&'static str>,
    /// Where the first of them stands.
    pub(crate) first: Option<Span>,
}

pub(super) const FIELD: &[Key] = &[
    once("key", "key"),
    once("tenant", "tenant"),
    once("unit", "unit = \"EUR\""),
    once("term", "term = \"net revenue\""),
    once("pii", "pii = \"email\""),
    once("classification", "classification = \"confidential\""),
    once("deprecated", "deprecated = \"use `total` instead\""),
    repeated("example", "example = \"A-1001\""),
    once("references", "references = \"sales.customers/customer_id\""),
    once("decimal", "decimal(18, 2)"),
    once("min", "min = \"0\""),
    once("max", "max = \"100\""),
];

impl Field {
    pub(crate) fn read(attrs: &Attrs<'_>, errors: &Errors) -> Self {
        let mut read = Self::default();
        let mut keys = Keys::new("field", FIELD, errors);
        for attr in attrs.named("field") {
            for entry in keys.read(attr, "#[field(unit = \"EUR\")]") {
                read.first.get_or_insert(entry.key_span());
                match entry.name() {
                    "key" => read.key = entry.word(),
                    "tenant" => read.tenant = entry.word(),
                    "unit" => read.unit = entry.words(),
                    "term" => read.term = entry.words(),
                    "pii" => read.pii = entry.text(),
                    "classification" => read.classification = entry.text(),
                    "deprecated" => read.deprecated = entry.words(),
                    "example" => read.examples.extend(example(entry, errors)),
                    "references" => read.references = entry.text(),
                    "decimal" => read.decimal = decimal(entry, errors),
                    "min" => read.min = entry.text(),
                    _ => read.max = entry.text(),
                }
            }
        }
        read.written = keys.written();
        read
    }
}

fn example(entry: Admitted<'_>, errors: &Errors) -> Option<String> {
    match json::text(entry.tokens()?) {
        Ok(text) => Some(text),
        Err(error) => {
            errors.syntax(error);
            None
        }
    }
}

fn decimal(entry: Admitted<'_>, errors: &Errors) -> Option<Spanned<(Spanned<u64>, Spanned<u64>)>> {
    let (tokens, span) = entry.list()?;
    let numbers = Punctuated::<LitInt, Token![,]>::parse_terminated.parse2(tokens).ok();
    let numbers: Option<Vec<Spanned<u64>>> = numbers.and_then(|numbers| {
        let number = |literal: &LitInt| Some(Spanned::new(literal.base10_parse().ok()?, literal.span()));
        numbers.iter().map(number).collect()
    });
    match numbers.as_deref() {
        Some([precision, scale]) => Some(Spanned::new((precision.clone(), scale.clone()), span)),
        _ => {
            errors.at(
                span,
                "`decimal` takes the digits in all and those behind the point; write e.g. `decimal(18, 2)`",
            );
            None
        }
    }
}
