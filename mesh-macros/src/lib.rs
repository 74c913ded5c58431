//! Derive macros that turn annotated Rust structs into data products. Their documentation stands on the re-exports of
//! `mesh-runtime`, so that its examples compile as users write them.
//!
//! Each macro goes the same way: `attr` reads syntax into attributes that remember their spans, `validate` makes a
//! `model` of them and collects every mistake, `expand` turns the model into code and cannot fail. Beside mistakes,
//! `fallback` stands in for the promised implementations, so that the compiler has nothing to add.

mod attr;
mod diagnostics;
mod expand;
mod fallback;
#[cfg(test)]
mod golden;
mod model;
mod spelling;
mod validate;

use proc_macro::TokenStream;
use syn::DeriveInput;

use crate::diagnostics::Errors;

#[expect(missing_docs, reason = "the documentation stands on the re-export")]
#[proc_macro_derive(Domain, attributes(domain, service, mesh))]
pub fn derive_domain(input: TokenStream) -> TokenStream {
    derive(input, domain_of)
}

#[expect(missing_docs, reason = "the documentation stands on the re-export")]
#[proc_macro_derive(DataProduct, attributes(product, port, field, data, consumes, mesh))]
pub fn derive_data_product(input: TokenStream) -> TokenStream {
    derive(input, data_product)
}

#[expect(missing_docs, reason = "the documentation stands on the re-export")]
#[proc_macro_derive(DataType, attributes(data, field, product, port, consumes, mesh))]
pub fn derive_data_type(input: TokenStream) -> TokenStream {
    derive(input, data_type)
}

#[expect(missing_docs, reason = "the documentation stands on the re-export")]
#[proc_macro_derive(Consumes, attributes(consumes, field, product, port, data, mesh))]
pub fn derive_consumes(input: TokenStream) -> TokenStream {
    derive(input, consumes)
}

#[expect(missing_docs, reason = "the documentation stands on the re-export")]
#[proc_macro]
pub fn domain(input: TokenStream) -> TokenStream {
    manifest(input.into()).into()
}

fn manifest(input: proc_macro2::TokenStream) -> proc_macro2::TokenStream {
    let errors = Errors::new();
    let expanded = match syn::parse2::<attr::manifest::Manifest>(input) {
        Ok(manifest) => expand::manifest::expand(&validate::manifest::validate(manifest, &errors)),
        Err(error) => {
            errors.syntax(error);
            fallback::manifest()
        }
    };
    errors.beside(expanded)
}

/// Reads the item, collects mistakes, and puts them beside what was made of it.
fn derive(
    input: TokenStream,
    macro_of: fn(&DeriveInput, &Errors) -> proc_macro2::TokenStream,
) -> TokenStream {
    match syn::parse::<DeriveInput>(input) {
        Ok(input) => expanded(&input, macro_of).into(),
        Err(error) => error.into_compile_error().into(),
    }
}

fn expanded(
    input: &DeriveInput,
    macro_of: fn(&DeriveInput, &Errors) -> proc_macro2::TokenStream,
) -> proc_macro2::TokenStream {
    let errors = Errors::new();
    let expanded = macro_of(input, &errors);
    errors.beside(expanded)
}

fn domain_of(input: &DeriveInput, errors: &Errors) -> proc_macro2::TokenStream {
    match validate::domain::validate(input, errors) {
        Some(domain) if errors.is_empty() => expand::domain::expand(&domain),
        _ => fallback::domain(input),
    }
}

fn data_product(input: &DeriveInput, errors: &Errors) -> proc_macro2::TokenStream {
    let expand = |normalised: &DeriveInput| {
        let serde = attr::serde::container(normalised)?;
        let product = validate::product::validate(normalised, &serde, errors);
        product.filter(|_| errors.is_empty()).map(|product| expand::product::expand(&product))
    };
    described(input, errors, expand).unwrap_or_else(|| fallback::data_product(input))
}

fn data_type(input: &DeriveInput, errors: &Errors) -> proc_macro2::TokenStream {
    let expand = |normalised: &DeriveInput| {
        let serde = attr::serde::container(normalised)?;
        let data_type = validate::data_type::validate(normalised, &serde, errors);
        data_type.filter(|_| errors.is_empty()).map(|data_type| expand::data_type::expand(&data_type))
    };
    described(input, errors, expand).unwrap_or_else(|| fallback::data_type(input))
}

fn consumes(input: &DeriveInput, errors: &Errors) -> proc_macro2::TokenStream {
    let expand = |normalised: &DeriveInput| {
        let serde = attr::serde::container(normalised)?;
        let consumer = validate::consumes::validate(normalised, &serde, errors);
        consumer.filter(|_| errors.is_empty()).map(|consumer| expand::consumes::expand(&consumer))
    };
    described(input, errors, expand).unwrap_or_else(|| fallback::consumes(input))
}

/// Expands a type with a body, after serde's attributes were put in their final form.
fn described(
    input: &DeriveInput,
    errors: &Errors,
    expand: impl FnOnce(&DeriveInput) -> Option<proc_macro2::TokenStream>,
) -> Option<proc_macro2::TokenStream> {
    if validate::body::refuse_union(input, errors) {
        return None;
    }
    expand(&attr::serde::normalised(input))
}
