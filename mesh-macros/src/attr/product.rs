//! `#[product(...)]` on a type.

use proc_macro2::Span;
use syn::{Path, Type};

use super::keys::{Key, Keys, once, repeated};
use super::named::Attrs;
use super::{Spanned, Text};
use crate::diagnostics::Errors;

/// What was written in `#[product(...)]`, over all its occurrences.
#[derive(Default)]
pub(crate) struct Product {
    /// Whether the attribute stands there at all.
    pub(crate) present: bool,
    /// The variant of the domain's enum: `Sales::Orders`.
    pub(crate) service: Option<Path>,
    /// Its name in the domain.
    pub(crate) name: Option<Text>,
    /// The version of its promise.
    pub(crate) version: Option<Text>,
    /// What it is made from and for.
    pub(crate) kind: Option<Text>,
    /// How far a reader may rely on its shape.
    pub(crate) stability: Option<Text>,
    /// How old the newest record may be.
    pub(crate) freshness: Option<Text>,
    pub(crate) latency: Option<Text>,
    /// How much of the time the ports answer.
    pub(crate) availability: Option<Text>,
    /// How long a record stays readable.
    pub(crate) retention: Option<Text>,
    /// What it is there for, in words of the business.
    pub(crate) purpose: Option<Text>,
    /// Words to find it by.
    pub(crate) tags: Vec<Text>,
    /// On which terms it may be used.
    pub(crate) terms: Option<Text>,
    /// That it goes away.
    pub(crate) deprecated: Option<Deprecated>,
    /// Functions that make a record each.
    pub(crate) examples: Vec<Path>,
    /// That readers must expect variants and members which do not exist yet.
    pub(crate) extensible: bool,
    /// The types that read what it is made from.
    pub(crate) inputs: Vec<Type>,
    /// Keys that stand there, however wrong their values are.
    pub(crate) written: Vec<&'static str>,
}

/// What was written in `deprecated(...)`.
pub(crate) struct Deprecated {
    /// Where the key stands.
    pub(crate) span: Span,
    /// The day from which the product may be gone.
    pub(crate) date: Option<Text>,
    /// The address of what to use instead.
    pub(crate) successor: Option<Text>,
    /// Whether `date` stands there, however wrong its value is.
    pub(crate) dated: bool,
}

pub(super) const PRODUCT: &[Key] = &[
    once("service", "service = Sales::Orders"),
    once("name", "name = \"orders\""),
    once("version", "version = \"1.0.0\""),
    once("kind", "kind = \"source-aligned\""),
    once("stability", "stability = \"stable\""),
    once("freshness", "freshness = \"15m\""),
    once("latency", "latency = \"1m\""),
    once("availability", "availability = \"99.9%\""),
    once("retention", "retention = \"7y\""),
    once("purpose", "purpose = \"Billing and revenue reporting\""),
    once("tags", "tags = [\"orders\", \"revenue\"]"),
    once("terms", "terms = \"Within the company, not for marketing\""),
    once("deprecated", "deprecated(date = \"2027-01-01\", successor = \"sales.orders-v2\")"),
    repeated("example", "example = Order::example"),
    once("extensible", "extensible"),
    once("inputs", "inputs = [BillableOrder]"),
];

pub(super) const DEPRECATED: &[Key] =
    &[once("date", "date = \"2027-01-01\""), once("successor", "successor = \"sales.orders-v2\"")];

impl Product {
    pub(crate) fn read(attrs: &Attrs<'_>, errors: &Errors) -> Self {
        let mut read = Self::default();
        let mut keys = Keys::requiring("product", PRODUCT, errors);
        for attr in attrs.named("product") {
            read.present = true;
            for entry in keys.read(attr, "#[product(name = \"orders\", version = \"1.0.0\")]") {
                match entry.name() {
                    "service" => read.service = entry.path(),
                    "name" => read.name = entry.text(),
                    "version" => read.version = entry.text(),
                    "kind" => read.kind = entry.text(),
                    "stability" => read.stability = entry.text(),
                    "freshness" => read.freshness = entry.text(),
                    "latency" => read.latency = entry.text(),
                    "availability" => read.availability = entry.text(),
                    "retention" => read.retention = entry.text(),
                    "purpose" => read.purpose = entry.words(),
                    "tags" => read.tags = entry.texts().unwrap_or_default(),
                    "terms" => read.terms = entry.words(),
                    "deprecated" => read.deprecated = deprecated(entry, errors),
                    "example" => read.examples.extend(entry.path()),
                    "extensible" => read.extensible = entry.word().is_some(),
                    _ => read.inputs = entry.types().unwrap_or_default(),
                }
            }
        }
        read.written = keys.written();
        read
    }
}

fn deprecated(entry: super::keys::Admitted<'_>, errors: &Errors) -> Option<Deprecated> {
    let span = entry.key_span();
    let (tokens, _) = entry.list()?;
    let mut read = Deprecated { span, date: None, successor: None, dated: false };
    let mut keys = Keys::new("product(deprecated)", DEPRECATED, errors);
    for entry in keys.read_list(tokens) {
        match entry.name() {
            "date" => read.date = entry.text(),
            _ => read.successor = entry.text(),
        }
    }
    read.dated = keys.written().contains(&"date");
    Some(read)
}

/// A path and where it was written, to be told of in messages.
pub(crate) fn spanned_path(path: &Path) -> Spanned<String> {
    use quote::ToTokens;
    use syn::spanned::Spanned as _;
    Spanned::new(path.to_token_stream().to_string().replace(' ', ""), path.span())
}
