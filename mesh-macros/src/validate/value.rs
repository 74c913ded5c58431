//! Values that both the macros and the run time must read alike, and how wrong ones are told.

use std::fmt::Display;
use std::str::FromStr;

use mesh_contract::{Address, Exact};
use proc_macro2::Span;
use syn::DeriveInput;

use crate::attr::Text;
use crate::diagnostics::Errors;
use crate::model::Bound;
use crate::spelling;

/// A text in its checked form, told where it is wrong.
pub(super) fn parsed<T: FromStr<Err: Display>>(text: Option<&Text>, errors: &Errors) -> Option<T> {
    let text = text?;
    match text.value.parse() {
        Ok(value) => Some(value),
        Err(error) => {
            errors.at(text.span, error);
            None
        }
    }
}

/// A text that is checked and then kept as it was written.
pub(super) fn checked<T: FromStr<Err: Display>>(text: Option<&Text>, errors: &Errors) -> Option<String> {
    parsed::<T>(text, errors)?;
    text.map(|text| text.value.clone())
}

/// A word of a closed list.
pub(super) fn word<T: FromStr>(
    text: Option<&Text>,
    what: &str,
    known: &'static [&'static str],
    errors: &Errors,
) -> Option<T> {
    let text = text?;
    if let Ok(word) = text.value.parse() {
        return Some(word);
    }
    let suggestion = spelling::suggestion(&text.value, known);
    errors.at(text.span, format_args!("`{}` is not {what}; {suggestion}", text.value));
    None
}

/// What is missing, in one message.
pub(super) fn missing(
    attribute: &str,
    required: &[(&'static str, &str)],
    written: &[&str],
    span: Span,
    errors: &Errors,
) {
    let lacking: Vec<_> = required.iter().filter(|(name, _)| !written.contains(name)).collect();
    let names: Vec<&str> = lacking.iter().map(|(name, _)| *name).collect();
    let example = lacking.iter().map(|(_, example)| *example).collect::<Vec<_>>().join(", ");
    let names = match names.as_slice() {
        [] => return,
        [only] => format!("`{only}` is"),
        [first @ .., last] => format!("{} and `{last}` are", spelling::listed(first)),
    };
    errors.at(span, format_args!("{names} missing; write e.g. `#[{attribute}({example})]`"));
}

/// A number in decimal notation.
pub(super) fn bound(text: Option<&Text>, name: &str, errors: &Errors) -> Option<Bound> {
    let text = text?;
    match Exact::parse(&text.value).filter(|number| number.is_whole()) {
        Some(number) => Some(Bound { text: text.value.clone(), number }),
        None => {
            let message = format!(
                "`{}` is not a number of at most 38 digits; write e.g. `{name} = \"12.50\"`",
                text.value
            );
            errors.at(text.span, message);
            None
        }
    }
}

/// `sales.customers/customer_id`.
pub(super) fn is_reference(text: &str) -> bool {
    match text.split_once('/') {
        Some((address, field)) => {
            address.parse::<Address>().is_ok() && !field.is_empty() && !field.ends_with('/')
        }
        None => false,
    }
}

/// The line on which a token stands; 0 outside the compiler.
pub(super) fn line(span: Span) -> u32 {
    if proc_macro::is_available() { u32::try_from(span.unwrap().line()).unwrap_or(0) } else { 0 }
}

/// Refuses parameters where one contract belongs to one type.
pub(super) fn refuse_generics(input: &DeriveInput, what: &str, errors: &Errors) {
    if !input.generics.params.is_empty() {
        errors.on(
            &input.generics.params,
            format_args!("{what} is one type and takes no parameters; write a type for each, with the shared part flattened in"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_an_address_and_a_field() {
        assert!(is_reference("sales.customers/customer_id"));
        assert!(is_reference("sales.customers/address/city"));
        for text in ["sales.customers", "customers/id", "sales.customers/", "Sales.customers/id", ""] {
            assert!(!is_reference(text), "{text}");
        }
    }
}
