//! `Consumes` and `Input` of a reader.

use proc_macro2::TokenStream;
use quote::quote;

use super::{data_type, hidden_with_probes};
use crate::model::{Consumer, option};

pub(crate) fn expand(consumer: &Consumer<'_>) -> TokenStream {
    let Consumer { body, address, requirement, purpose } = consumer;
    let ident = body.ident;
    let data_type = data_type::implementations(body);
    let purpose = option(purpose.as_ref());
    hidden_with_probes(
        &body.runtime,
        quote! {
            #data_type

            #[automatically_derived]
            impl _mesh::Consumes for #ident {
                const NEED: _mesh::InputDefinition = _mesh::InputDefinition {
                    address: #address,
                    requirement: #requirement,
                    purpose: #purpose,
                    body: &<Self as _mesh::DataType>::BODY,
                    schema: _mesh::accepts_schema::<Self>,
                };
            }

            #[automatically_derived]
            impl _mesh::Input for #ident {
                #[inline]
                fn input() -> _mesh::InputDefinition {
                    <Self as _mesh::Consumes>::NEED
                }
            }
        },
    )
}
