//! From the model to code. Nothing here can fail; what is generated stays small, since a domain compiles it a hundred
//! times over. Its functions are `#[inline]`: a crate compiles those that it calls and leaves the rest to whoever does.

mod body;
mod check;
pub(crate) mod consumes;
pub(crate) mod data_type;
pub(crate) mod domain;
mod generics;
pub(crate) mod manifest;
pub(crate) mod product;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::Path;

/// The module of the run time that is made for these macros; a run time of another version has none of that name.
pub(crate) fn private() -> Ident {
    let name = concat!("__private_", env!("CARGO_PKG_VERSION_MAJOR"), "_", env!("CARGO_PKG_VERSION_MINOR"));
    Ident::new(name, Span::call_site())
}

/// Puts generated items out of the user's way, with the run time at hand as `_mesh`.
pub(crate) fn hidden(runtime: &Path, items: TokenStream) -> TokenStream {
    hidden_beside(runtime, TokenStream::new(), items)
}

/// The same with the traits that fields are probed through; imported once and together, as each import and each block with
/// imports of its own costs the compiler.
pub(crate) fn hidden_with_probes(runtime: &Path, items: TokenStream) -> TokenStream {
    hidden_beside(
        runtime,
        quote!(
            use _mesh::probes::*;
        ),
        items,
    )
}

fn hidden_beside(runtime: &Path, imports: TokenStream, items: TokenStream) -> TokenStream {
    let private = private();
    quote! {
        #[allow(clippy::all, clippy::pedantic, clippy::restriction, deprecated, unused_imports, unused_qualifications)]
        const _: () = {
            use #runtime::#private as _mesh;
            #imports
            #items
        };
    }
}
