//! Lengths of time as people promise them: `15m`, `24h`, `7y`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// Why a text is not a length of time.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SpanError {
    /// Not a whole number with a unit.
    NotSpan {
        /// What was written.
        text: String,
    },
    /// Nothing lasts no time.
    Zero {
        /// What was written.
        text: String,
    },
    /// More than 1,000 years.
    TooLong {
        /// What was written.
        text: String,
    },
}

impl fmt::Display for SpanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSpan { text } => write!(
                f,
                "`{text}` is not a length of time; write a whole number and one of s, m, h, d, w, y, e.g. `15m`"
            ),
            Self::Zero { text } => {
                write!(f, "`{text}` is no time at all; write a length above zero, e.g. `15m`")
            }
            Self::TooLong { text } => write!(f, "`{text}` is more than 1000 years"),
        }
    }
}

impl std::error::Error for SpanError {}

const UNITS: [(char, u64); 6] =
    [('s', 1), ('m', 60), ('h', 3_600), ('d', 86_400), ('w', 7 * 86_400), ('y', 365 * 86_400)];
const LONGEST: u64 = 1_000 * 365 * 86_400;

/// A promised length of time, kept as it was written and compared by its seconds. A minute has 60 s, a day 24 h, a week
/// 7 d and a year 365 d: these are promises about service, not calendar arithmetic.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    number: u64,
    unit: char,
    seconds: u64,
}

impl Span {
    /// The length in seconds.
    pub fn as_seconds(&self) -> u64 {
        self.seconds
    }

    /// The length as a duration.
    pub fn as_duration(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}

impl FromStr for Span {
    type Err = SpanError;

    fn from_str(text: &str) -> Result<Self, SpanError> {
        let not_span = || SpanError::NotSpan { text: text.to_owned() };
        let unit = text.chars().next_back().ok_or_else(not_span)?;
        let scale = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(not_span)?.1;
        let digits = &text[..text.len() - unit.len_utf8()];
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(not_span());
        }
        let too_long = || SpanError::TooLong { text: text.to_owned() };
        let number: u64 = digits.parse().map_err(|_| too_long())?;
        let seconds = number.checked_mul(scale).filter(|seconds| *seconds <= LONGEST).ok_or_else(too_long)?;
        if seconds == 0 {
            return Err(SpanError::Zero { text: text.to_owned() });
        }
        Ok(Self { number, unit, seconds })
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}{}", self.number, self.unit))
    }
}

impl PartialEq for Span {
    fn eq(&self, other: &Self) -> bool {
        self.seconds == other.seconds
    }
}

impl Eq for Span {}

impl PartialOrd for Span {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Span {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.seconds.cmp(&other.seconds)
    }
}

#[cfg(feature = "model")]
crate::text_serde::text_serde!(Span);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_a_whole_number_and_a_unit() {
        for (text, seconds) in
            [("15m", 900), ("24h", 86_400), ("1d", 86_400), ("7y", 220_752_000), ("2w", 1_209_600)]
        {
            let span: Span = text.parse().expect(text);
            assert_eq!((span.as_seconds(), span.to_string().as_str()), (seconds, text));
        }
        assert_eq!("24h".parse::<Span>(), "1d".parse::<Span>());
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "m", "15", "15 m", "1.5h", "-1d", "15min", "１m", "15µ"] {
            assert_eq!(text.parse::<Span>(), Err(SpanError::NotSpan { text: text.into() }));
        }
        assert!(matches!("0m".parse::<Span>(), Err(SpanError::Zero { .. })));
        assert!(matches!("1001y".parse::<Span>(), Err(SpanError::TooLong { .. })));
        assert!(matches!("99999999999999999999d".parse::<Span>(), Err(SpanError::TooLong { .. })));
    }
}
