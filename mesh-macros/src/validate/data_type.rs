//! A nested type is described.

use syn::DeriveInput;

use super::body;
use crate::attr::named::Attrs;
use crate::attr::{self, mesh, refuse};
use crate::diagnostics::Errors;
use crate::model::Type;

pub(crate) fn validate<'a>(
    input: &'a DeriveInput,
    serde: &'a serde_derive_internals::ast::Container<'a>,
    errors: &Errors,
) -> Option<Type<'a>> {
    let named = Attrs::of(&input.attrs);
    let attrs = attr::data::Data::read(&named, errors);
    let runtime = mesh::runtime(&named, errors);
    refuse(
        &named,
        &[
            ("field", "it belongs on a field"),
            ("product", "a type that is a product derives `DataProduct`"),
            ("port", "a type that is a product derives `DataProduct`"),
            ("consumes", "a type that reads another domain's product derives `Consumes`"),
        ],
        errors,
    );
    body::validate(input, &named, serde, body::Role::Nested, runtime, attrs.extensible, errors)
}
