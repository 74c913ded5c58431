//! The entries of one attribute: `key`, `key = value`, `key(list)`.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Lit, Meta, Token, token};

use crate::diagnostics::Errors;

/// One entry of an attribute.
pub(crate) struct Entry {
    pub(crate) key: Ident,
    pub(crate) value: Value,
}

/// What stands behind the key.
pub(crate) enum Value {
    /// Nothing.
    Word,
    /// `= tokens`, up to the next comma.
    Equals(Vec<TokenTree>),
    /// `(tokens)`.
    List(TokenStream, Span),
}

impl Entry {
    /// The place of the value; of the key where there is none.
    pub(crate) fn span(&self) -> Span {
        match &self.value {
            Value::Word => self.key.span(),
            Value::Equals(tokens) => tokens.first().map_or(self.key.span(), TokenTree::span),
            Value::List(_, span) => *span,
        }
    }
}

/// Reads `#[name(entries)]`. What cannot be read is told, and what stands before it is kept; the second answer is whether
/// everything could be read.
pub(crate) fn entries(attr: &Attribute, example: &str, errors: &Errors) -> (Vec<Entry>, bool) {
    let mut found = Vec::new();
    let mut sound = false;
    match &attr.meta {
        Meta::List(list) => {
            let read = |input: ParseStream<'_>| read_all(input, &mut found);
            match read.parse2(list.tokens.clone()) {
                Ok(()) => sound = true,
                Err(error) => errors.syntax(error),
            }
        }
        Meta::Path(path) => errors.on(path, format_args!("nothing is said here; write e.g. `{example}`")),
        Meta::NameValue(pair) => {
            errors.on(pair, format_args!("the value stands in parentheses; write e.g. `{example}`"));
        }
    }
    (found, sound)
}

fn read_all(input: ParseStream<'_>, found: &mut Vec<Entry>) -> syn::Result<()> {
    while !input.is_empty() {
        found.push(read(input)?);
        if input.is_empty() {
            break;
        }
        if !input.peek(Token![,]) {
            return Err(input.error(NO_COMMA));
        }
        input.parse::<Token![,]>()?;
    }
    Ok(())
}

const NO_COMMA: &str = "there is no comma before this; entries are separated by commas";

fn read(input: ParseStream<'_>) -> syn::Result<Entry> {
    if !input.peek(Ident::peek_any) {
        return Err(input.error("a key stands here, e.g. `name = \"orders\"`"));
    }
    let key = input.call(Ident::parse_any)?;
    let value = if input.peek(Token![=]) {
        let equals: Token![=] = input.parse()?;
        let tokens = until_comma(input)?;
        if tokens.is_empty() {
            return Err(syn::Error::new(equals.span, format_args!("`{key}` has no value behind its `=`")));
        }
        Value::Equals(tokens)
    } else if input.peek(token::Paren) {
        let content;
        let parentheses = syn::parenthesized!(content in input);
        Value::List(content.parse()?, parentheses.span.join())
    } else if input.peek(Lit) {
        return Err(input.error(format_args!(
            "there is no `=` before this; write `{key} = {}`",
            input.fork().parse::<TokenTree>()?
        )));
    } else {
        Value::Word
    };
    Ok(Entry { key, value })
}

fn until_comma(input: ParseStream<'_>) -> syn::Result<Vec<TokenTree>> {
    let mut tokens = Vec::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        // No value goes on with `name =`: that is the next entry.
        if !tokens.is_empty() && input.peek(Ident::peek_any) && input.peek2(Token![=]) {
            return Err(input.error(NO_COMMA));
        }
        tokens.push(input.parse::<TokenTree>()?);
    }
    Ok(tokens)
}

/// Reads the entries within the parentheses of an entry.
pub(crate) fn listed(tokens: TokenStream, errors: &Errors) -> (Vec<Entry>, bool) {
    let mut found = Vec::new();
    let read = |input: ParseStream<'_>| read_all(input, &mut found);
    let read = read.parse2(tokens);
    let sound = read.is_ok();
    if let Err(error) = read {
        errors.syntax(error);
    }
    (found, sound)
}
