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

#[cfg(test)]
mod tests {
    use super::keys::Key;
    use super::{consumes, data, domain, field, mesh, product};

    #[test]
    fn every_key_is_told_in_the_documentation_of_the_facade() {
        let facade = include_str!("../../../mesh-runtime/src/lib.rs");
        let attributes: [(&str, &[Key]); 8] = [
            ("DataProduct", product::PRODUCT),
            ("DataProduct", product::DEPRECATED),
            ("DataProduct", field::FIELD),
            ("Domain", domain::DOMAIN),
            ("Domain", domain::SERVICE),
            ("Consumes", consumes::CONSUMES),
            ("DataType", data::DATA),
            ("DataType", mesh::MESH),
        ];
        for (derive, keys) in attributes {
            // The documentation stands before the re-export, behind the one before it.
            let (before, _) =
                facade.split_once(&format!("pub use mesh_macros::{derive};")).expect("re-exported");
            let (_, documentation) = before.rsplit_once("pub use ").expect("something stands before it");
            let tables: Vec<&str> = documentation
                .lines()
                .filter(|line| line.starts_with("/// |") || line.contains("#[mesh("))
                .collect();
            for Key { name, .. } in keys {
                let words = |line: &&&str| {
                    line.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
                        .any(|word| word == *name)
                };
                assert!(tables.iter().any(|line| words(&line)), "`{name}` of `{derive}` is in no table");
            }
        }
    }
}
