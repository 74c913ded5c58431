//! `Domain`.

use proc_macro2::TokenStream;
use quote::quote;

use super::hidden;
use crate::model::{Domain, option};

pub(crate) fn expand(domain: &Domain<'_>) -> TokenStream {
    let Domain { runtime, ident, name, description, owner, contact, services } = domain;
    let contact = option(contact.as_ref());
    let services = services.iter().map(|service| {
        let (name, description, shared_with) = (&service.name, &service.description, &service.shared_with);
        quote! {
            _mesh::ServiceDefinition { name: #name, description: #description, shared_with: &[#(#shared_with),*] }
        }
    });
    hidden(
        runtime,
        quote! {
            #[automatically_derived]
            impl _mesh::Domain for #ident {
                const DEFINITION: _mesh::DomainDefinition = _mesh::DomainDefinition {
                    name: #name,
                    description: #description,
                    owner: #owner,
                    contact: #contact,
                    services: &[#(#services),*],
                };

                fn service(self) -> &'static _mesh::ServiceDefinition {
                    &Self::DEFINITION.services[self as _mesh::usize]
                }
            }
        },
    )
}
