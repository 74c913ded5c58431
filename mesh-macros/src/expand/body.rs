//! `DataType::BODY`: what was read of the body, as a constant. Only what differs from a plain field is written out.
//!
//! The constant is most of what is generated and holds nothing of the user's but literals, so it is put together as text
//! and read once by the compiler's own lexer. Putting it together token by token takes several times as long.

use std::fmt::{Debug, Display, Write};

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};

use crate::attr::doc::Description;
use crate::model::{Field, Fields, Meaning, Shape, Tagging, Type, Variant, Wire};

pub(super) fn definition(ty: &Type<'_>) -> TokenStream {
    let mut written = Source::default();
    written.type_definition(ty);
    lexed(&written.0)
}

/// The tokens of source text that the macros wrote: literals, names, and punctuation in pairs.
pub(super) fn lexed(source: &str) -> TokenStream {
    // `proc_macro2` reads the text with a lexer of its own before it trusts the compiler's, which takes longer than all else
    // that the macros do. Where there is no compiler, in tests, its lexer is the only one.
    let tokens = if proc_macro::is_available() {
        source.parse::<proc_macro::TokenStream>().map(TokenStream::from).ok()
    } else {
        source.parse().ok()
    };
    tokens.expect("what the macros write is put together from whole tokens")
}

/// Rust source of a constant expression.
#[derive(Default)]
struct Source(String);

impl Source {
    fn add(&mut self, text: impl Display) {
        // Writing to a `String` cannot fail.
        let _ = write!(self.0, "{text}");
    }

    /// A literal: what `Debug` makes of texts, numbers and booleans is one.
    fn literal(&mut self, value: impl Debug) {
        let _ = write!(self.0, "{value:?}");
    }

    fn type_definition(&mut self, ty: &Type<'_>) {
        let rust_name = ty.ident.to_string();
        self.add("_mesh::TypeDefinition { rust_name: ");
        self.literal(rust_name.trim_start_matches("r#"));
        self.add(", description: ");
        self.description(ty.description.as_ref());
        self.add(format_args!(
            ", file: _mesh::file(), line: {}, extensible: {}, shape: ",
            ty.line, ty.extensible
        ));
        self.shape(&ty.shape);
        self.add("}");
    }

    fn description(&mut self, description: Option<&Description>) {
        match description {
            None => self.add("\"\""),
            Some(Description::Text(text)) => self.literal(text),
            Some(expression @ Description::Expression(_)) => self.add(expression.to_token_stream()),
        }
    }

    fn shape(&mut self, shape: &Shape<'_>) {
        match shape {
            Shape::Plain(Fields::Unit) => self.add("_mesh::Shape::Unit"),
            Shape::Plain(Fields::Newtype(only)) => {
                self.add("_mesh::Shape::Newtype { field: &");
                self.field(only);
                self.add("}");
            }
            Shape::Plain(Fields::Tuple(fields)) => {
                self.add("_mesh::Shape::Tuple { fields: ");
                self.fields(fields);
                self.add("}");
            }
            Shape::Plain(Fields::Named(fields)) => {
                self.add("_mesh::Shape::Struct { fields: ");
                self.fields(fields);
                self.add("}");
            }
            Shape::Enum { tagging, variants } => {
                self.add("_mesh::Shape::Enum { tagging: _mesh::TaggingDefinition::");
                match tagging {
                    Tagging::External => self.add("External"),
                    Tagging::Internal { tag } => self.add(format_args!("Internal {{ tag: {tag:?} }}")),
                    Tagging::Adjacent { tag, content } => {
                        self.add(format_args!("Adjacent {{ tag: {tag:?}, content: {content:?} }}"));
                    }
                    Tagging::Untagged => self.add("Untagged"),
                }
                self.add(", variants: &[");
                for variant in variants {
                    self.variant(variant);
                    self.add(", ");
                }
                self.add("]}");
            }
        }
    }

    fn fields(&mut self, fields: &[Field<'_>]) {
        self.add("&[");
        for field in fields {
            self.field(field);
            self.add(", ");
        }
        self.add("]");
    }

    fn variant(&mut self, variant: &Variant<'_>) {
        let start = self.0.len();
        self.wire(&variant.wire);
        self.flag("other", variant.other);
        self.flag("untagged", variant.untagged);
        match &variant.fields {
            Fields::Unit => {}
            Fields::Newtype(only) => {
                self.add("shape: _mesh::VariantShape::Newtype(&");
                self.field(only);
                self.add("), ");
            }
            Fields::Tuple(fields) => {
                self.add("shape: _mesh::VariantShape::Tuple(");
                self.fields(fields);
                self.add("), ");
            }
            Fields::Named(fields) => {
                self.add("shape: _mesh::VariantShape::Struct(");
                self.fields(fields);
                self.add("), ");
            }
        }
        self.on_plain(start, "Variant", "variant", &variant.wire, variant.description.as_ref(), variant.line);
    }

    fn field(&mut self, field: &Field<'_>) {
        let start = self.0.len();
        self.wire(&field.wire);
        self.flag("flatten", field.flatten);
        self.flag("sometimes_emitted", field.skipped_if.is_some());
        self.flag("skipped_if_none", field.skipped_if_none());
        self.flag("required_to_read", field.required_to_read);
        let Meaning {
            key,
            tenant,
            unit,
            term,
            pii,
            classification,
            deprecated,
            references,
            decimal,
            min,
            max,
            examples,
        } = &field.meaning;
        self.flag("key", *key);
        self.flag("tenant", tenant.is_some());
        self.option("unit", unit.as_ref());
        self.option("term", term.as_ref());
        self.word("pii", "PersonalData", pii.as_ref());
        self.word("classification", "Classification", classification.as_ref());
        self.option("deprecated", deprecated.as_ref());
        self.option("references", references.as_ref());
        self.option("decimal", decimal.as_ref());
        self.option("min", min.as_ref().map(|bound| &bound.text));
        self.option("max", max.as_ref().map(|bound| &bound.text));
        self.list("examples", examples);
        self.on_plain(start, "Field", "field", &field.wire, field.description.as_ref(), field.line);
    }

    fn wire(&mut self, wire: &Wire) {
        let Wire { rust_name, emits, accepts, aliases, never_emitted, never_accepted } = wire;
        if emits != rust_name {
            self.add(format_args!("emits: {emits:?}, "));
        }
        if accepts != rust_name {
            self.add(format_args!("accepts: {accepts:?}, "));
        }
        self.list("aliases", aliases);
        self.flag("never_emitted", *never_emitted);
        self.flag("never_accepted", *never_accepted);
    }

    fn flag(&mut self, name: &str, flag: bool) {
        if flag {
            self.add(format_args!("{name}: true, "));
        }
    }

    fn option(&mut self, name: &str, value: Option<&impl Debug>) {
        if let Some(value) = value {
            self.add(format_args!("{name}: _mesh::Some({value:?}), "));
        }
    }

    fn word(&mut self, name: &str, vocabulary: &str, word: Option<&impl Debug>) {
        if let Some(word) = word {
            self.add(format_args!("{name}: _mesh::Some(_mesh::{vocabulary}::{word:?}), "));
        }
    }

    fn list(&mut self, name: &str, values: &[String]) {
        if !values.is_empty() {
            self.add(format_args!("{name}: &{values:?}, "));
        }
    }

    /// Finishes what differs, written from `start` on, with the plain form that it differs from.
    fn on_plain(
        &mut self,
        start: usize,
        kind: &str,
        plain: &str,
        wire: &Wire,
        description: Option<&Description>,
        line: u32,
    ) {
        let differs = self.0.len() > start;
        if differs {
            self.0.insert_str(start, &format!("_mesh::{kind}Definition {{ "));
            self.add("..");
        }
        self.add(format_args!("_mesh::{plain}({:?}, ", wire.rust_name));
        self.description(description);
        self.add(format_args!(", {line})"));
        if differs {
            self.add(" }");
        }
    }
}

/// A variant of a vocabulary by the name that `Debug` gives it.
pub(super) fn variant_path(vocabulary: &str, variant: &str) -> TokenStream {
    let (vocabulary, variant) = (format_ident!("{vocabulary}"), format_ident!("{variant}"));
    quote!(_mesh::#vocabulary::#variant)
}
