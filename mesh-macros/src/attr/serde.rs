//! Serde's own reading of its attributes, as schemars has it: an attribute of schemars wins over the same one of serde.
//!
//! What is wrong with them is told by the derives of serde and schemars, which see the same attributes; a second message
//! from here would help nobody.

use std::borrow::Cow;

use proc_macro2::{Ident, Span};
use serde_derive_internals::ast::Container;
use serde_derive_internals::{Ctxt, Derive};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Attribute, Data, DeriveInput, Meta, Token, parse_quote};

/// The attributes that both know, by schemars' own list.
const SHARED: &[&str] = &[
    "rename",
    "rename_all",
    "rename_all_fields",
    "deny_unknown_fields",
    "tag",
    "content",
    "untagged",
    "default",
    "skip",
    "skip_serializing",
    "skip_serializing_if",
    "skip_deserializing",
    "flatten",
    "transparent",
];

/// The item with the attributes of schemars that serde knows put in serde's place.
pub(crate) fn normalised(input: &DeriveInput) -> Cow<'_, DeriveInput> {
    if !all_attrs(input).any(overrides) {
        return Cow::Borrowed(input);
    }
    let mut input = input.clone();
    normalise(&mut input.attrs);
    match &mut input.data {
        Data::Struct(data) => data.fields.iter_mut().for_each(|field| normalise(&mut field.attrs)),
        Data::Enum(data) => {
            for variant in &mut data.variants {
                normalise(&mut variant.attrs);
                variant.fields.iter_mut().for_each(|field| normalise(&mut field.attrs));
            }
        }
        Data::Union(_) => {}
    }
    Cow::Owned(input)
}

/// The attributes of the item, its variants and its fields.
fn all_attrs(input: &DeriveInput) -> impl Iterator<Item = &Attribute> {
    let (fields, variants) = match &input.data {
        Data::Struct(data) => (Some(&data.fields), None),
        Data::Enum(data) => (None, Some(&data.variants)),
        Data::Union(_) => (None, None),
    };
    let of_variants = variants
        .into_iter()
        .flatten()
        .flat_map(|variant| variant.attrs.iter().chain(variant.fields.iter().flat_map(|field| &field.attrs)));
    let of_fields = fields.into_iter().flatten().flat_map(|field| &field.attrs);
    input.attrs.iter().chain(of_fields).chain(of_variants)
}

/// Whether an attribute of schemars puts itself in the place of one of serde.
fn overrides(attr: &Attribute) -> bool {
    attr.path().is_ident("schemars")
        && items(attr).iter().any(|item| match item {
            Item::Not(_) => true,
            Item::Meta(meta) => is_shared(meta),
        })
}

fn normalise(attrs: &mut Vec<Attribute>) {
    let mut unset = Vec::new();
    let mut set: Vec<Meta> = Vec::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("schemars")) {
        for item in items(attr) {
            match item {
                Item::Not(name) => unset.push(name.to_string()),
                Item::Meta(meta) if is_shared(&meta) => set.push(meta),
                Item::Meta(_) => {}
            }
        }
    }
    if unset.is_empty() && set.is_empty() {
        return;
    }
    let overridden = |meta: &Meta| {
        let same = |other: &Meta| {
            other.path().get_ident().is_some_and(|name| meta.path().is_ident(name))
                || (other.path().is_ident("skip")
                    && (meta.path().is_ident("skip_serializing")
                        || meta.path().is_ident("skip_deserializing")))
        };
        set.iter().any(same) || unset.iter().any(|name| meta.path().is_ident(name))
    };
    let mut kept: Vec<Meta> = Vec::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("serde")) {
        kept.extend(items(attr).into_iter().filter_map(|item| match item {
            Item::Meta(meta) if !overridden(&meta) => Some(meta),
            _ => None,
        }));
    }
    attrs.retain(|attr| !attr.path().is_ident("serde"));
    kept.extend(set);
    attrs.push(parse_quote!(#[serde(#(#kept),*)]));
}

enum Item {
    Meta(Meta),
    Not(Ident),
}

fn items(attr: &Attribute) -> Vec<Item> {
    let item = |input: syn::parse::ParseStream<'_>| {
        if input.peek(Token![!]) {
            input.parse::<Token![!]>()?;
            return Ok(Item::Not(input.parse()?));
        }
        input.parse().map(Item::Meta)
    };
    let Meta::List(list) = &attr.meta else { return Vec::new() };
    let parse = |input: syn::parse::ParseStream<'_>| {
        Punctuated::<Item, Token![,]>::parse_terminated_with(input, item)
    };
    parse.parse2(list.tokens.clone()).map(|items| items.into_iter().collect()).unwrap_or_default()
}

fn is_shared(meta: &Meta) -> bool {
    SHARED.iter().any(|name| meta.path().is_ident(name))
}

/// What serde makes of the item; `None` only for a union.
pub(crate) fn container(input: &DeriveInput) -> Option<Container<'_>> {
    let context = Ctxt::new();
    let private = Ident::new("__private", Span::call_site());
    let container = Container::from_ast(&context, input, Derive::Deserialize, &private);
    // Told by serde's own derive.
    let _ = context.check();
    container
}
