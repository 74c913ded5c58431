//! The function that `domain!` writes.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;

use crate::model::Manifest;

pub(crate) fn expand(manifest: &Manifest) -> TokenStream {
    let Manifest { runtime, domain, offers, needs } = manifest;
    let private = super::private();
    let private = quote!(#runtime::#private);
    // Spanned as the type, so that a product of another domain is told of where it is listed.
    let offers = offers.iter().map(|offer| quote_spanned!(offer.span()=> .offer::<#offer>()));
    let needs = needs.iter().map(|need| quote_spanned!(need.span()=> .need::<#need>()));
    quote! {
        /// What this domain offers and what it needs.
        #[must_use]
        pub fn manifest() -> #private::Manifest {
            #private::Manifest::builder::<#domain>(
                ::core::env!("CARGO_PKG_NAME"),
                ::core::env!("CARGO_MANIFEST_DIR"),
            )
            #(#offers)*
            #(#needs)*
            .build()
        }
    }
}
