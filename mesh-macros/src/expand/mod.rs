//! From the model to code. Nothing here can fail; what is generated stays small, since a domain compiles it a hundred
//! times over.

mod body;
mod check;
pub(crate) mod consumes;
pub(crate) mod data_type;
pub(crate) mod domain;
mod generics;
pub(crate) mod manifest;
pub(crate) mod product;

use proc_macro2::TokenStream;
use quote::quote;
use syn::Path;

/// Puts generated items out of the user's way, with the run time at hand as `_mesh`.
pub(crate) fn hidden(runtime: &Path, items: TokenStream) -> TokenStream {
    quote! {
        #[allow(clippy::all, clippy::pedantic, clippy::restriction, deprecated, unused_qualifications)]
        const _: () = {
            use #runtime::__private_0_1 as _mesh;
            #items
        };
    }
}
