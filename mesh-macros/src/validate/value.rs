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

/// A day of the calendar as `YYYY-MM-DD`.
pub(super) fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = |range: std::ops::Range<usize>| text.get(range).and_then(|part| part.parse::<u32>().ok());
    let form = bytes.len() == 10
        && bytes.iter().enumerate().all(|(index, byte)| match index {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    let (Some(year), Some(month), Some(day)) = (digits(0..4), digits(5..7), digits(8..10)) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    form && (1..=days).contains(&day)
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
    fn dates_are_days_of_the_calendar() {
        for date in ["2027-01-01", "2024-02-29", "2000-02-29", "1999-12-31"] {
            assert!(is_date(date), "{date}");
        }
        for date in [
            "2027-1-1",
            "2023-02-29",
            "1900-02-29",
            "2027-13-01",
            "2027-00-01",
            "2027-04-31",
            "2027-01-00",
            "+027-01-01",
            "2027-01-01T",
            "",
        ] {
            assert!(!is_date(date), "{date}");
        }
    }

    #[test]
    fn a_reference_is_an_address_and_a_field() {
        assert!(is_reference("sales.customers/customer_id"));
        assert!(is_reference("sales.customers/address/city"));
        for text in ["sales.customers", "customers/id", "sales.customers/", "Sales.customers/id", ""] {
            assert!(!is_reference(text), "{text}");
        }
    }
}
