//! A reader names the product that it reads and the versions that will do.

use mesh_contract::{Address, Requirement};
use syn::DeriveInput;
use syn::spanned::Spanned as _;

use super::{body, value};
use crate::attr::named::Attrs;
use crate::attr::{self, mesh, refuse};
use crate::diagnostics::Errors;
use crate::model::Consumer;

const REQUIRED: &[(&str, &str)] =
    &[("product", "product = \"sales.orders\""), ("version", "version = \"^1.2\"")];

pub(crate) fn validate<'a>(
    input: &'a DeriveInput,
    serde: &'a serde_derive_internals::ast::Container<'a>,
    errors: &Errors,
) -> Option<Consumer<'a>> {
    let named = Attrs::of(&input.attrs);
    let attrs = attr::consumes::Consumes::read(&named, errors);
    let runtime = mesh::runtime(&named, errors);
    refuse(
        &named,
        &[
            ("field", "it belongs on a field"),
            ("data", "whoever reads a product promises nothing about it"),
            ("product", "a type that is a product derives `DataProduct`"),
            ("port", "a type that is a product derives `DataProduct`"),
        ],
        errors,
    );
    let attribute = named.named("consumes").next();
    let span = attribute.map_or(input.ident.span(), |attr| attr.path().span());
    value::missing("consumes", REQUIRED, &attrs.written, span, errors);
    value::refuse_generics(input, "a reader", errors);
    let address = value::checked::<Address>(attrs.product.as_ref(), errors);
    let requirement = value::checked::<Requirement>(attrs.version.as_ref(), errors);
    let body = body::validate(input, &named, serde, body::Role::Consumer, runtime, false, errors);
    Some(Consumer {
        body: body?,
        address: address?,
        requirement: requirement?,
        purpose: attrs.purpose.map(|text| text.value),
    })
}
