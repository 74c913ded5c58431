//! From syntax to attributes: what was written, where, and nothing decided yet beyond the form of each value.

pub(crate) mod constraint;
pub(crate) mod consumes;
pub(crate) mod data;
pub(crate) mod doc;
pub(crate) mod domain;
mod entry;
pub(crate) mod field;
mod json;
mod keys;
pub(crate) mod manifest;
pub(crate) mod mesh;
pub(crate) mod named;
pub(crate) mod port;
pub(crate) mod product;
pub(crate) mod serde;

use proc_macro2::Span;

use crate::diagnostics::Errors;

/// A value and where it was written.
#[derive(Debug, Clone)]
pub(crate) struct Spanned<T> {
    pub(crate) value: T,
    pub(crate) span: Span,
}

impl<T> Spanned<T> {
    pub(crate) fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// A text and where it was written.
pub(crate) type Text = Spanned<String>;

/// Refuses attributes of ours where they say nothing.
pub(crate) fn refuse(attrs: &named::Attrs<'_>, misplaced: &[(&str, &str)], errors: &Errors) {
    for (name, belongs) in misplaced {
        for attr in attrs.named(name) {
            errors.on(attr.path(), format_args!("`#[{name}]` says nothing here; {belongs}"));
        }
    }
}
