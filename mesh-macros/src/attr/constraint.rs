//! The constraints that schemars, validator and garde read on a field, read as schemars 1.2 reads them: of two that say the
//! same the first counts, attributes of schemars before those of validator before those of garde.
//!
//! What schemars finds wrong with them it says itself.

use proc_macro2::{Span, TokenStream};
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned as _;
use syn::{Expr, ExprLit, Lit, LitStr, Meta, Token, Type};

use super::Spanned;
use super::named::Attrs;

/// The constraints of one field.
#[derive(Default)]
pub(crate) struct Constraints {
    pub(crate) length: Option<Spanned<Bounds>>,
    pub(crate) range: Option<Spanned<Bounds>>,
    /// An expression whose text is the pattern.
    pub(crate) pattern: Option<Spanned<Expr>>,
    /// An expression whose text must be contained.
    pub(crate) contains: Option<Spanned<Expr>>,
    /// That an `Option` is always there.
    pub(crate) required: Option<Span>,
    /// `email`, `url`, `ip`, `ipv4`, `ipv6`: an annotation that promises nothing.
    pub(crate) format: Option<Spanned<&'static str>>,
    /// The same for each item.
    pub(crate) inner: Option<Box<Constraints>>,
}

/// The ends of a length or a range.
#[derive(Default)]
pub(crate) struct Bounds {
    pub(crate) min: Option<Expr>,
    pub(crate) max: Option<Expr>,
    pub(crate) equal: Option<Expr>,
}

impl Bounds {
    /// The lower end.
    pub(crate) fn least(&self) -> Option<&Expr> {
        self.min.as_ref().or(self.equal.as_ref())
    }

    /// The upper end.
    pub(crate) fn most(&self) -> Option<&Expr> {
        self.max.as_ref().or(self.equal.as_ref())
    }
}

/// Whose attribute it is, as their notations differ.
#[derive(Clone, Copy, PartialEq)]
enum Owner {
    Schemars,
    Validator,
    Garde,
}

const FORMATS: &[&str] = &["email", "url", "ip", "ipv4", "ipv6"];

impl Constraints {
    pub(crate) fn read(attrs: &Attrs<'_>) -> Self {
        let mut read = Self::default();
        for (name, owner) in
            [("schemars", Owner::Schemars), ("validate", Owner::Validator), ("garde", Owner::Garde)]
        {
            for meta in metas_of(attrs, name) {
                read.take(&meta, owner);
            }
        }
        read
    }

    fn take(&mut self, meta: &Meta, owner: Owner) {
        let Some(name) = meta.path().get_ident().map(ToString::to_string) else { return };
        let span = meta.path().span();
        let texts_free = self.pattern.is_none() && self.contains.is_none();
        match name.as_str() {
            "length" if self.length.is_none() => {
                self.length = bounds(meta).map(|bounds| Spanned::new(bounds, span));
            }
            "range" if self.range.is_none() => {
                self.range = bounds(meta).map(|bounds| Spanned::new(bounds, span));
            }
            "required" => self.required = self.required.or(Some(span)),
            "pattern" if owner != Owner::Validator && texts_free => {
                self.pattern = argument(meta).map(|text| Spanned::new(text, span));
            }
            "regex" if owner != Owner::Garde && texts_free => {
                let pattern = if owner == Owner::Validator {
                    named(meta, "path").map(unquoted)
                } else {
                    named(meta, "pattern")
                };
                self.pattern = pattern.map(|text| Spanned::new(text, span));
            }
            "contains" if texts_free => {
                let text = named(meta, "pattern");
                let text = if owner == Owner::Validator { text } else { text.or_else(|| argument(meta)) };
                self.contains = text.map(|text| Spanned::new(text, span));
            }
            "inner" if owner != Owner::Validator => {
                let inner = self.inner.get_or_insert_default();
                for meta in nested(meta) {
                    inner.take(&meta, owner);
                }
            }
            other => {
                let format = FORMATS.iter().find(|format| **format == other);
                if let (None, Some(format)) = (&self.format, format) {
                    self.format = Some(Spanned::new(format, span));
                }
            }
        }
    }

    /// Where the first constraint stands that a schema would have to carry.
    pub(crate) fn first(&self) -> Option<Span> {
        let Self { length, range, pattern, contains, required, format, inner } = self;
        let span = |spanned: &Option<Spanned<Bounds>>| spanned.as_ref().map(|spanned| spanned.span);
        let text = |spanned: &Option<Spanned<Expr>>| spanned.as_ref().map(|spanned| spanned.span);
        let format = format.as_ref().map(|format| format.span);
        let inner = inner.as_ref().and_then(|inner| inner.first());
        span(length).or(span(range)).or(text(pattern)).or(text(contains)).or(*required).or(format).or(inner)
    }

    /// Whether any of them can be broken.
    pub(crate) fn is_checked(&self) -> bool {
        let Self { length, range, pattern, contains, required, format: _, inner } = self;
        length.is_some()
            || range.is_some()
            || pattern.is_some()
            || contains.is_some()
            || required.is_some()
            || inner.as_ref().is_some_and(|inner| inner.is_checked())
    }
}

/// From where schemars takes the schema of a field.
pub(crate) enum SchemaSource {
    /// Its type.
    Field,
    /// Another type: `with = "..."`.
    Type(Box<Type>),
    /// A function: `schema_with = "..."`.
    Function,
}

impl SchemaSource {
    pub(crate) fn read(attrs: &Attrs<'_>) -> Self {
        for meta in metas_of(attrs, "schemars").chain(metas_of(attrs, "serde")) {
            if meta.path().is_ident("schema_with") {
                return Self::Function;
            }
            if meta.path().is_ident("with")
                && let Meta::NameValue(pair) = &meta
                && let Some(with) = literal(&pair.value).and_then(|text| text.parse().ok())
            {
                return Self::Type(Box::new(with));
            }
        }
        Self::Field
    }
}

fn metas_of(attrs: &Attrs<'_>, name: &str) -> impl Iterator<Item = Meta> {
    attrs.named(name).flat_map(|attr| match &attr.meta {
        Meta::List(list) => metas(list.tokens.clone()),
        _ => Vec::new(),
    })
}

/// The entries of a list; `!name`, which takes an attribute of serde back, says nothing here.
fn metas(tokens: TokenStream) -> Vec<Meta> {
    let entry = |input: ParseStream<'_>| {
        if input.peek(Token![!]) {
            input.parse::<Token![!]>()?;
            input.parse::<syn::Path>()?;
            return Ok(None);
        }
        input.parse().map(Some)
    };
    let all =
        |input: ParseStream<'_>| Punctuated::<Option<Meta>, Token![,]>::parse_terminated_with(input, entry);
    all.parse2(tokens).map(|entries| entries.into_iter().flatten().collect()).unwrap_or_default()
}

fn nested(meta: &Meta) -> Vec<Meta> {
    match meta {
        Meta::List(list) => metas(list.tokens.clone()),
        _ => Vec::new(),
    }
}

/// `name(key = expression)`.
fn named(meta: &Meta, key: &str) -> Option<Expr> {
    nested(meta).into_iter().find_map(|meta| match meta {
        Meta::NameValue(pair) if pair.path.is_ident(key) => Some(pair.value),
        _ => None,
    })
}

/// `name(expression)`.
fn argument(meta: &Meta) -> Option<Expr> {
    match meta {
        Meta::List(list) => syn::parse2(list.tokens.clone()).ok(),
        _ => None,
    }
}

fn bounds(meta: &Meta) -> Option<Bounds> {
    let Meta::List(_) = meta else { return None };
    let end = |key| named(meta, key).map(unquoted);
    Some(Bounds { min: end("min"), max: end("max"), equal: end("equal") })
}

/// An expression in quotes stands for the expression.
fn unquoted(expression: Expr) -> Expr {
    match literal(&expression).and_then(|text| text.parse().ok()) {
        Some(inner) => inner,
        None => expression,
    }
}

fn literal(expression: &Expr) -> Option<&LitStr> {
    match expression {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use quote::ToTokens;
    use syn::{Attribute, parse_quote};

    use super::*;

    fn read(attrs: Vec<Attribute>) -> Constraints {
        Constraints::read(&Attrs::of(&attrs))
    }

    fn text(expression: Option<&Expr>) -> Option<String> {
        expression.map(|expression| expression.to_token_stream().to_string())
    }

    #[test]
    fn the_first_of_two_counts_and_schemars_comes_first() {
        let read = read(vec![
            parse_quote!(#[garde(length(min = 1))]),
            parse_quote!(#[validate(length(max = 9))]),
            parse_quote!(#[schemars(length(max = "MOST"))]),
        ]);
        let length = read.length.expect("a length").value;
        assert_eq!((text(length.least()), text(length.most())), (None, Some("MOST".to_owned())));
    }

    #[test]
    fn each_crate_is_read_in_its_own_notation() {
        let pattern = |attr| text(read(vec![attr]).pattern.map(|pattern| pattern.value).as_ref());
        assert_eq!(pattern(parse_quote!(#[schemars(regex(pattern = "a"))])).as_deref(), Some("\"a\""));
        assert_eq!(pattern(parse_quote!(#[schemars(pattern("a"))])).as_deref(), Some("\"a\""));
        assert_eq!(pattern(parse_quote!(#[garde(pattern(RE))])).as_deref(), Some("RE"));
        assert_eq!(pattern(parse_quote!(#[validate(regex(path = *RE))])).as_deref(), Some("* RE"));
        assert_eq!(pattern(parse_quote!(#[validate(pattern("a"))])), None);
        assert_eq!(pattern(parse_quote!(#[garde(regex(pattern = "a"))])), None);
    }

    #[test]
    fn what_one_kind_of_text_rule_says_shuts_out_the_others() {
        let read = read(vec![parse_quote!(#[schemars(contains = 1, contains("x"), pattern("y"))])]);
        assert!(read.contains.is_some() && read.pattern.is_none());
    }

    #[test]
    fn items_have_constraints_of_their_own() {
        let read = read(vec![parse_quote!(#[garde(inner(length(equal = 3), inner(range(min = 1))))])]);
        let inner = read.inner.expect("constraints of items");
        assert!(inner.length.is_some());
        assert!(inner.inner.is_some_and(|inner| inner.range.is_some()));
    }
}
