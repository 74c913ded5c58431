//! Doc comments, which are the descriptions of a contract.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Expr, ExprLit, Lit, Meta};

use super::named::Attrs;

/// What a doc comment says, as an expression of type `&'static str`.
#[derive(Clone)]
pub(crate) enum Description {
    /// Literal text, without the margin and empty lines around it.
    Text(String),
    /// Text that only the compiler knows: `#[doc = include_str!("...")]`.
    Expression(TokenStream),
}

impl Description {
    /// The description of an item; `None` if it has none or an empty one.
    pub(crate) fn of(attrs: &Attrs<'_>) -> Option<Self> {
        let mut lines = Vec::new();
        let mut literal = true;
        for attr in attrs.named("doc") {
            // `#[doc(hidden)]` and the like say nothing.
            let Meta::NameValue(pair) = &attr.meta else { continue };
            match &pair.value {
                Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
                    lines.push((text.value(), text.to_token_stream()));
                }
                other => {
                    literal = false;
                    lines.push((String::new(), other.to_token_stream()));
                }
            }
        }
        if !literal {
            let lines = lines.iter().map(|(_, tokens)| tokens);
            return Some(Self::Expression(quote!(_mesh::concat!(#(#lines, "\n"),*))));
        }
        let text: Vec<&str> = lines.iter().flat_map(|(text, _)| text.split('\n')).collect();
        let text = without_margin(&text);
        (!text.is_empty()).then_some(Self::Text(text))
    }
}

/// The text with its paragraphs on one line each, since the comment's lines end where the source's do.
fn without_margin(lines: &[&str]) -> String {
    let lines: Vec<&str> =
        lines.iter().map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end()).collect();
    mesh_contract::prose::unwrapped(lines.join("\n").trim())
}

impl ToTokens for Description {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Text(text) => text.to_tokens(tokens),
            Self::Expression(expression) => expression.to_tokens(tokens),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_is_the_doc_comment_without_its_margin() {
        let item: syn::ItemStruct = syn::parse_quote! {
            ///
            /// One line.
            ///
            ///   Indented,
            /// and wrapped.
            #[doc(hidden)]
            struct Order;
        };
        let Some(Description::Text(text)) = Description::of(&Attrs::of(&item.attrs)) else {
            panic!("literal text")
        };
        assert_eq!(text, "One line.\n\n  Indented, and wrapped.");
    }

    #[test]
    fn an_empty_comment_describes_nothing() {
        let item: syn::ItemStruct = syn::parse_quote! {
            ///
            struct Order;
        };
        assert!(Description::of(&Attrs::of(&item.attrs)).is_none());
    }
}
