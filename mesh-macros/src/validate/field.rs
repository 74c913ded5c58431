//! A field says what it means, and nothing that contradicts itself.

use serde_derive_internals::ast::{self, Style};
use serde_derive_internals::attr::Default as SerdeDefault;
use syn::{Expr, ExprLit, Lit, Member};

use super::body::{Role, wire};
use super::rust_type::{self, content, is_named, option};
use super::value;
use crate::attr::constraint::{Bounds, Constraints, SchemaSource};
use crate::attr::doc::Description;
use crate::attr::named::Attrs;
use crate::attr::{self, Spanned, refuse};
use crate::diagnostics::Errors;
use crate::model::{Field, Meaning, Wire};
use mesh_contract::{Classification, PersonalData};

/// Where a field stands.
pub(super) struct Place {
    pub(super) role: Role,
    pub(super) style: Style,
    /// The type or variant around it.
    pub(super) owner: String,
}

pub(super) fn validate<'a>(field: &'a ast::Field<'a>, place: &Place, errors: &Errors) -> Option<Field<'a>> {
    let original = field.original;
    let named = Attrs::of(&original.attrs);
    refuse(
        &named,
        &[
            ("product", "it belongs on the type; write `#[field(...)]` here"),
            ("data", "it belongs on the type; write `#[field(...)]` here"),
            ("port", "it belongs on the type"),
            ("consumes", "it belongs on the type"),
            ("service", "it belongs on a variant of the domain"),
            ("mesh", "it belongs on the type"),
        ],
        errors,
    );
    let attrs = &field.attrs;
    let (name, span) = match &field.member {
        Member::Named(ident) => (ident.to_string(), ident.span()),
        Member::Unnamed(index) => {
            use syn::spanned::Spanned as _;
            (index.index.to_string(), original.ty.span())
        }
    };
    let wire =
        wire(name, attrs.name(), attrs.aliases(), attrs.skip_serializing(), attrs.skip_deserializing());
    let read = attr::field::Field::read(&named, errors);
    let constraints = Constraints::read(&named);
    let description = Description::of(&named);
    let on_wire = !(wire.never_emitted && wire.never_accepted);
    let described_elsewhere = attrs.flatten() || matches!(place.style, Style::Newtype);
    if place.role.describes() && description.is_none() && on_wire && !described_elsewhere {
        let name = &wire.rust_name;
        let owner = &place.owner;
        errors.at(
            span,
            format_args!("the field `{name}` of `{owner}` has no description; write a doc comment that says what it means"),
        );
    }
    check_key(&read, field, &wire, errors);
    check_tenant(&read, field, &wire, place, errors);
    if !on_wire {
        refuse_on_no_wire(&read, &wire, errors);
    }
    check_bounds(&constraints, attrs.flatten(), errors);
    let meaning = meaning(&read, field, errors)?;
    let defaulted = !matches!(attrs.default(), SerdeDefault::None);
    Some(Field {
        member: field.member.clone(),
        ty: field.ty,
        wire,
        description,
        line: value::line(span),
        flatten: attrs.flatten(),
        skipped_if: attrs.skip_serializing_if().cloned(),
        required_to_read: attrs.deserialize_with().is_some() && !defaulted,
        written_by: attrs.serialize_with().cloned(),
        schema: SchemaSource::read(&named),
        constraints,
        meaning,
    })
}

/// A key is in every record.
fn check_key(read: &attr::field::Field, field: &ast::Field<'_>, wire: &Wire, errors: &Errors) {
    let Some(key) = read.key else { return };
    let name = &wire.rust_name;
    let attrs = &field.attrs;
    if option(field.ty).is_some() {
        errors.at(
            key,
            format_args!("`{name}` is optional and cannot be a key; take the `Option` away, or `key`"),
        );
    } else if attrs.flatten() {
        errors.at(
            key,
            format_args!("`{name}` is flattened away and cannot be a key; mark the fields within it"),
        );
    } else if attrs.skip_serializing() {
        errors.at(
            key,
            format_args!("`{name}` is never written and cannot be a key; take the `skip` away, or `key`"),
        );
    } else if attrs.skip_serializing_if().is_some() {
        let message = format!(
            "`{name}` is not always written and cannot be a key; take `skip_serializing_if` away, or `key`"
        );
        errors.at(key, message);
    }
}

/// What tells whose a record is stands in every record, as a text or a whole number that a grant can name.
fn check_tenant(
    read: &attr::field::Field,
    field: &ast::Field<'_>,
    wire: &Wire,
    place: &Place,
    errors: &Errors,
) {
    let Some(tenant) = read.tenant else { return };
    let name = &wire.rust_name;
    let attrs = &field.attrs;
    if !matches!(place.role, Role::Product) || !matches!(place.style, Style::Struct) {
        errors.at(
            tenant,
            format_args!(
                "`{name}` is no field of the product itself and cannot be its `tenant`; mark a named field of the struct that derives `DataProduct`"
            ),
        );
    } else if attrs.flatten()
        || attrs.skip_serializing()
        || attrs.skip_serializing_if().is_some()
        || option(field.ty).is_some()
    {
        errors.at(
            tenant,
            format_args!(
                "`{name}` is not in every record and cannot be the `tenant`; whose a record is must always be told"
            ),
        );
    } else if !rust_type::may_name(field.ty) {
        errors.at(
            tenant,
            format_args!(
                "`{name}` is neither a text nor a whole number and cannot be the `tenant`; a grant names whose records it is for"
            ),
        );
    }
}

/// A field that is neither written nor read is in no contract, so whatever it means is lost. That it is no key is told already.
fn refuse_on_no_wire(read: &attr::field::Field, wire: &Wire, errors: &Errors) {
    let Some(first) = read.first.filter(|_| read.key.is_none()) else { return };
    let name = &wire.rust_name;
    let message = format!(
        "`{name}` is never written and stands in no contract; take the `skip` away, or `#[field(...)]`"
    );
    errors.at(first, message);
}

fn meaning(read: &attr::field::Field, field: &ast::Field<'_>, errors: &Errors) -> Option<Meaning> {
    let pii: Option<PersonalData> =
        value::word(read.pii.as_ref(), "a sort of personal data", PersonalData::WORDS, errors);
    let classification: Option<Classification> =
        value::word(read.classification.as_ref(), "a classification", Classification::WORDS, errors);
    if let Some(text) = &read.pii
        && !read.written.contains(&"classification")
    {
        errors.at(
            text.span,
            "personal data needs a classification; write e.g. `classification = \"confidential\"` beside it",
        );
    }
    if let Some(reference) = &read.references
        && !value::is_reference(&reference.value)
    {
        let message = format!(
            "`{}` is not a field of a product; write its address and the field, e.g. `sales.customers/customer_id`",
            reference.value
        );
        errors.at(reference.span, message);
    }
    let decimal = read.decimal.as_ref().and_then(|decimal| digits(&decimal.value, errors));
    let min = value::bound(read.min.as_ref(), "min", errors);
    let max = value::bound(read.max.as_ref(), "max", errors);
    if let (Some(min), Some(max), Some(text)) = (&min, &max, &read.max)
        && min.number > max.number
    {
        errors.at(
            text.span,
            format_args!("no number is at least `{}` and at most `{}`; turn them round", min.text, max.text),
        );
    }
    refuse_on_no_number(read, field, errors);
    let text = |text: &Option<attr::Text>| text.as_ref().map(|text| text.value.clone());
    Some(Meaning {
        key: read.key.is_some(),
        tenant: read.tenant,
        unit: text(&read.unit),
        term: text(&read.term),
        pii,
        classification,
        deprecated: text(&read.deprecated),
        references: text(&read.references),
        decimal,
        min,
        max,
        examples: read.examples.clone(),
    })
}

/// Precision and scale, both in reach of a decimal of 128 bits.
fn digits(read: &(Spanned<u64>, Spanned<u64>), errors: &Errors) -> Option<(u8, u8)> {
    let (precision, scale) = read;
    if !(1..=38).contains(&precision.value) {
        let message = format!("a decimal has 1 to 38 digits, not {}", precision.value);
        errors.at(precision.span, message);
        return None;
    }
    if scale.value > precision.value {
        let message = format!(
            "{} digits cannot stand behind the point where there are {} in all; write all digits first, e.g. `decimal(18, 2)`",
            scale.value, precision.value
        );
        errors.at(scale.span, message);
        return None;
    }
    Some((u8::try_from(precision.value).ok()?, u8::try_from(scale.value).ok()?))
}

/// `decimal`, `min` and `max` are about numbers.
fn refuse_on_no_number(read: &attr::field::Field, field: &ast::Field<'_>, errors: &Errors) {
    let inner = content(field.ty, &["Option", "Vec", "Box"]).unwrap_or(field.ty);
    if !is_named(inner, &["bool", "char"]) {
        return;
    }
    let spans = [
        ("decimal", read.decimal.as_ref().map(|decimal| decimal.span)),
        ("min", read.min.as_ref().map(|text| text.span)),
        ("max", read.max.as_ref().map(|text| text.span)),
    ];
    for (name, span) in spans {
        if let Some(span) = span {
            errors.at(span, format_args!("`{name}` is about numbers and the field holds none; take it away"));
        }
    }
}

/// Bounds of schemars, validator and garde that no schema would carry, or no value could keep.
fn check_bounds(constraints: &Constraints, flatten: bool, errors: &Errors) {
    if flatten {
        if let Some(span) = constraints.first() {
            errors.at(span, "a flattened field stands in no schema, so this is never checked; write it on the fields within it");
        }
        return;
    }
    for (bounds, what) in [(&constraints.length, "length"), (&constraints.range, "number")] {
        if let Some(Spanned { value: Bounds { min: Some(min), max: Some(max), .. }, .. }) = bounds
            && let (Some(least), Some(most)) = (literal(min), literal(max))
            && least > most
        {
            errors.on(max, format_args!("no {what} is at least {least} and at most {most}; turn them round"));
        }
    }
    if let Some(inner) = &constraints.inner {
        check_bounds(inner, false, errors);
    }
}

fn literal(expression: &Expr) -> Option<i128> {
    match expression {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => number.base10_parse().ok(),
        Expr::Unary(unary) if matches!(unary.op, syn::UnOp::Neg(_)) => Some(-literal(&unary.expr)?),
        Expr::Group(group) => literal(&group.expr),
        _ => None,
    }
}
