//! The keywords that a value can be held against, each as JSON Schema means it.
//!
//! What a field declares is data: generated code lists it, and one function here reads the list, so that nothing is compiled
//! for each field. A value that keeps its promises is held against them without an allocation.

use std::borrow::Cow;
use std::fmt::{self, Write};
use std::slice;

use super::bound::Bound;
use super::pattern::LazyPattern;
use super::{At, Exact, Violations};
use crate::part::{Item, View};

/// One constraint of a field. It says nothing of a value that it is not about: a length nothing of a number, and nothing
/// whatever of `null`.
#[derive(Debug, Clone, Copy)]
pub enum Rule<'r> {
    /// `minLength` of a text, in code points, or `minItems` of a list.
    MinLength(u64),
    /// `maxLength` of a text, in code points, or `maxItems` of a list.
    MaxLength(u64),
    /// `minimum` of a number.
    Minimum(Bound),
    /// `maximum` of a number.
    Maximum(Bound),
    /// `pattern` of a text.
    Pattern(&'r LazyPattern),
    /// A text that holds another, which a schema says by `pattern`.
    Contains(&'r str),
    /// An optional value that is always there.
    Required,
    /// The same for each item of a list.
    Inner(&'r [Rule<'r>]),
    /// Our `decimal`: digits in all and behind the point.
    Decimal(u8, u8),
    /// Our `min`, exact.
    Min(Exact),
    /// Our `max`, exact.
    Max(Exact),
}

/// Holds a value against rules. `item` is the same value, to be asked for its items.
///
/// Where the kind of the value and the rules are known, as they are in generated code, little more than the comparisons
/// is left of it.
#[inline]
pub(crate) fn hold(
    view: &View<'_>,
    item: &dyn Item,
    at: &At<'_>,
    violations: &mut Violations,
    rules: &[Rule<'_>],
) {
    if !rules.iter().all(|rule| !rule.is_of_items(view) && rule.is_kept_by(view)) {
        hold_each(view, item, at, violations, rules);
    }
}

#[inline(never)]
fn hold_each(view: &View<'_>, item: &dyn Item, at: &At<'_>, violations: &mut Violations, rules: &[Rule<'_>]) {
    for rule in rules {
        let of_items = match (rule, view) {
            (Rule::Inner(rules), View::List(_)) => *rules,
            (Rule::Decimal(..) | Rule::Min(_) | Rule::Max(_), View::List(_)) => slice::from_ref(rule),
            _ if rule.is_kept_by(view) => continue,
            _ => {
                violations.add(at, rule.keyword(view), rule.promised(view));
                continue;
            }
        };
        item.items(&mut |index, item| hold(&item.seen(), item, &At::Item(at, index), violations, of_items));
    }
}

impl Rule<'_> {
    /// Whether the items of the value are held against the rule, each on its own.
    #[inline]
    fn is_of_items(&self, view: &View<'_>) -> bool {
        matches!(view, View::List(_))
            && matches!(self, Self::Inner(_) | Self::Decimal(..) | Self::Min(_) | Self::Max(_))
    }

    /// Whether the value itself keeps the rule; its items, if it has any, are held against it on their own.
    #[inline]
    fn is_kept_by(&self, view: &View<'_>) -> bool {
        match (self, view) {
            (Self::MinLength(least), View::Text(text)) => !is_shorter(text, *least),
            (Self::MinLength(least), View::List(items)) => *items as u64 >= *least,
            (Self::MinLength(least), View::Decimal(number)) => !is_shorter(&number.to_string(), *least),
            (Self::MaxLength(most), View::Text(text)) => !is_longer(text, *most),
            (Self::MaxLength(most), View::List(items)) => *items as u64 <= *most,
            (Self::MaxLength(most), View::Decimal(number)) => !is_longer(&number.to_string(), *most),
            (Self::Minimum(least), number) => !least.compared(number).is_some_and(|order| order.is_lt()),
            (Self::Maximum(most), number) => !most.compared(number).is_some_and(|order| order.is_gt()),
            (Self::Pattern(pattern), value) => text(value)
                .is_none_or(|text| pattern.as_ref().is_ok_and(|pattern| pattern.is_found_in(&text))),
            (Self::Contains(part), value) => text(value).is_none_or(|text| text.contains(part)),
            (Self::Required, value) => !matches!(value, View::Null),
            // Decimals are compared where they are: to copy them costs more than to compare them.
            (Self::Decimal(precision, scale), View::Decimal(number)) => number.fits(*precision, *scale),
            (Self::Min(least), View::Decimal(number)) => number >= least,
            (Self::Max(most), View::Decimal(number)) => number <= most,
            (Self::Decimal(..) | Self::Min(_) | Self::Max(_), value) => self.is_kept_by_number(value),
            (Self::MinLength(_) | Self::MaxLength(_) | Self::Inner(_), _) => true,
        }
    }

    /// The same of the number that a value is or that its text is.
    #[inline(never)]
    fn is_kept_by_number(&self, value: &View<'_>) -> bool {
        let number = match value {
            View::Decimal(number) => Some(*number),
            View::Integer(integer) => Some(Exact::new(*integer, 0)),
            View::Float(float) => exact(*float),
            View::Text(text) => Exact::parse(text),
            View::Null | View::Other | View::List(_) => return true,
        };
        number.is_some_and(|number| self.is_kept_by(&View::Decimal(number)))
    }

    /// The keyword of the schema, or of the contract's meaning, that says so.
    #[cold]
    fn keyword(&self, view: &View<'_>) -> &'static str {
        match (self, view) {
            (Self::MinLength(_), View::List(_)) => "minItems",
            (Self::MinLength(_), _) => "minLength",
            (Self::MaxLength(_), View::List(_)) => "maxItems",
            (Self::MaxLength(_), _) => "maxLength",
            (Self::Minimum(_), _) => "minimum",
            (Self::Maximum(_), _) => "maximum",
            (Self::Pattern(_) | Self::Contains(_), _) => "pattern",
            (Self::Required, _) => "type",
            (Self::Inner(_), _) => "items",
            (Self::Decimal(..), _) => "decimal",
            (Self::Min(_), _) => "min",
            (Self::Max(_), _) => "max",
        }
    }

    /// What is promised, in words.
    #[cold]
    fn promised(&self, view: &View<'_>) -> String {
        let counted = if matches!(view, View::List(_)) { "items" } else { "characters" };
        match self {
            Self::MinLength(least) => format!("at least {least} {counted}"),
            Self::MaxLength(most) => format!("at most {most} {counted}"),
            Self::Minimum(least) => format!("at least {least}"),
            Self::Maximum(most) => format!("at most {most}"),
            Self::Pattern(pattern) => match &***pattern {
                Ok(pattern) => format!("text that matches `{}`", pattern.as_str()),
                Err(error) => error.to_string(),
            },
            Self::Contains(part) => format!("text that contains `{part}`"),
            Self::Required => "a value, not `null`".to_owned(),
            Self::Inner(_) => "the promises of its items".to_owned(),
            Self::Decimal(precision, scale) => {
                format!("at most {precision} digits, {scale} of them behind the point")
            }
            Self::Min(least) => format!("at least {least}"),
            Self::Max(most) => format!("at most {most}"),
        }
    }
}

fn text<'v>(view: &'v View<'_>) -> Option<Cow<'v, str>> {
    match view {
        View::Text(text) => Some(Cow::Borrowed(text)),
        View::Decimal(number) => Some(Cow::Owned(number.to_string())),
        _ => None,
    }
}

/// The number whose digits are the fewest that name this one, as they are written.
fn exact(float: f64) -> Option<Exact> {
    let mut digits = Digits::default();
    write!(digits, "{float:e}").ok()?;
    Exact::parse(digits.as_str())
}

/// Room for the digits of a float in scientific notation, of which there are 24 characters at most.
#[derive(Default)]
pub(crate) struct Digits {
    bytes: [u8; 32],
    length: usize,
}

impl Digits {
    pub(crate) fn as_str(&self) -> &str {
        str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }
}

impl Write for Digits {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = self.bytes.get_mut(self.length..self.length + text.len()).ok_or(fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.length += text.len();
        Ok(())
    }
}

/// Whether the text has fewer code points. A text of `n` bytes has between `n / 4` and `n` of them, which spares counting
/// most texts.
#[inline]
fn is_shorter(text: &str, least: u64) -> bool {
    let bytes = text.len() as u64;
    bytes < least || (bytes.div_ceil(4) < least && (text.chars().count() as u64) < least)
}

/// Whether the text has more code points.
#[inline]
fn is_longer(text: &str, most: u64) -> bool {
    let bytes = text.len() as u64;
    bytes > most && (bytes.div_ceil(4) > most || text.chars().count() as u64 > most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_counted_in_code_points_whatever_they_take_in_bytes() {
        for text in ["", "a", "é", "😀", "aé😀", "😀😀😀😀", "abcdefgh", "ééééé"] {
            let length = text.chars().count() as u64;
            for bound in 0..12 {
                assert_eq!(is_shorter(text, bound), length < bound, "{text} and {bound}");
                assert_eq!(is_longer(text, bound), length > bound, "{text} and {bound}");
            }
        }
    }

    #[test]
    fn a_float_is_the_number_that_is_written_for_it() {
        for float in
            [0.0, -0.0, 0.1, 1.0, -1.5, 1e21, 1e300, 5e-324, f64::MAX, f64::MIN, 123_456_789.012_345_67]
        {
            assert_eq!(exact(float), Exact::parse(&float.to_string()), "{float}");
        }
    }
}
