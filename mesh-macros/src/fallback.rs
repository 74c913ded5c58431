//! What stands in for the promised implementations beside mistakes, so that the compiler adds nothing to the messages.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, parse_quote};

use crate::attr;
use crate::attr::named::Attrs;
use crate::diagnostics::Errors;
use crate::expand::hidden;
use crate::validate;

/// An item that has been told of keeps its promises in form only.
fn stub(input: &DeriveInput, items: TokenStream) -> TokenStream {
    // Whatever is wrong with the attribute has been told already.
    let ignored = Errors::new();
    let runtime = attr::mesh::runtime(&Attrs::of(&input.attrs), &ignored);
    let _ = ignored.beside(TokenStream::new());
    hidden(&runtime, items)
}

pub(crate) fn domain(input: &DeriveInput) -> TokenStream {
    let ident = &input.ident;
    if !input.generics.params.is_empty() {
        return TokenStream::new();
    }
    // As many services as a product may name by number.
    let services = match &input.data {
        syn::Data::Enum(data) => data.variants.len(),
        _ => 0,
    };
    stub(
        input,
        quote! {
            #[automatically_derived]
            impl _mesh::Domain for #ident {
                const DEFINITION: _mesh::DomainDefinition = _mesh::DomainDefinition {
                    services: &[_mesh::SERVICE_STUB; #services],
                    .._mesh::DOMAIN_STUB
                };

                fn service(self) -> &'static _mesh::ServiceDefinition {
                    &_mesh::SERVICE_STUB
                }
            }
        },
    )
}

fn part(input: &DeriveInput) -> TokenStream {
    // Nothing that is derived beside it works for a union either.
    if let syn::Data::Union(_) = &input.data {
        return TokenStream::new();
    }
    let ident = &input.ident;
    let mut generics = input.generics.clone();
    if generics.type_params().next().is_some() {
        generics.make_where_clause().predicates.push(parse_quote!(Self: _mesh::JsonSchema));
    }
    let (parameters, arguments, clause) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #parameters _mesh::DataType for #ident #arguments #clause {
            const BODY: _mesh::TypeDefinition = _mesh::TYPE_STUB;

            fn nested(_: &mut _mesh::Nested<'_>) {}
        }

        #[automatically_derived]
        impl #parameters _mesh::Part for #ident #arguments #clause {
            fn describe(_: &mut _mesh::Nested<'_>) {}
        }
    }
}

pub(crate) fn data_type(input: &DeriveInput) -> TokenStream {
    stub(input, part(input))
}

pub(crate) fn data_product(input: &DeriveInput) -> TokenStream {
    let ident = &input.ident;
    let part = part(input);
    if !input.generics.params.is_empty() || part.is_empty() {
        return stub(input, part);
    }
    let ignored = Errors::new();
    let read = attr::product::Product::read(&Attrs::of(&input.attrs), &ignored);
    let _ = ignored.beside(TokenStream::new());
    let domain = read.service.as_ref().and_then(validate::product::domain_of);
    let domain = domain.map_or_else(|| quote!(_mesh::DomainStub), |domain| quote!(#domain));
    stub(
        input,
        quote! {
            #part

            #[automatically_derived]
            impl _mesh::DataProduct for #ident {
                type Domain = #domain;
                const DEFINITION: _mesh::ProductDefinition = _mesh::PRODUCT_STUB;
            }

            #[automatically_derived]
            impl<D> _mesh::ProductOf<D> for #ident {}
        },
    )
}

pub(crate) fn consumes(input: &DeriveInput) -> TokenStream {
    let ident = &input.ident;
    let part = part(input);
    if !input.generics.params.is_empty() || part.is_empty() {
        return stub(input, part);
    }
    stub(
        input,
        quote! {
            #part

            #[automatically_derived]
            impl _mesh::Consumes for #ident {
                const NEED: _mesh::InputDefinition = _mesh::INPUT_STUB;
            }

            #[automatically_derived]
            impl _mesh::Input for #ident {
                fn input() -> _mesh::InputDefinition {
                    _mesh::INPUT_STUB
                }
            }
        },
    )
}

/// A manifest that cannot be read offers nothing.
pub(crate) fn manifest() -> TokenStream {
    let runtime = attr::mesh::default_runtime();
    let private = crate::expand::private();
    quote! {
        /// What this domain offers and what it needs.
        pub fn manifest() -> #runtime::#private::Manifest {
            #runtime::#private::Manifest::builder::<#runtime::#private::DomainStub>("", "").build()
        }
    }
}
