//! `DataProduct`, `ProductOf` and `Input`.

use proc_macro2::TokenStream;
use quote::quote;

use super::body::variant_path;
use super::{data_type, hidden};
use crate::model::{Product, option};

pub(crate) fn expand(product: &Product<'_>) -> TokenStream {
    let ident = product.body.ident;
    let domain = &product.domain;
    let data_type = data_type::implementations(&product.body);
    let definition = definition(product);
    let requirement = format!("^{}", product.version);
    hidden(
        &product.body.runtime,
        quote! {
            #data_type

            #[automatically_derived]
            impl _mesh::DataProduct for #ident {
                type Domain = #domain;
                const DEFINITION: _mesh::ProductDefinition = #definition;
            }

            #[automatically_derived]
            impl _mesh::ProductOf<#domain> for #ident {
                #[inline]
                fn offer() -> _mesh::Offer {
                    _mesh::Offer::of::<Self>()
                }
            }

            #[automatically_derived]
            impl _mesh::Input for #ident {
                #[inline]
                fn input() -> _mesh::InputDefinition {
                    _mesh::own_input::<Self>(#requirement)
                }
            }
        },
    )
}

fn definition(product: &Product<'_>) -> TokenStream {
    let Product { service, name, version, tags, .. } = product;
    let kind = variant_path("ProductKind", &format!("{:?}", product.kind));
    let stability = variant_path("Stability", &format!("{:?}", product.stability));
    let purpose = option(product.purpose.as_ref());
    let terms = option(product.terms.as_ref());
    let deprecated = option(product.deprecated.as_ref().map(|deprecated| {
        let (date, successor) = (&deprecated.date, option(deprecated.successor.as_ref()));
        quote!(_mesh::DeprecationDefinition { date: #date, successor: #successor })
    }));
    let freshness = option(product.freshness.as_ref());
    let availability = option(product.availability.as_ref());
    let retention = option(product.retention.as_ref());
    let ports = product.ports.iter().map(|port| {
        let (kind, name) = (variant_path("PortKind", &format!("{:?}", port.kind)), &port.name);
        let options = port.options.iter().map(|(key, value)| quote!((#key, #value)));
        quote!(_mesh::PortDefinition { kind: #kind, name: #name, options: &[#(#options),*] })
    });
    let inputs = product.inputs.iter().map(|input| quote!(<#input as _mesh::Input>::input));
    let examples = product.examples.iter().map(|example| quote!(|| _mesh::example::<Self>(#example)));
    quote! {
        _mesh::ProductDefinition {
            domain: _mesh::domain_of::<Self>(),
            service: &_mesh::domain_of::<Self>().services[#service as _mesh::usize],
            name: #name,
            version: #version,
            kind: #kind,
            stability: #stability,
            purpose: #purpose,
            terms: #terms,
            tags: &[#(#tags),*],
            deprecated: #deprecated,
            freshness: #freshness,
            availability: #availability,
            retention: #retention,
            ports: &[#(#ports),*],
            inputs: &[#(#inputs),*],
            examples: &[#(#examples),*],
        }
    }
}
