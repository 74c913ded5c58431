//! `DataType` and `Part`, which every described type has.

use proc_macro2::TokenStream;
use quote::quote;

use super::{body, check, generics, hidden_with_probes};
use crate::attr::constraint::SchemaSource;
use crate::model::Type;
use crate::validate::is_plain;

pub(crate) fn expand(ty: &Type<'_>) -> TokenStream {
    hidden_with_probes(&ty.runtime, implementations(ty))
}

pub(super) fn implementations(ty: &Type<'_>) -> TokenStream {
    let generics = generics::bounded(ty);
    let (parameters, arguments, clause) = generics.split_for_impl();
    let ident = ty.ident;
    let definition = body::definition(ty);
    let nested = nested(ty);
    let check = check::body(ty).map(|body| {
        quote! {
            #[inline]
            fn check(&self, at: &_mesh::At<'_>, violations: &mut _mesh::Violations) {
                #body
            }
        }
    });
    quote! {
        #[automatically_derived]
        impl #parameters _mesh::DataType for #ident #arguments #clause {
            const BODY: _mesh::TypeDefinition = #definition;

            #[inline]
            fn nested(nested: &mut _mesh::Nested<'_>) {
                #nested
            }
        }

        #[automatically_derived]
        impl #parameters _mesh::Part for #ident #arguments #clause {
            #[inline]
            fn describe(nested: &mut _mesh::Nested<'_>) {
                nested.visit::<Self>();
            }

            #check
        }
    }
}

/// Visits the type of each field, in the order of the definition.
fn nested(ty: &Type<'_>) -> TokenStream {
    let mut steps = Vec::new();
    let mut plain = 0_usize;
    for field in generics::fields(&ty.shape) {
        let schema = match &field.schema {
            SchemaSource::Field => field.ty,
            SchemaSource::Type(with) => with,
            SchemaSource::Function => {
                pass(&mut plain, &mut steps);
                steps.push(quote!(nested.foreign();));
                continue;
            }
        };
        if is_plain(schema) {
            plain += 1;
            continue;
        }
        pass(&mut plain, &mut steps);
        steps.push(quote!((&&_mesh::TypeProbe::<#schema>::new()).collect(nested);));
    }
    pass(&mut plain, &mut steps);
    quote!(#(#steps)*)
}

fn pass(plain: &mut usize, steps: &mut Vec<TokenStream>) {
    if *plain > 0 {
        steps.push(quote!(nested.plain(#plain);));
        *plain = 0;
    }
}
