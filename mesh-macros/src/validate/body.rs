//! The body of a type: fields or variants, each described.

use serde_derive_internals::ast::{self, Container, Data, Style};
use serde_derive_internals::attr::TagType;
use serde_derive_internals::name::{MultiName, Name};
use std::collections::BTreeSet;
use syn::spanned::Spanned as _;
use syn::{DeriveInput, Path};

use super::{field, value};
use crate::attr::doc::Description;
use crate::attr::named::Attrs;
use crate::attr::refuse;
use crate::diagnostics::Errors;
use crate::model::{Fields, Shape, Tagging, Type, Variant, Wire};

/// What the type is for.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Role {
    /// The record of a product.
    Product,
    /// A type nested in products.
    Nested,
    /// What a reader takes; whoever provides it describes it.
    Consumer,
}

impl Role {
    /// Whether whoever writes the type describes it.
    pub(super) fn describes(self) -> bool {
        self != Self::Consumer
    }
}

pub(crate) fn validate<'a>(
    input: &'a DeriveInput,
    named: &Attrs<'_>,
    serde: &'a Container<'a>,
    role: Role,
    runtime: Path,
    extensible: bool,
    errors: &Errors,
) -> Option<Type<'a>> {
    let description = Description::of(named);
    if description.is_none() && role.describes() {
        let what = match role {
            Role::Product => "the product",
            _ => "the type",
        };
        let message = format!(
            "{what} `{}` has no description; write a doc comment that says what one record of it is",
            input.ident
        );
        errors.at(input.ident.span(), message);
    }
    refuse_other_forms(serde, errors);
    let shape = match &serde.data {
        Data::Struct(style, fields) => {
            let transparent = fields.iter().find(|field| field.attrs.transparent());
            match transparent.filter(|_| serde.attrs.transparent()) {
                Some(field) => {
                    let place = field::Place { role, style: Style::Newtype, owner: input.ident.to_string() };
                    field::validate(field, &place, errors)
                        .map(|field| Shape::Plain(Fields::Newtype(Box::new(field))))
                }
                None => fields_of(*style, fields, role, input.ident.to_string(), errors).map(Shape::Plain),
            }
        }
        Data::Enum(variants) => {
            let variants: Vec<_> = variants.iter().map(|each| variant(each, serde, role, errors)).collect();
            let variants: Option<Vec<_>> = variants.into_iter().collect();
            variants.map(|variants| Shape::Enum { tagging: tagging(serde.attrs.tag()), variants })
        }
    };
    Some(Type {
        runtime,
        ident: &input.ident,
        generics: &input.generics,
        description,
        line: value::line(input.ident.span()),
        extensible,
        shape: shape?,
    })
}

/// A type that is written as another one has no fields of its own in the contract.
fn refuse_other_forms(serde: &Container<'_>, errors: &Errors) {
    let attrs = &serde.attrs;
    if let Some(other) = attrs.type_into().or(attrs.type_from()).or(attrs.type_try_from()) {
        let message = "the type is written or read as this one, so its own fields are in no contract; derive on this one instead";
        errors.on(other, message);
    }
}

fn tagging(tag: &TagType) -> Tagging {
    match tag {
        TagType::External => Tagging::External,
        TagType::Internal { tag } => Tagging::Internal { tag: tag.clone() },
        TagType::Adjacent { tag, content } => {
            Tagging::Adjacent { tag: tag.clone(), content: content.clone() }
        }
        TagType::None => Tagging::Untagged,
    }
}

fn variant<'a>(
    variant: &'a ast::Variant<'a>,
    container: &Container<'_>,
    role: Role,
    errors: &Errors,
) -> Option<Variant<'a>> {
    let original = variant.original;
    let named = Attrs::of(&original.attrs);
    refuse(
        &named,
        &[
            ("field", "it belongs on a field"),
            ("product", "it belongs on the type"),
            ("port", "it belongs on the type"),
            ("data", "it belongs on the type"),
            ("consumes", "it belongs on the type"),
            ("mesh", "it belongs on the type"),
        ],
        errors,
    );
    let attrs = &variant.attrs;
    let wire = wire(
        variant.ident.to_string(),
        attrs.name(),
        attrs.aliases(),
        attrs.skip_serializing(),
        attrs.skip_deserializing(),
    );
    let description = Description::of(&named);
    let has_name = !attrs.untagged() && !matches!(container.attrs.tag(), TagType::None);
    // A variant without a name on the wire and with described content says nothing more.
    let told_by_content = !has_name && matches!(variant.style, Style::Newtype);
    let on_wire = !(wire.never_emitted && wire.never_accepted);
    if role.describes() && description.is_none() && on_wire && !told_by_content {
        let message = format!(
            "the variant `{}` has no description; write a doc comment that says when it is used",
            variant.ident
        );
        errors.at(variant.ident.span(), message);
    }
    let fields = fields_of(variant.style, &variant.fields, role, variant.ident.to_string(), errors)?;
    Some(Variant {
        ident: &original.ident,
        wire,
        description,
        line: value::line(original.ident.span()),
        other: attrs.other(),
        untagged: attrs.untagged(),
        written_otherwise: attrs.serialize_with().is_some(),
        fields,
    })
}

fn fields_of<'a>(
    style: Style,
    fields: &'a [ast::Field<'a>],
    role: Role,
    owner: String,
    errors: &Errors,
) -> Option<Fields<'a>> {
    let place = field::Place { role, style, owner };
    let fields: Vec<_> = fields.iter().map(|each| field::validate(each, &place, errors)).collect();
    let mut fields = fields.into_iter().collect::<Option<Vec<_>>>()?;
    Some(match style {
        Style::Struct => Fields::Named(fields),
        Style::Tuple => Fields::Tuple(fields),
        Style::Newtype => Fields::Newtype(Box::new(fields.pop()?)),
        Style::Unit => Fields::Unit,
    })
}

/// The names on both sides, as serde derived them.
pub(super) fn wire(
    rust_name: String,
    name: &MultiName,
    aliases: &BTreeSet<Name>,
    never_emitted: bool,
    never_accepted: bool,
) -> Wire {
    let accepts = name.deserialize_name().value.clone();
    let aliases = aliases.iter().map(|alias| alias.value.clone()).filter(|alias| *alias != accepts).collect();
    Wire {
        rust_name: rust_name.trim_start_matches("r#").to_owned(),
        emits: name.serialize_name().value.clone(),
        accepts,
        aliases,
        never_emitted,
        never_accepted,
    }
}

/// Refuses what no contract can be made of, before serde is asked.
pub(crate) fn refuse_union(input: &DeriveInput, errors: &Errors) -> bool {
    if let syn::Data::Union(data) = &input.data {
        errors.at(data.union_token.span(), "a union says not which of its fields it holds; write an enum");
        return true;
    }
    false
}
