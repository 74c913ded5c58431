//! Where in the sources of a domain a type and its fields are declared: a scan that is good enough to point at a line. Nothing
//! is decided by it. What is generated, or called otherwise than its wire name tells, is not found, and then nothing is said.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use syn::spanned::Spanned as _;
use syn::{Attribute, Fields, Item, LitStr, Meta};

use super::place::{Location, Source};

/// The Rust sources of one crate. They are read when somebody asks where something is, and never before.
#[derive(Debug)]
pub struct Sources {
    folder: PathBuf,
    /// What stands before the paths in a report.
    prefix: String,
    types: OnceCell<BTreeMap<String, Declared>>,
}

/// Where a type is declared, with its fields by the names that they may have on the wire.
#[derive(Debug, Clone)]
struct Declared {
    at: Location,
    /// The variant, the name that is written or else declared, whether it was written, and the place.
    members: Vec<Member>,
}

#[derive(Debug, Clone)]
struct Member {
    variant: Option<Name>,
    name: Name,
    at: Location,
}

/// A name on the wire: as serde is told to write it, or as it is declared.
#[derive(Debug, Clone)]
enum Name {
    Written(String),
    Declared(String),
}

impl Name {
    /// Whatever case serde writes a declared name in, its letters stay.
    fn fits(&self, wire: &str) -> bool {
        let letters = |text: &str| -> String {
            text.chars().filter(|it| !matches!(it, '_' | '-')).flat_map(char::to_lowercase).collect()
        };
        match self {
            Self::Written(name) => name == wire,
            Self::Declared(name) => name == wire || letters(name) == letters(wire),
        }
    }
}

impl Sources {
    /// The sources below `src/` of a crate's folder. In a report their paths begin with `prefix`, which is empty or ends with
    /// `/`.
    pub fn at(folder: &Path, prefix: &str) -> Self {
        Self { folder: folder.join("src"), prefix: format!("{prefix}src/"), types: OnceCell::new() }
    }

    /// Where a type is declared, or a field of it or of one of its variants.
    pub(super) fn find(
        &self,
        type_name: &str,
        variant: Option<&str>,
        field: Option<&str>,
    ) -> Option<Location> {
        let declared = self.types.get_or_init(|| self.scan()).get(type_name)?;
        let in_variant = |member: &&Member| match (&member.variant, variant) {
            (None, None) => true,
            (Some(name), Some(variant)) => name.fits(variant),
            _ => false,
        };
        let found = field.and_then(|field| {
            let mut members = declared.members.iter().filter(in_variant).filter(|it| it.name.fits(field));
            members.next().map(|member| member.at.clone())
        });
        Some(found.unwrap_or_else(|| declared.at.clone()))
    }

    fn scan(&self) -> BTreeMap<String, Declared> {
        let mut types = BTreeMap::new();
        let mut open = vec![self.folder.clone()];
        while let Some(folder) = open.pop() {
            let Ok(listing) = fs::read_dir(&folder) else { continue };
            for path in listing.flatten().map(|entry| entry.path()) {
                if path.is_dir() {
                    open.push(path);
                } else if path.extension().is_some_and(|it| it == "rs")
                    && let Ok(text) = fs::read_to_string(&path)
                    && let Ok(file) = syn::parse_file(&text)
                {
                    let inside = path.strip_prefix(&self.folder).unwrap_or(&path);
                    let steps: Vec<_> = inside.iter().map(|step| step.to_string_lossy()).collect();
                    collect(&file.items, &format!("{}{}", self.prefix, steps.join("/")), &mut types);
                }
            }
        }
        types
    }
}

fn collect(items: &[Item], file: &str, types: &mut BTreeMap<String, Declared>) {
    let at = |span: proc_macro2::Span| Location {
        file: file.to_owned(),
        line: Some(span.start().line),
        column: Some(span.start().column + 1),
        source: Source::Rust,
    };
    for item in items {
        let (ident, attributes, members) = match item {
            Item::Mod(module) => {
                collect(module.content.as_ref().map_or(&[][..], |(_, items)| items), file, types);
                continue;
            }
            Item::Struct(it) => (&it.ident, &it.attrs, members(None, &it.fields, &at)),
            Item::Enum(it) => {
                let mut all = Vec::new();
                for variant in &it.variants {
                    let name = wire_name(&variant.attrs, &variant.ident);
                    all.push(Member { variant: None, name: name.clone(), at: at(variant.ident.span()) });
                    all.extend(members(Some(&name), &variant.fields, &at));
                }
                (&it.ident, &it.attrs, all)
            }
            _ => continue,
        };
        let declared = Declared { at: at(ident.span()), members };
        // A type goes by the name that serde or schemars was told, or else by its own.
        if let Some(name) = renamed(attributes) {
            types.entry(name).or_insert_with(|| declared.clone());
        }
        types.entry(ident.to_string()).or_insert(declared);
    }
}

fn members(
    variant: Option<&Name>,
    fields: &Fields,
    at: &dyn Fn(proc_macro2::Span) -> Location,
) -> Vec<Member> {
    let named = fields.iter().filter_map(|field| Some((field, field.ident.as_ref()?)));
    named
        .map(|(field, ident)| Member {
            variant: variant.cloned(),
            name: wire_name(&field.attrs, ident),
            at: at(field.vis.span().join(ident.span()).unwrap_or_else(|| ident.span())),
        })
        .collect()
}

fn wire_name(attributes: &[Attribute], ident: &syn::Ident) -> Name {
    let declared = ident.to_string();
    renamed(attributes)
        .map_or_else(|| Name::Declared(declared.trim_start_matches("r#").to_owned()), Name::Written)
}

/// The name in `#[serde(rename = "...")]`, or in that of schemars; the serializing one of two.
fn renamed(attributes: &[Attribute]) -> Option<String> {
    let mut name = None;
    for attribute in attributes {
        let told = ["serde", "schemars"].iter().any(|it| attribute.path().is_ident(it));
        if !told || !matches!(attribute.meta, Meta::List(_)) {
            continue;
        }
        // What else stands there is read past; an attribute that is too strange to read says nothing.
        let _ = attribute.parse_nested_meta(|meta| {
            let is_name = meta.path.is_ident("rename") || meta.path.is_ident("serialize");
            if is_name && meta.input.peek(syn::Token![=]) {
                name = Some(meta.value()?.parse::<LitStr>()?.value());
            } else if meta.path.is_ident("rename") {
                meta.parse_nested_meta(|inner| {
                    let text = inner.value()?.parse::<LitStr>()?.value();
                    if inner.path.is_ident("serialize") {
                        name = Some(text);
                    }
                    Ok(())
                })?;
            } else if meta.input.peek(syn::Token![=]) {
                meta.value()?.parse::<syn::Expr>()?;
            } else if meta.input.peek(syn::token::Paren) {
                let inner;
                syn::parenthesized!(inner in meta.input);
                inner.parse::<proc_macro2::TokenStream>()?;
            }
            Ok(())
        });
    }
    name
}
