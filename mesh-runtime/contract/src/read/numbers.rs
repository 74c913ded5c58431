//! Numbers that lose digits on their way into a double. The parser hands them over when they are lost already, so they are
//! looked for in the text.

use std::borrow::Cow;
use std::ops::ControlFlow;

use super::ReadError;
use super::place::{self, Seen};
use crate::{canonical, double};

/// So many digits survive in every double.
const SAFE_DIGITS: usize = 15;

/// Whether a text holds a row of digits that is long enough to be lost or a power that is small enough, be it a number or
/// not: a quick look.
pub(super) fn may_be_lost(text: &str) -> bool {
    let mut row = 0;
    let long = text.bytes().any(|byte| {
        row = if byte.is_ascii_digit() || byte == b'.' { row + 1 } else { 0 };
        row > SAFE_DIGITS
    });
    let small = |at: &[u8]| {
        at[1] == b'-' && at[2..].iter().all(u8::is_ascii_digit) && at[0].eq_ignore_ascii_case(&b'e')
    };
    long || text.as_bytes().windows("e-300".len()).any(small)
}

/// The first number of a strict JSON text that a double does not hold as it is written.
pub(super) fn first_lost(text: &str) -> Option<ReadError> {
    let mut lost = None;
    place::walk(text, &mut |seen, at| {
        let Seen::Value { pointer } = seen else { return ControlFlow::Continue(()) };
        let written = place::scalar(&text[at..]);
        let number = written.starts_with(|first: char| first == '-' || first.is_ascii_digit());
        if !number || survives(written) {
            return ControlFlow::Continue(());
        }
        lost = Some((pointer.to_owned(), written));
        ControlFlow::Break(())
    });
    let (pointer, written) = lost?;
    Some(place::Place::of_value(text, &pointer).error(pointer, double::not_exact(written)))
}

/// A strict JSON text whose parser takes whole numbers for the doubles that they were written for: it would take them for
/// themselves else, and they would be other numbers than those that were written.
pub(super) fn as_doubles(text: &str) -> Cow<'_, str> {
    if !may_be_lost(text) {
        return Cow::Borrowed(text);
    }
    let mut changed = String::new();
    let mut done = 0;
    place::walk(text, &mut |seen, at| {
        let Seen::Value { .. } = seen else { return ControlFlow::Continue(()) };
        let written = place::scalar(&text[at..]);
        if let Some(double) = written.parse().ok().as_ref().and_then(canonical::written_for) {
            changed.push_str(&text[done..at]);
            // With a power behind it, it is read as a double from all of its digits.
            changed.push_str(&format!("{double:.0}e0"));
            done = at + written.len();
        }
        ControlFlow::Continue(())
    });
    if done == 0 {
        return Cow::Borrowed(text);
    }
    changed.push_str(&text[done..]);
    Cow::Owned(changed)
}

/// Whether the double nearest to a number is the number: exactly for whole numbers, and for others in the digits that are
/// written for the double everywhere.
fn survives(written: &str) -> bool {
    let Ok(double) = written.parse::<f64>() else { return false };
    let Some(number) = Digits::of(written) else { return false };
    let same = |text: String| Digits::of(&text).is_some_and(|digits| digits == number);
    same(format!("{double:e}")) || (double.fract() == 0.0 && same(format!("{double:.0}")))
}

/// A decimal number as its digits without zeros around them, and the power of ten of the first.
#[derive(Debug, PartialEq, Eq)]
struct Digits {
    negative: bool,
    digits: String,
    power: i64,
}

impl Digits {
    fn of(text: &str) -> Option<Self> {
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (number, power) = match text.split_once(['e', 'E']) {
            Some((number, power)) => (number, power.parse::<i64>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let all = format!("{whole}{fraction}");
        let significant = all.trim_start_matches('0');
        let digits = significant.trim_end_matches('0');
        if digits.is_empty() {
            return Some(Self { negative: false, digits: String::new(), power: 0 });
        }
        let leading = i64::try_from(all.len() - significant.len()).ok()?;
        let power = power.checked_add(i64::try_from(whole.len()).ok()?)?.checked_sub(leading)?;
        Some(Self { negative, digits: digits.to_owned(), power })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_survives_if_its_double_is_written_alike() {
        for number in [
            "0",
            "-0.0",
            "0e9",
            "1",
            "1.0",
            "10e-1",
            "0.1",
            "1E+2",
            "0.30000000000000004",
            "1152921504606846976",
            "1152921504606847000",
            "-9223372036854775808",
            "1e308",
            "100000000000000000000000",
            "5e-324",
            "1.50000000000000000000",
        ] {
            assert!(survives(number), "{number}");
        }
        for number in [
            "9007199254740993",
            "0.1000000000000000055511151231257827",
            "123456789012345678901234567890",
            "18446744073709551615",
            "0.30000000000000004441",
            "1e-400",
        ] {
            assert!(!survives(number), "{number}");
        }
    }

    #[test]
    fn a_double_is_read_from_the_digits_that_are_written_for_it() {
        for double in [9_223_372_036_854_775_808.0, 72_057_594_037_927_936.0, -(2.0_f64.powi(60)), 1e21, 2.5]
        {
            let written = serde_json_canonicalizer::to_string(&[double]).unwrap();
            let read: Vec<serde_json::Number> = serde_json::from_str(&as_doubles(&written)).unwrap();
            assert_eq!(read[0].as_f64(), Some(double), "{written}");
            assert!(double::survives(&read[0]), "{written}");
        }
        let text = "{\"a\": [1, 9223372036854776000], \"9223372036854776000\": 1152921504606846976}";
        assert_eq!(
            as_doubles(text),
            "{\"a\": [1, 9223372036854775808e0], \"9223372036854776000\": 1152921504606846976}"
        );
        assert!(matches!(as_doubles("[9007199254740993]"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_quick_look_misses_none_that_is_lost() {
        assert!(may_be_lost("[9007199254740993]"));
        assert!(may_be_lost("[0.10000000000000001]"));
        assert!(may_be_lost("[1E-400]"));
        assert!(!may_be_lost("[123456789012345, \"12345678901234\"]"));
    }
}
