//! JSON written as Rust tokens: `{"a": [1, -2.5, true, null]}`.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use syn::Lit;

/// The tokens as compact JSON text.
pub(crate) fn text(tokens: TokenStream) -> syn::Result<String> {
    let mut written = String::new();
    let mut rest = tokens.into_iter().peekable();
    value(&mut rest, Span::call_site(), &mut written)?;
    match rest.next() {
        None => Ok(written),
        Some(more) => Err(wrong(more.span())),
    }
}

type Tokens = std::iter::Peekable<proc_macro2::token_stream::IntoIter>;

fn wrong(span: Span) -> syn::Error {
    syn::Error::new(
        span,
        "this is not JSON; write a text, a number, `true`, `false`, `null`, `[...]` or `{...}`",
    )
}

fn value(tokens: &mut Tokens, before: Span, written: &mut String) -> syn::Result<()> {
    let first = tokens.next().ok_or_else(|| wrong(before))?;
    match &first {
        TokenTree::Punct(minus) if minus.as_char() == '-' => match tokens.next() {
            Some(TokenTree::Literal(literal)) => {
                written.push('-');
                number(&Lit::new(literal), written)
            }
            _ => Err(wrong(first.span())),
        },
        TokenTree::Literal(literal) => match Lit::new(literal.clone()) {
            Lit::Str(literal) => {
                quoted(&literal.value(), written);
                Ok(())
            }
            other => number(&other, written),
        },
        TokenTree::Ident(word) if word == "true" || word == "false" || word == "null" => {
            written.push_str(&word.to_string());
            Ok(())
        }
        TokenTree::Group(group) => match group.delimiter() {
            Delimiter::Bracket => list(group, written),
            Delimiter::Brace => object(group, written),
            Delimiter::None => {
                let mut inner = group.stream().into_iter().peekable();
                value(&mut inner, group.span(), written)
            }
            Delimiter::Parenthesis => Err(wrong(group.span())),
        },
        _ => Err(wrong(first.span())),
    }
}

fn number(literal: &Lit, written: &mut String) -> syn::Result<()> {
    let (digits, suffix) = match literal {
        Lit::Int(literal) => (literal.base10_digits(), literal.suffix()),
        Lit::Float(literal) => (literal.base10_digits(), literal.suffix()),
        other => return Err(wrong(other.span())),
    };
    // Rust allows `1.`, JSON does not.
    if !suffix.is_empty() || digits.ends_with('.') {
        return Err(wrong(literal.span()));
    }
    written.push_str(digits);
    Ok(())
}

fn list(group: &Group, written: &mut String) -> syn::Result<()> {
    let mut items = group.stream().into_iter().peekable();
    written.push('[');
    while items.peek().is_some() {
        value(&mut items, group.span(), written)?;
        separator(&mut items, written)?;
    }
    written.push(']');
    Ok(())
}

fn object(group: &Group, written: &mut String) -> syn::Result<()> {
    let mut members = group.stream().into_iter().peekable();
    written.push('{');
    while let Some(name) = members.next() {
        let TokenTree::Literal(literal) = &name else { return Err(wrong(name.span())) };
        let Lit::Str(text) = Lit::new(literal.clone()) else { return Err(wrong(name.span())) };
        quoted(&text.value(), written);
        match members.next() {
            Some(TokenTree::Punct(colon)) if colon.as_char() == ':' => written.push(':'),
            _ => return Err(wrong(name.span())),
        }
        value(&mut members, name.span(), written)?;
        separator(&mut members, written)?;
    }
    written.push('}');
    Ok(())
}

/// A comma, or the end.
fn separator(tokens: &mut Tokens, written: &mut String) -> syn::Result<()> {
    match tokens.next() {
        None => Ok(()),
        Some(TokenTree::Punct(comma)) if comma.as_char() == ',' => {
            if tokens.peek().is_some() {
                written.push(',');
            }
            Ok(())
        }
        Some(other) => Err(wrong(other.span())),
    }
}

fn quoted(text: &str, written: &mut String) {
    written.push('"');
    for character in text.chars() {
        match character {
            '"' => written.push_str("\\\""),
            '\\' => written.push_str("\\\\"),
            '\n' => written.push_str("\\n"),
            '\r' => written.push_str("\\r"),
            '\t' => written.push_str("\\t"),
            control if control < ' ' => written.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => written.push(other),
        }
    }
    written.push('"');
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    #[test]
    fn rust_tokens_are_written_as_compact_json() {
        let tokens = quote!({"a": [1, -2.5, true, null,], "b\n": {}, "c": "\u{1}\"é"});
        let expected = r#"{"a":[1,-2.5,true,null],"b\n":{},"c":"\u0001\"é"}"#;
        assert_eq!(text(tokens).expect("JSON"), expected);
    }

    #[test]
    fn what_is_not_json_is_refused() {
        for tokens in [
            quote!(Order::new()),
            quote!(1u8),
            quote!(1 2),
            quote!({a: 1}),
            quote!((1)),
            quote!('c'),
            quote!(-),
        ] {
            assert!(text(tokens.clone()).is_err(), "{tokens}");
        }
    }
}
