//! Exact decimals: the numbers JSON can write, compared and divided without rounding.
//!
//! A JSON number is a decimal, and `0.07` must be a multiple of `0.01`, which no binary
//! floating point type can tell. Operations that would leave the range of the type answer
//! `None`, and the judge says "unproven" then.

use std::cmp::Ordering;

use serde_json::{Number, Value};

/// `±digits · 10^exponent`, with no trailing zero in `digits`, so that equal numbers are equal bit by bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Decimal {
    negative: bool,
    digits: u128,
    exponent: i32,
}

/// Digits stay below this, so that one more factor of ten never overflows.
const LIMIT: u128 = 10u128.pow(37);

impl Decimal {
    pub(crate) const ZERO: Self = Self { negative: false, digits: 0, exponent: 0 };
    pub(crate) const ONE: Self = Self { negative: false, digits: 1, exponent: 0 };

    fn new(negative: bool, mut digits: u128, mut exponent: i32) -> Option<Self> {
        if digits == 0 {
            return Some(Self::ZERO);
        }
        while digits.is_multiple_of(10) {
            digits /= 10;
            exponent = exponent.checked_add(1)?;
        }
        (digits < LIMIT && exponent.abs() < 5_000).then_some(Self { negative, digits, exponent })
    }

    pub(crate) fn from_i128(value: i128) -> Option<Self> {
        Self::new(value < 0, value.unsigned_abs(), 0)
    }

    pub(crate) fn from_u64(value: u64) -> Self {
        Self::new(false, u128::from(value), 0).unwrap_or(Self::ZERO)
    }

    /// The decimal that the shortest text of the number means.
    pub(crate) fn from_number(number: &Number) -> Self {
        if let Some(value) = number.as_u64() {
            return Self::from_u64(value);
        }
        if let Some(value) = number.as_i64() {
            return Self::from_i128(i128::from(value)).unwrap_or(Self::ZERO);
        }
        number.as_f64().and_then(Self::from_f64).unwrap_or(Self::ZERO)
    }

    fn from_f64(value: f64) -> Option<Self> {
        let text = format!("{value:e}");
        let (mantissa, exponent) = text.split_once('e')?;
        let mut exponent: i32 = exponent.parse().ok()?;
        let (negative, mantissa) = match mantissa.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, mantissa),
        };
        let mut digits: u128 = 0;
        let mut fraction = false;
        for byte in mantissa.bytes() {
            if byte == b'.' {
                fraction = true;
                continue;
            }
            digits = digits.checked_mul(10)?.checked_add(u128::from(byte.wrapping_sub(b'0')))?;
            if fraction {
                exponent -= 1;
            }
        }
        Self::new(negative, digits, exponent)
    }

    /// The JSON number that reads back as exactly this decimal, where there is one.
    pub(crate) fn to_value(self) -> Option<Value> {
        if (0..=20).contains(&self.exponent)
            && let Some(whole) = self.digits.checked_mul(10u128.pow(self.exponent.unsigned_abs()))
        {
            if !self.negative
                && let Ok(value) = u64::try_from(whole)
            {
                return Some(Value::from(value));
            }
            if self.negative
                && let Ok(value) = i128::try_from(whole)
                && let Ok(value) = i64::try_from(-value)
            {
                return Some(Value::from(value));
            }
        }
        let sign = if self.negative { "-" } else { "" };
        let float: f64 = format!("{sign}{}e{}", self.digits, self.exponent).parse().ok()?;
        let number = Number::from_f64(float)?;
        (Self::from_number(&number) == self).then_some(Value::Number(number))
    }

    pub(crate) fn is_zero(self) -> bool {
        self.digits == 0
    }

    pub(crate) fn is_negative(self) -> bool {
        self.negative
    }

    pub(crate) fn is_integer(self) -> bool {
        self.exponent >= 0
    }

    pub(crate) fn negate(self) -> Self {
        Self { negative: !self.negative && self.digits != 0, ..self }
    }

    /// Both numbers as integers over one power of ten.
    fn aligned(self, other: Self) -> Option<(i128, i128, i32)> {
        let exponent = if self.is_zero() {
            other.exponent
        } else if other.is_zero() {
            self.exponent
        } else {
            self.exponent.min(other.exponent)
        };
        let scale = |number: Self| -> Option<i128> {
            if number.is_zero() {
                return Some(0);
            }
            let power = u32::try_from(number.exponent - exponent).ok()?;
            let digits = number.digits.checked_mul(10u128.checked_pow(power)?)?;
            let digits = i128::try_from(digits).ok()?;
            Some(if number.negative { -digits } else { digits })
        };
        Some((scale(self)?, scale(other)?, exponent))
    }

    pub(crate) fn checked_add(self, other: Self) -> Option<Self> {
        let (left, right, exponent) = self.aligned(other)?;
        let sum = left.checked_add(right)?;
        Self::new(sum < 0, sum.unsigned_abs(), exponent)
    }

    pub(crate) fn checked_sub(self, other: Self) -> Option<Self> {
        self.checked_add(other.negate())
    }

    pub(crate) fn checked_mul(self, other: Self) -> Option<Self> {
        let digits = self.digits.checked_mul(other.digits)?;
        Self::new(self.negative != other.negative, digits, self.exponent.checked_add(other.exponent)?)
    }

    /// Whether `self` is an integer times `step`. Exact for every pair.
    pub(crate) fn is_multiple_of(self, step: Self) -> bool {
        if self.is_zero() {
            return true;
        }
        if step.is_zero() {
            return false;
        }
        let shift = self.exponent - step.exponent;
        if shift >= 0 {
            let mut rest = self.digits % step.digits;
            for _ in 0..shift {
                if rest == 0 {
                    return true;
                }
                rest = rest * 10 % step.digits;
            }
            rest == 0
        } else {
            // `digits` has no factor ten, but may hold the factors two or five that `step` brings.
            10u128
                .checked_pow(shift.unsigned_abs())
                .and_then(|power| step.digits.checked_mul(power))
                .is_some_and(|whole| self.digits.is_multiple_of(whole))
        }
    }

    /// The largest integer `k` with `k · step <= self`, for a positive step.
    pub(crate) fn div_floor(self, step: Self) -> Option<i128> {
        let (left, right, _) = self.aligned(step)?;
        (right > 0).then(|| left.div_euclid(right))
    }

    /// The least positive number that is a multiple of both.
    pub(crate) fn least_common_multiple(self, other: Self) -> Option<Self> {
        let (left, right, exponent) = self.aligned(other)?;
        let (left, right) = (left.unsigned_abs(), right.unsigned_abs());
        let common = greatest_common_divisor(left, right);
        (common != 0).then_some(())?;
        Self::new(false, (left / common).checked_mul(right)?, exponent)
    }

    /// The power of ten of the last digit.
    pub(crate) fn exponent(self) -> i32 {
        self.exponent
    }

    /// `10^exponent`.
    pub(crate) fn power_of_ten(exponent: i32) -> Option<Self> {
        Self::new(false, 1, exponent)
    }

    /// Decimal digits of the coefficient.
    fn length(self) -> i32 {
        let mut length = 0;
        let mut digits = self.digits;
        while digits > 0 {
            digits /= 10;
            length += 1;
        }
        length
    }

    fn compare_magnitude(self, other: Self) -> Ordering {
        match (self.is_zero(), other.is_zero()) {
            (true, true) => return Ordering::Equal,
            (true, false) => return Ordering::Less,
            (false, true) => return Ordering::Greater,
            (false, false) => {}
        }
        let (left, right) = (self.length() + self.exponent, other.length() + other.exponent);
        if left != right {
            return left.cmp(&right);
        }
        // Equal magnitudes: the shorter coefficient is filled up to the longer, at most 37 digits.
        let scale = |number: Self, to: i32| {
            let power = u32::try_from(number.exponent - to).unwrap_or(0);
            number.digits.saturating_mul(10u128.saturating_pow(power))
        };
        let exponent = self.exponent.min(other.exponent);
        scale(self, exponent).cmp(&scale(other, exponent))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let left_negative = self.negative && self.digits != 0;
        match (left_negative, other.negative && other.digits != 0) {
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => self.compare_magnitude(*other),
            (true, true) => other.compare_magnitude(*self),
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

pub(crate) fn greatest_common_divisor(mut left: u128, mut right: u128) -> u128 {
    while right != 0 {
        (left, right) = (right, left % right);
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        let value: Number = serde_json::from_str(text).unwrap();
        Decimal::from_number(&value)
    }

    #[test]
    fn numbers_are_equal_however_they_are_written() {
        assert_eq!(decimal("1"), decimal("1.0"));
        assert_eq!(decimal("100"), decimal("1e2"));
        assert_eq!(decimal("-0.0"), decimal("0"));
        assert_ne!(decimal("9007199254740993"), decimal("9007199254740992"));
    }

    #[test]
    fn numbers_are_ordered_exactly() {
        let ascending = [
            "-1e300",
            "-2",
            "-1.5",
            "-1e-300",
            "0",
            "5e-324",
            "0.1",
            "0.11",
            "1",
            "18446744073709551615",
            "1e20",
            "1.7e308",
        ];
        for pair in ascending.windows(2) {
            assert!(decimal(pair[0]) < decimal(pair[1]), "{pair:?}");
        }
    }

    #[test]
    fn a_multiple_is_found_without_rounding() {
        assert!(decimal("0.07").is_multiple_of(decimal("0.01")));
        assert!(decimal("0.0075").is_multiple_of(decimal("0.0001")));
        assert!(!decimal("0.00751").is_multiple_of(decimal("0.0001")));
        assert!(decimal("1e308").is_multiple_of(decimal("0.5")));
        assert!(decimal("4").is_multiple_of(decimal("4e0")));
        assert!(!decimal("1e308").is_multiple_of(decimal("0.3")));
        assert!(!decimal("5").is_multiple_of(decimal("10")));
        assert!(decimal("12.5").is_multiple_of(decimal("2.5")));
    }

    #[test]
    fn a_number_returns_to_json_unchanged_or_not_at_all() {
        for text in ["0", "-7", "0.1", "1e300", "18446744073709551615", "-9223372036854775808", "1.25e-7"] {
            let number = decimal(text);
            let value = number.to_value().unwrap();
            assert_eq!(Decimal::from_number(value.as_number().unwrap()), number, "{text}");
        }
        let finer = decimal("0.1").checked_add(decimal("1e-30")).unwrap();
        assert_eq!(finer.to_value(), None);
    }

    #[test]
    fn common_multiples_are_least() {
        assert_eq!(decimal("0.6").least_common_multiple(decimal("0.4")), Some(decimal("1.2")));
        assert_eq!(decimal("-7").div_floor(decimal("2")), Some(-4));
    }
}
