//! Collects mistakes, so that all of them are told at once.

use std::cell::RefCell;
use std::fmt::Display;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};

/// The mistakes found so far. They cannot be forgotten: whoever drops them untold panics.
pub(crate) struct Errors {
    found: RefCell<Option<Vec<syn::Error>>>,
}

impl Errors {
    pub(crate) fn new() -> Self {
        Self { found: RefCell::new(Some(Vec::new())) }
    }

    /// Adds a mistake at a single token.
    pub(crate) fn at(&self, span: Span, message: impl Display) {
        self.syntax(syn::Error::new(span, message));
    }

    /// Adds a mistake under all of the tokens.
    pub(crate) fn on(&self, tokens: impl ToTokens, message: impl Display) {
        self.syntax(syn::Error::new_spanned(tokens, message));
    }

    /// Adds a mistake that the parser found.
    pub(crate) fn syntax(&self, error: syn::Error) {
        if let Some(found) = self.found.borrow_mut().as_mut() {
            found.push(error);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.borrow().as_ref().is_none_or(Vec::is_empty)
    }

    /// Tells every mistake beside the code that was made all the same.
    pub(crate) fn beside(self, expanded: TokenStream) -> TokenStream {
        let found = self.found.borrow_mut().take().unwrap_or_default();
        let told = found.iter().map(syn::Error::to_compile_error);
        quote!(#(#told)* #expanded)
    }
}

impl Drop for Errors {
    fn drop(&mut self) {
        if !std::thread::panicking() && self.found.borrow().is_some() {
            panic!("mistakes were collected and never told");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mistake_is_told_beside_the_code() {
        let errors = Errors::new();
        errors.at(Span::call_site(), "first");
        errors.on(quote!(a b), "second");
        assert!(!errors.is_empty());
        let told = errors
            .beside(quote!(
                struct Kept;
            ))
            .to_string();
        for part in ["first", "second", "struct Kept"] {
            assert!(told.contains(part), "{told}");
        }
    }

    #[test]
    #[should_panic(expected = "never told")]
    fn mistakes_cannot_be_forgotten() {
        drop(Errors::new());
    }
}
