//! The keys that an attribute takes, and the forms of their values.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use syn::parse::{Parse, Parser};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned as _;
use syn::{Attribute, Expr, ExprLit, Lit, LitStr, Path, Token, Type};

use super::entry::{Entry, Value, entries, listed};
use super::{Spanned, Text};
use crate::diagnostics::Errors;
use crate::spelling;

/// A key that an attribute takes.
pub(crate) struct Key {
    pub(crate) name: &'static str,
    /// The key as it is written, which a wrong form is answered with.
    pub(crate) example: &'static str,
    /// Whether it may stand there more than once.
    pub(crate) repeats: bool,
}

/// A key that may stand there once.
pub(crate) const fn once(name: &'static str, example: &'static str) -> Key {
    Key { name, example, repeats: false }
}

/// A key that may stand there several times.
pub(crate) const fn repeated(name: &'static str, example: &'static str) -> Key {
    Key { name, example, repeats: true }
}

/// The entries of an attribute, over all its occurrences on one item.
pub(crate) struct Keys<'e> {
    attribute: &'static str,
    known: &'static [Key],
    seen: Vec<&'static str>,
    /// Keys that were probably meant by unknown ones.
    meant: Vec<&'static str>,
    /// Whether an attribute broke off, so that what is missing may only be unread.
    broken: bool,
    /// Whether somebody else tells what is missing where nothing is written.
    requires: bool,
    /// Occurrences that say nothing, with what to write there.
    empty: Vec<(Span, String)>,
    errors: &'e Errors,
}

impl<'e> Keys<'e> {
    pub(crate) fn new(attribute: &'static str, known: &'static [Key], errors: &'e Errors) -> Self {
        let (seen, meant, empty) = (Vec::new(), Vec::new(), Vec::new());
        Self { attribute, known, seen, meant, broken: false, requires: false, empty, errors }
    }

    /// The same of an attribute some of whose keys are required: where it says nothing at all, that they are missing is
    /// enough to tell.
    pub(crate) fn requiring(attribute: &'static str, known: &'static [Key], errors: &'e Errors) -> Self {
        Self { requires: true, ..Self::new(attribute, known, errors) }
    }

    /// Reads the entries of one occurrence of the attribute that may stand there.
    pub(crate) fn read(&mut self, attr: &Attribute, example: &str) -> Vec<Admitted<'e>> {
        if matches!(&attr.meta, syn::Meta::List(list) if list.tokens.is_empty()) {
            let message = format!("nothing is said here; write e.g. `{example}`");
            if self.requires {
                self.empty.push((attr.path().span(), message));
            } else {
                self.errors.at(attr.path().span(), message);
            }
        }
        let (entries, sound) = entries(attr, example, self.errors);
        self.broken |= !sound;
        entries.into_iter().filter_map(|entry| self.admit(entry)).collect()
    }

    /// The same of the entries within the parentheses of one.
    pub(crate) fn read_list(&mut self, tokens: TokenStream) -> Vec<Admitted<'e>> {
        let (entries, sound) = listed(tokens, self.errors);
        self.broken |= !sound;
        entries.into_iter().filter_map(|entry| self.admit(entry)).collect()
    }

    /// The keys that nobody needs to be told are missing: they stand there, however wrong their values are, or were meant.
    pub(crate) fn written(self) -> Vec<&'static str> {
        if !self.seen.is_empty() {
            self.empty.into_iter().for_each(|(span, message)| self.errors.at(span, message));
        }
        if self.broken {
            return self.known.iter().map(|key| key.name).collect();
        }
        self.seen.into_iter().chain(self.meant).collect()
    }

    /// Admits an entry whose key is known and new; anything else is told.
    fn admit(&mut self, entry: Entry) -> Option<Admitted<'e>> {
        let written = entry.key.to_string();
        let Some(key) = self.known.iter().find(|key| key.name == written) else {
            let names: Vec<&str> = self.known.iter().map(|key| key.name).collect();
            let suggestion = spelling::suggestion(&written, &names);
            self.meant.extend(spelling::nearest(&written, &names));
            let attribute = self.attribute;
            self.errors
                .at(entry.key.span(), format_args!("`#[{attribute}]` has no `{written}`; {suggestion}"));
            return None;
        };
        if !key.repeats && self.seen.contains(&key.name) {
            self.errors.at(entry.key.span(), format_args!("`{written}` stands there twice; keep one"));
            return None;
        }
        self.seen.push(key.name);
        Some(Admitted { key, entry, errors: self.errors })
    }
}

/// An entry whose key is known, to be read in the form that the key takes.
pub(crate) struct Admitted<'e> {
    key: &'static Key,
    entry: Entry,
    errors: &'e Errors,
}

impl Admitted<'_> {
    pub(crate) fn name(&self) -> &'static str {
        self.key.name
    }

    pub(crate) fn key_span(&self) -> Span {
        self.entry.key.span()
    }

    fn wrong<T>(&self, form: &str) -> Option<T> {
        let Key { name, example, .. } = self.key;
        let message = format!("`{name}` takes {form}; write e.g. `{example}`");
        match &self.entry.value {
            Value::Word => self.errors.at(self.entry.key.span(), message),
            Value::Equals(tokens) => self.errors.on(stream(tokens), message),
            Value::List(_, span) => self.errors.at(*span, message),
        }
        None
    }

    /// `key`.
    pub(crate) fn word(self) -> Option<Span> {
        match self.entry.value {
            Value::Word => Some(self.entry.key.span()),
            _ => self.wrong("no value"),
        }
    }

    /// `key = "text"`.
    pub(crate) fn text(self) -> Option<Text> {
        // Nearly every value is one literal, which needs no parser.
        if let Value::Equals(tokens) = &self.entry.value
            && let [TokenTree::Literal(literal)] = tokens.as_slice()
            && let Lit::Str(text) = Lit::new(literal.clone())
        {
            return Some(text_of(&text));
        }
        match self.expression().as_ref().and_then(literal_text) {
            Some(text) => Some(text),
            None => self.wrong("a text"),
        }
    }

    /// `key = "text"` that says something.
    pub(crate) fn words(self) -> Option<Text> {
        let (name, errors) = (self.key.name, self.errors);
        let text = self.text()?;
        if text.value.trim().is_empty() {
            errors.at(text.span, format_args!("`{name}` is empty; leave it out or say something"));
            return None;
        }
        Some(text)
    }

    /// `key = "text"` or `key = ["text", "text"]`.
    pub(crate) fn texts(self) -> Option<Vec<Text>> {
        let texts = match self.items::<Expr>() {
            Some(items) => items.iter().map(literal_text).collect(),
            None => self.expression().as_ref().and_then(literal_text).map(|text| vec![text]),
        };
        texts.or_else(|| self.wrong("a text or a list of texts"))
    }

    /// `key = path::to::item`.
    pub(crate) fn path(self) -> Option<Path> {
        match &self.entry.value {
            Value::Equals(tokens) => match syn::parse2::<Path>(stream(tokens)) {
                Ok(path) => Some(path),
                Err(_) => self.wrong("a path"),
            },
            _ => self.wrong("a path"),
        }
    }

    /// `key = [Type, Type]`.
    pub(crate) fn types(self) -> Option<Vec<Type>> {
        self.items().or_else(|| self.wrong("a list of types"))
    }

    /// `key(entries)`.
    pub(crate) fn list(self) -> Option<(TokenStream, Span)> {
        match self.entry.value {
            Value::List(tokens, span) => Some((tokens, span)),
            _ => self.wrong("values in parentheses"),
        }
    }

    /// `key = anything`.
    pub(crate) fn tokens(self) -> Option<TokenStream> {
        match self.entry.value {
            Value::Equals(tokens) => Some(tokens.into_iter().collect()),
            _ => self.wrong("a value"),
        }
    }

    /// What stands between brackets, if that is all there is.
    fn items<T: Parse>(&self) -> Option<Vec<T>> {
        match &self.entry.value {
            Value::Equals(tokens) => {
                let items = Punctuated::<T, Token![,]>::parse_terminated.parse2(bracketed(tokens)?).ok()?;
                Some(items.into_iter().collect())
            }
            _ => None,
        }
    }

    fn expression(&self) -> Option<Expr> {
        match &self.entry.value {
            Value::Equals(tokens) => syn::parse2(stream(tokens)).ok(),
            _ => None,
        }
    }
}

fn literal_text(expression: &Expr) -> Option<Text> {
    match expression {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text_of(text)),
        Expr::Group(group) => literal_text(&group.expr),
        _ => None,
    }
}

pub(crate) fn text_of(literal: &LitStr) -> Text {
    Spanned::new(literal.value(), literal.span())
}

fn bracketed(tokens: &[TokenTree]) -> Option<TokenStream> {
    match tokens {
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::Bracket => Some(group.stream()),
        _ => None,
    }
}

fn stream(tokens: &[TokenTree]) -> TokenStream {
    tokens.iter().cloned().collect()
}
