//! The end of a range, compared with a number as JSON Schema does: by value, without rounding either.

use std::cmp::Ordering;
use std::fmt;

use serde_json::Value;

use crate::part::View;

/// One end of a range.
#[derive(Debug, Clone, Copy)]
pub enum Bound {
    /// A whole number.
    Integer(i128),
    /// Any other number.
    Float(f64),
    /// No number, which bounds nothing.
    None,
}

impl Bound {
    /// What an expression of an attribute came to.
    pub fn of(value: &Value) -> Self {
        match (value.as_i64(), value.as_u64(), value.as_f64()) {
            (Some(integer), ..) => Self::Integer(integer.into()),
            (_, Some(integer), _) => Self::Integer(integer.into()),
            (.., Some(float)) => Self::Float(float),
            _ => Self::None,
        }
    }

    /// How a value compares with the bound; nothing where it is no number.
    #[inline]
    pub(crate) fn compared(self, view: &View<'_>) -> Option<Ordering> {
        match (view, self) {
            (View::Integer(integer), Self::Integer(bound)) => Some(integer.cmp(&bound)),
            (View::Integer(integer), Self::Float(bound)) => Some(integer_with_float(*integer, bound)),
            (View::Float(float), Self::Integer(bound)) => Some(integer_with_float(bound, *float).reverse()),
            (View::Float(float), Self::Float(bound)) => float.partial_cmp(&bound),
            _ => None,
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(integer) => integer.fmt(f),
            // As it stands in the schema.
            Self::Float(float) => Value::from(*float).fmt(f),
            Self::None => f.write_str("a number"),
        }
    }
}

/// Compares without rounding the integer. Out of line, as the optimizer computes it ahead for every comparison otherwise.
#[inline(never)]
fn integer_with_float(integer: i128, float: f64) -> Ordering {
    if float.is_nan() {
        return Ordering::Equal;
    }
    // Saturates beyond what any integer type of a record holds, which keeps the order.
    #[expect(clippy::cast_possible_truncation, reason = "the fraction is compared beneath")]
    let whole = float.trunc() as i128;
    integer.cmp(&whole).then_with(|| 0.0_f64.partial_cmp(&float.fract()).unwrap_or(Ordering::Equal))
}
