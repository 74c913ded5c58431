//! `DataProduct` and `ProductOf`.

use mesh_contract::Stability;
use proc_macro2::TokenStream;
use quote::quote;

use super::body::variant_path;
use super::{data_type, hidden_with_probes};
use crate::model::{Product, option};

pub(crate) fn expand(product: &Product<'_>) -> TokenStream {
    let ident = product.body.ident;
    let domain = &product.domain;
    let data_type = data_type::implementations(&product.body);
    let definition = definition(product);
    hidden_with_probes(
        &product.body.runtime,
        quote! {
            #data_type

            #[automatically_derived]
            impl _mesh::DataProduct for #ident {
                type Domain = #domain;
                const DEFINITION: _mesh::ProductDefinition = #definition;
            }

            #[automatically_derived]
            impl _mesh::ProductOf<#domain> for #ident {}
        },
    )
}

/// Only what is told of the product is written out: each member that is not costs every product of a domain.
fn definition(product: &Product<'_>) -> TokenStream {
    let Product { service, name, version, tags, .. } = product;
    let kind = variant_path("ProductKind", &format!("{:?}", product.kind));
    let stability = (product.stability != Stability::Stable).then(|| {
        let stability = variant_path("Stability", &format!("{:?}", product.stability));
        quote!(stability: #stability,)
    });
    let purpose = product.purpose.as_ref().map(|text| quote!(purpose: _mesh::Some(#text),));
    let terms = product.terms.as_ref().map(|text| quote!(terms: _mesh::Some(#text),));
    let tags = (!tags.is_empty()).then(|| quote!(tags: &[#(#tags),*],));
    let deprecated = product.deprecated.as_ref().map(|deprecated| {
        let (date, successor) = (&deprecated.date, option(deprecated.successor.as_ref()));
        quote!(deprecated: _mesh::Some(_mesh::DeprecationDefinition { date: #date, successor: #successor }),)
    });
    let freshness = product.freshness.as_ref().map(|text| quote!(freshness: _mesh::Some(#text),));
    let latency = product.latency.as_ref().map(|text| quote!(latency: _mesh::Some(#text),));
    let availability = product.availability.as_ref().map(|text| quote!(availability: _mesh::Some(#text),));
    let retention = product.retention.as_ref().map(|text| quote!(retention: _mesh::Some(#text),));
    let ports = product.ports.iter().map(|port| {
        let (kind, name) = (variant_path("PortKind", &format!("{:?}", port.kind)), &port.name);
        let options = port.options.iter().map(|(key, value)| quote!((#key, #value)));
        quote!(_mesh::PortDefinition { kind: #kind, name: #name, options: &[#(#options),*] })
    });
    let inputs = product.inputs.iter().map(|input| quote!(<#input as _mesh::Input>::input));
    let inputs = (!product.inputs.is_empty()).then(|| quote!(inputs: &[#(#inputs),*],));
    let examples = product.examples.iter().map(|example| quote!(|| _mesh::example::<Self>(#example)));
    let examples = (!product.examples.is_empty()).then(|| quote!(examples: &[#(#examples),*],));
    quote! {
        _mesh::ProductDefinition {
            domain: _mesh::domain_of::<Self>(),
            service: &_mesh::domain_of::<Self>().services[#service as _mesh::usize],
            name: #name,
            version: #version,
            kind: #kind,
            #stability
            #purpose
            #terms
            #tags
            #deprecated
            #freshness
            #latency
            #availability
            #retention
            ports: &[#(#ports),*],
            #inputs
            #examples
            .._mesh::PRODUCT_STUB
        }
    }
}
