//! `#[consumes(...)]` on a type that reads another domain's product.

use super::Text;
use super::keys::{Key, Keys, once};
use super::named::Attrs;
use crate::diagnostics::Errors;

/// What was written in `#[consumes(...)]`.
#[derive(Default)]
pub(crate) struct Consumes {
    /// Whether the attribute stands there at all.
    pub(crate) present: bool,
    /// The address of what is read.
    pub(crate) product: Option<Text>,
    /// The versions that will do.
    pub(crate) version: Option<Text>,
    /// What it is read for.
    pub(crate) purpose: Option<Text>,
    /// Keys that stand there, however wrong their values are.
    pub(crate) written: Vec<&'static str>,
}

pub(super) const CONSUMES: &[Key] = &[
    once("product", "product = \"sales.orders\""),
    once("version", "version = \"^1.2\""),
    once("purpose", "purpose = \"billing\""),
];

impl Consumes {
    pub(crate) fn read(attrs: &Attrs<'_>, errors: &Errors) -> Self {
        let mut read = Self::default();
        let mut keys = Keys::requiring("consumes", CONSUMES, errors);
        for attr in attrs.named("consumes") {
            read.present = true;
            for entry in keys.read(attr, "#[consumes(product = \"sales.orders\", version = \"^1.2\")]") {
                match entry.name() {
                    "product" => read.product = entry.text(),
                    "version" => read.version = entry.text(),
                    _ => read.purpose = entry.words(),
                }
            }
        }
        read.written = keys.written();
        read
    }
}
