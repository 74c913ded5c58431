//! Decimal numbers compared exactly, as the keywords `decimal`, `min` and `max` of a contract need them.

use std::cmp::Ordering;
use std::fmt;

/// The number `mantissa / 10^scale`. Digits beyond the 38 that fit are dropped and remembered, which is enough to compare
/// with any bound that can be declared.
#[derive(Debug, Clone, Copy)]
pub struct Exact {
    mantissa: i128,
    scale: i32,
    /// Whether digits other than zero were dropped, so that the number is a little further from zero.
    more: bool,
}

/// The powers of ten that 64 bits hold: most numbers need no others, and wider ones are slow to divide and to multiply.
const POWERS: [u64; 20] = {
    let mut powers = [1; 20];
    let mut power = 1;
    while power < powers.len() {
        powers[power] = powers[power - 1] * 10;
        power += 1;
    }
    powers
};

/// The most digits that a mantissa holds whatever they are.
const DIGITS: u32 = 38;

impl Exact {
    /// The number `mantissa / 10^scale`.
    pub const fn new(mantissa: i128, scale: i32) -> Self {
        Self { mantissa, scale, more: false }
    }

    /// The digits, without the point.
    pub const fn mantissa(self) -> i128 {
        self.mantissa
    }

    /// How many of the digits stand behind the point.
    pub const fn scale(self) -> i32 {
        self.scale
    }

    /// Whether the number is held with all of its digits.
    pub const fn is_whole(self) -> bool {
        !self.more
    }

    /// Reads decimal notation, as JSON numbers have it: sign, digits, point, exponent.
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (number, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, exponent.parse::<i32>().ok()?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = match number.split_once('.') {
            Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
            Some(_) => return None,
            None => (number, ""),
        };
        if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let mut read = Self::new(0, i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?);
        for byte in whole.bytes().chain(fraction.bytes()) {
            read.push(byte - b'0')?;
        }
        if negative {
            read.mantissa = -read.mantissa;
        }
        Some(read)
    }

    fn push(&mut self, digit: u8) -> Option<()> {
        let room = self.mantissa < 10_i128.pow(DIGITS - 1);
        if room && !self.more {
            self.mantissa = self.mantissa * 10 + i128::from(digit);
        } else {
            self.more |= digit != 0;
            self.scale = self.scale.checked_sub(1)?;
        }
        Some(())
    }

    /// Whether the number has at most `scale` digits behind the point and `precision - scale` before it.
    #[inline]
    pub fn fits(self, precision: u8, scale: u8) -> bool {
        // Where no more digits are written behind the point than may be, only the size is left to ask.
        let digits = (i32::from(precision) - i32::from(scale)).saturating_add(self.scale);
        match (u64::try_from(self.mantissa.unsigned_abs()), usize::try_from(digits)) {
            (Ok(mantissa), Ok(digits)) if !self.more && self.scale >= 0 && self.scale <= i32::from(scale) => {
                POWERS.get(digits).is_none_or(|limit| mantissa < *limit)
            }
            _ => self.fits_without_zeros(precision, scale),
        }
    }

    fn fits_without_zeros(self, precision: u8, scale: u8) -> bool {
        if self.more {
            return false;
        }
        let (mut mantissa, mut behind) = (self.mantissa.unsigned_abs(), i64::from(self.scale));
        if mantissa == 0 {
            return true;
        }
        while mantissa % 10 == 0 {
            mantissa /= 10;
            behind -= 1;
        }
        let digits = i64::from(mantissa.ilog10()) + 1;
        let before = digits - behind;
        behind <= i64::from(scale) && before <= i64::from(precision) - i64::from(scale)
    }
}

/// The mantissa at a finer scale; `None` when it does not fit, which makes it larger than any mantissa there is.
fn scaled(mantissa: u128, by: i64) -> Option<u128> {
    let power = usize::try_from(by).ok().and_then(|by| POWERS.get(by));
    if let (Ok(small), Some(power)) = (u64::try_from(mantissa), power) {
        return Some(u128::from(small) * u128::from(*power));
    }
    10_u128.checked_pow(u32::try_from(by).ok()?).and_then(|power| mantissa.checked_mul(power))
}

impl Ord for Exact {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        if self.scale == other.scale && !self.more && !other.more {
            return self.mantissa.cmp(&other.mantissa);
        }
        let signs = self.mantissa.signum().cmp(&other.mantissa.signum());
        if signs != Ordering::Equal || self.mantissa == 0 {
            return signs;
        }
        let (left, right) = (self.mantissa.unsigned_abs(), other.mantissa.unsigned_abs());
        let finer = i64::from(self.scale) - i64::from(other.scale);
        let magnitudes = if finer >= 0 {
            scaled(right, finer).map_or(Ordering::Less, |right| left.cmp(&right))
        } else {
            scaled(left, -finer).map_or(Ordering::Greater, |left| left.cmp(&right))
        };
        let magnitudes = magnitudes.then(self.more.cmp(&other.more));
        if self.mantissa < 0 { magnitudes.reverse() } else { magnitudes }
    }
}

impl PartialOrd for Exact {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Exact {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Exact {}

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let digits = self.mantissa.unsigned_abs().to_string();
        match usize::try_from(self.scale) {
            Ok(0) => write!(f, "{sign}{digits}"),
            Ok(scale) => {
                let padded = format!("{digits:0>width$}", width = scale + 1);
                let (whole, fraction) = padded.split_at(padded.len() - scale);
                write!(f, "{sign}{whole}.{fraction}")
            }
            Err(_) => write!(f, "{sign}{digits}e{}", -i64::from(self.scale)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Exact {
        Exact::parse(text).expect(text)
    }

    #[test]
    fn numbers_are_compared_by_value_and_not_by_notation() {
        for (left, right, order) in [
            ("1.10", "1.1", Ordering::Equal),
            ("-0", "0.00", Ordering::Equal),
            ("1e2", "100", Ordering::Equal),
            ("0.1", "0.10000000000000000000000000000000000001", Ordering::Less),
            ("-2", "1", Ordering::Less),
            ("-2", "-1", Ordering::Less),
            ("1e400", "99999999999999999999999999999999999999", Ordering::Greater),
            ("1e-400", "0", Ordering::Greater),
            ("-1e-400", "0", Ordering::Less),
            ("123456789012345678901234567890123456789012", "1e40", Ordering::Greater),
            ("100000000000000000000000000000000000000.000001", "1e38", Ordering::Greater),
            ("-100000000000000000000000000000000000000.000001", "-1e38", Ordering::Less),
        ] {
            assert_eq!(exact(left).cmp(&exact(right)), order, "{left} and {right}");
            assert_eq!(exact(right).cmp(&exact(left)), order.reverse(), "{right} and {left}");
        }
    }

    #[test]
    fn what_is_not_decimal_notation_is_no_number() {
        for text in ["", "-", ".5", "5.", "1e", "1e1.5", "0x1", "NaN", "1 ", "１", "--1", "+1"] {
            assert!(Exact::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn precision_and_scale_count_the_digits_of_the_value() {
        for (text, precision, scale, fits) in [
            ("12345.67", 7, 2, true),
            ("12345.670", 7, 2, true),
            ("12345.678", 8, 2, false),
            ("123456.7", 7, 2, false),
            ("0.01", 2, 2, true),
            ("0.001", 2, 2, false),
            ("1", 2, 2, false),
            ("1e5", 6, 0, true),
            ("1e6", 6, 0, false),
            ("100e2147483647", 6, 0, false),
            ("0", 1, 1, true),
            ("99999999999999999999999999999999999999", 38, 0, true),
            ("100000000000000000000000000000000000000", 38, 0, false),
            ("1234567890123456789012345678901234567890.5", 38, 0, false),
        ] {
            assert_eq!(exact(text).fits(precision, scale), fits, "{text} in decimal({precision}, {scale})");
        }
    }

    #[test]
    fn whether_a_number_fits_does_not_depend_on_how_it_is_found_out() {
        let nines = 9_999_999_999_999_999_999;
        for mantissa in
            [0, 1, -9, 10, 99, 100, 12_345, nines, -nines, nines + 1, i128::from(u64::MAX), 10_i128.pow(30)]
        {
            for behind in [-3, -1, 0, 1, 2, 5, 20, 28, i32::MAX, i32::MIN] {
                let number = Exact::new(mantissa, behind);
                for (precision, scale) in
                    [(1, 0), (1, 1), (2, 2), (5, 2), (18, 2), (19, 0), (20, 0), (38, 0), (38, 30)]
                {
                    assert_eq!(
                        number.fits(precision, scale),
                        number.fits_without_zeros(precision, scale),
                        "{mantissa} / 10^{behind} in decimal({precision}, {scale})"
                    );
                }
            }
        }
    }

    #[test]
    fn a_number_is_shown_with_its_own_scale() {
        for text in ["1.10", "-0.05", "0", "17"] {
            assert_eq!(exact(text).to_string(), text);
        }
    }
}
