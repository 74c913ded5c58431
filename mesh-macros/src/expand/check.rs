//! `Part::check`: the promises of each field, at the place where it is written.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{Expr, ExprUnary, Lit, Member, UnOp};

use crate::attr::constraint::{Constraints, SchemaSource};
use crate::model::{Field, Fields, Meaning, Shape, Tagging, Type, Variant};
use crate::validate::is_silent;

/// The body of `check`; nothing where nothing can be broken.
pub(super) fn body(ty: &Type<'_>) -> Option<TokenStream> {
    match &ty.shape {
        Shape::Plain(fields) => {
            let at = quote!(*at);
            let statements = statements(fields, &at, &|field| {
                let member = &field.member;
                quote!(&self.#member)
            });
            (!statements.is_empty()).then(|| quote!(#(#statements)*))
        }
        Shape::Enum { tagging, variants } => {
            let arms: Vec<_> = variants.iter().filter_map(|variant| arm(variant, tagging)).collect();
            (!arms.is_empty()).then(|| {
                quote! {
                    match self {
                        #(#arms)*
                        #[allow(unreachable_patterns)]
                        _ => {}
                    }
                }
            })
        }
    }
}

fn arm(variant: &Variant<'_>, tagging: &Tagging) -> Option<TokenStream> {
    if variant.wire.never_emitted || variant.written_otherwise {
        return None;
    }
    let emits = &variant.wire.emits;
    let at = match tagging {
        _ if variant.untagged => quote!(*at),
        Tagging::External => quote!(_mesh::At::Member(at, #emits)),
        Tagging::Internal { .. } | Tagging::Untagged => quote!(*at),
        Tagging::Adjacent { content, .. } => quote!(_mesh::At::Member(at, #content)),
    };
    let place = quote!(here);
    let statements = statements(&variant.fields, &place, &|field| binding(field).to_token_stream());
    if statements.is_empty() {
        return None;
    }
    let bound = variant.fields.as_slice().iter().filter(|field| is_checked(field)).map(|field| {
        let (member, name) = (&field.member, binding(field));
        quote!(#member: #name)
    });
    let ident = variant.ident;
    Some(quote! {
        Self::#ident { #(#bound,)* .. } => {
            let here = #at;
            #(#statements)*
        }
    })
}

fn binding(field: &Field<'_>) -> Ident {
    match &field.member {
        Member::Named(name) => format_ident!("_{}", name.to_string().trim_start_matches("r#")),
        Member::Unnamed(index) => format_ident!("_{}", index.index),
    }
}

/// Whether anything about the field can be broken.
fn is_checked(field: &Field<'_>) -> bool {
    !field.wire.never_emitted && (has_rules(field) || has_parts(field))
}

fn has_rules(field: &Field<'_>) -> bool {
    let Meaning { decimal, min, max, .. } = &field.meaning;
    field.constraints.is_checked() || decimal.is_some() || min.is_some() || max.is_some()
}

/// Whether the value may break promises of its own type.
fn has_parts(field: &Field<'_>) -> bool {
    field.written_by.is_none() && matches!(field.schema, SchemaSource::Field) && !is_silent(field.ty)
}

/// One statement for each field that can break a promise. `at` is the place of what holds the fields.
fn statements(
    fields: &Fields<'_>,
    at: &TokenStream,
    value: &dyn Fn(&Field<'_>) -> TokenStream,
) -> Vec<TokenStream> {
    let mut statements = Vec::new();
    let mut index = 0_usize;
    for field in fields.as_slice() {
        if field.wire.never_emitted {
            continue;
        }
        let place = match fields {
            Fields::Named(_) if field.flatten => at.clone(),
            Fields::Named(_) => {
                let emits = &field.wire.emits;
                quote!(_mesh::At::Member(&#at, #emits))
            }
            Fields::Tuple(_) => quote!(_mesh::At::Item(&#at, #index)),
            Fields::Newtype(_) | Fields::Unit => at.clone(),
        };
        index += 1;
        if is_checked(field) {
            statements.push(statement(field, &place, &value(field)));
        }
    }
    statements
}

fn statement(field: &Field<'_>, at: &TokenStream, value: &TokenStream) -> TokenStream {
    let check = if has_rules(field) {
        let rules = rules(&field.constraints, &field.meaning, field.skipped_if.is_some());
        match &field.written_by {
            Some(path) => quote! {
                _mesh::hold_written(#path(#value, _mesh::ValueSerializer), #at, violations, &[#(#rules),*]);
            },
            None if has_parts(field) => quote! {
                (&&&_mesh::ValueProbe(#value)).hold(#at, violations, &[#(#rules),*]);
            },
            None => quote! {
                (&&&_mesh::ValueProbe(#value)).hold_only(#at, violations, &[#(#rules),*]);
            },
        }
    } else {
        quote!((&&&_mesh::ValueProbe(#value)).check(#at, violations);)
    };
    match &field.skipped_if {
        // What is left out keeps every promise; `None` does so without being asked.
        Some(path) if !field.skipped_if_none() => quote!(if !#path(#value) { #check }),
        _ => check,
    }
}

/// What the field is held against, as expressions of `Rule`.
fn rules(constraints: &Constraints, meaning: &Meaning, may_be_left_out: bool) -> Vec<TokenStream> {
    let mut rules = constraint_rules(constraints, may_be_left_out);
    if let Some((precision, scale)) = meaning.decimal {
        rules.push(quote!(_mesh::Rule::Decimal(#precision, #scale)));
    }
    for (name, bound) in [("Min", &meaning.min), ("Max", &meaning.max)] {
        if let Some(bound) = bound {
            let name = format_ident!("{name}");
            let (mantissa, scale) = (bound.number.mantissa(), bound.number.scale());
            rules.push(quote!(_mesh::Rule::#name(_mesh::Exact::new(#mantissa, #scale))));
        }
    }
    rules
}

fn constraint_rules(constraints: &Constraints, may_be_left_out: bool) -> Vec<TokenStream> {
    let Constraints { length, range, pattern, contains, required, format: _, inner } = constraints;
    let mut rules = Vec::new();
    if required.is_some() && !may_be_left_out {
        rules.push(quote!(_mesh::Rule::Required));
    }
    if let Some(length) = length {
        let least = length.value.least();
        rules.extend(least.map(|least| quote!(_mesh::Rule::MinLength((#least) as _mesh::u64))));
        let most = length.value.most();
        rules.extend(most.map(|most| quote!(_mesh::Rule::MaxLength((#most) as _mesh::u64))));
    }
    if let Some(range) = range {
        let least = range.value.least().map(bound);
        rules.extend(least.map(|least| quote!(_mesh::Rule::Minimum(#least))));
        let most = range.value.most().map(bound);
        rules.extend(most.map(|most| quote!(_mesh::Rule::Maximum(#most))));
    }
    if let Some(pattern) = pattern {
        let text = &pattern.value;
        rules.push(quote! {
            {
                static PATTERN: _mesh::LazyPattern = _mesh::LazyPattern::new(|| _mesh::pattern((#text).to_string()));
                _mesh::Rule::Pattern(&PATTERN)
            }
        });
    }
    if let Some(contains) = contains {
        let text = &contains.value;
        rules.push(match literal(text) {
            Some((false, Lit::Str(text))) => quote!(_mesh::Rule::Contains(#text)),
            _ => quote!(_mesh::Rule::Contains(&(#text).to_string())),
        });
    }
    if let Some(inner) = inner {
        let inner = constraint_rules(inner, false);
        if !inner.is_empty() {
            rules.push(quote!(_mesh::Rule::Inner(&[#(#inner),*])));
        }
    }
    rules
}

/// The end of a range: a constant where it is a literal, and else what the expression comes to, as schemars reads it.
fn bound(end: &Expr) -> TokenStream {
    let number = literal(end).and_then(|(negative, literal)| match literal {
        Lit::Int(literal) => {
            // What does not fit is not in the schema either, and schemars' own derive says so.
            let digits = literal.base10_parse::<u64>().ok()?;
            let integer = if negative { -i128::from(digits) } else { i128::from(digits) };
            let fits = matches!(literal.suffix(), "" | "i64" | "u64") && i64::try_from(integer).is_ok();
            fits.then(|| quote!(_mesh::Bound::Integer(#integer)))
        }
        Lit::Float(literal) if matches!(literal.suffix(), "" | "f64") => {
            let float = literal.base10_parse::<f64>().ok().filter(|float| float.is_finite())?;
            let float = if negative { -float } else { float };
            Some(quote!(_mesh::Bound::Float(#float)))
        }
        _ => None,
    });
    number.unwrap_or_else(|| quote!(_mesh::Bound::of(&_mesh::Value::from(#end))))
}

/// The literal that an expression is, and whether a minus stands before it.
fn literal(expression: &Expr) -> Option<(bool, &Lit)> {
    match expression {
        Expr::Lit(literal) => Some((false, &literal.lit)),
        Expr::Group(group) => literal(&group.expr),
        Expr::Paren(paren) => literal(&paren.expr),
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => match literal(expr)? {
            (false, literal) => Some((true, literal)),
            (true, _) => None,
        },
        _ => None,
    }
}
