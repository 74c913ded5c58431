//! Percentages as they are promised: `99.9%`.

use std::fmt;
use std::str::FromStr;

/// Why a text is not a percentage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PercentError {
    /// What was written.
    pub text: String,
}

impl fmt::Display for PercentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { text } = self;
        write!(
            f,
            "`{text}` is not a percentage; write a number from 0 to 100 with at most 4 decimals, e.g. `99.9%`"
        )
    }
}

impl std::error::Error for PercentError {}

/// A share from 0 % to 100 %, exact to four decimals, so that `99.90%` equals `99.9%`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent {
    ten_thousandths: u32,
}

impl Percent {
    /// The share as a number from 0 to 1.
    pub fn as_fraction(&self) -> f64 {
        f64::from(self.ten_thousandths) / 1_000_000.0
    }
}

impl FromStr for Percent {
    type Err = PercentError;

    fn from_str(text: &str) -> Result<Self, PercentError> {
        let wrong = || PercentError { text: text.to_owned() };
        let number = text.strip_suffix('%').ok_or_else(wrong)?;
        let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(decimals) || whole.len() > 3 || decimals.len() > 4 {
            return Err(wrong());
        }
        let whole: u32 = whole.parse().map_err(|_| wrong())?;
        let decimals: u32 = format!("{decimals:0<4}").parse().map_err(|_| wrong())?;
        let ten_thousandths = whole * 10_000 + decimals;
        if ten_thousandths > 1_000_000 { Err(wrong()) } else { Ok(Self { ten_thousandths }) }
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, decimals) = (self.ten_thousandths / 10_000, self.ten_thousandths % 10_000);
        let text = format!("{whole}.{decimals:04}");
        f.pad(&format!("{}%", text.trim_end_matches('0').trim_end_matches('.')))
    }
}

#[cfg(feature = "model")]
crate::text_serde::text_serde!(Percent);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_is_exact_and_written_in_its_shortest_form() {
        for (text, shortest) in [
            ("99.9%", "99.9%"),
            ("99.90%", "99.9%"),
            ("100%", "100%"),
            ("0%", "0%"),
            ("99.9999%", "99.9999%"),
        ] {
            assert_eq!(text.parse::<Percent>().map(|p| p.to_string()), Ok(shortest.to_owned()));
        }
        assert!("99.95%".parse::<Percent>().ok() > "99.9%".parse::<Percent>().ok());
    }

    #[test]
    fn what_is_no_share_of_a_hundred_is_refused() {
        for text in ["", "%", "99.9", "101%", "100.0001%", "-1%", "1e1%", "99.99999%", "99,9%", ".5%", "5.%"]
        {
            assert!(text.parse::<Percent>().is_err(), "{text}");
        }
    }
}
