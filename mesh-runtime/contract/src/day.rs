//! Days of the calendar, as contracts and waivers name them: `2027-01-31`. Nothing here knows which day it is.

use std::fmt;
use std::str::FromStr;

/// A text that is no day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayError {
    /// What was written.
    pub text: String,
}

impl fmt::Display for DayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a day; write year, month and day, e.g. `2027-01-31`", self.text)
    }
}

impl std::error::Error for DayError {}

/// A day of the Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day {
    year: u16,
    month: u8,
    day: u8,
}

impl Day {
    /// The year, from 0 to 9999.
    pub fn year(self) -> u16 {
        self.year
    }

    /// The month, from 1 to 12.
    pub fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, from 1 to 31.
    pub fn day(self) -> u8 {
        self.day
    }

    /// The day so many days after 1970-01-01, which is how clocks count. Days beyond the year 9999 are that year's last.
    pub fn from_unix_days(days: u64) -> Self {
        let (mut year, mut left) = (1970_u16, days);
        while year < 9999 && left >= u64::from(days_in_year(year)) {
            left -= u64::from(days_in_year(year));
            year += 1;
        }
        let mut month = 1_u8;
        while month < 12 && left >= u64::from(days_in_month(year, month)) {
            left -= u64::from(days_in_month(year, month));
            month += 1;
        }
        let last = days_in_month(year, month);
        let day = u8::try_from(left).map_or(last, |left| last.min(left + 1));
        Self { year, month, day }
    }

    /// How many days it is after 1970-01-01; below zero before.
    pub fn unix_days(self) -> i64 {
        let years = (1970..self.year).map(|year| i64::from(days_in_year(year))).sum::<i64>()
            - (self.year..1970).map(|year| i64::from(days_in_year(year))).sum::<i64>();
        let months: i64 = (1..self.month).map(|month| i64::from(days_in_month(self.year, month))).sum();
        years + months + i64::from(self.day) - 1
    }
}

fn is_leap(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_in_year(year: u16) -> u16 {
    if is_leap(year) { 366 } else { 365 }
}

fn days_in_month(year: u16, month: u8) -> u8 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl FromStr for Day {
    type Err = DayError;

    fn from_str(text: &str) -> Result<Self, DayError> {
        let read = || {
            let mut parts = text.split('-');
            let mut number = |digits: usize| {
                let part = parts.next()?;
                let plain = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
                plain.then(|| part.parse::<u16>().ok()).flatten()
            };
            let (year, month, day) = (number(4)?, number(2)?, number(2)?);
            let (month, day) = (u8::try_from(month).ok()?, u8::try_from(day).ok()?);
            let there = parts.next().is_none()
                && (1..=12).contains(&month)
                && (1..=days_in_month(year, month)).contains(&day);
            there.then_some(Self { year, month, day })
        };
        read().ok_or_else(|| DayError { text: text.to_owned() })
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(feature = "model")]
crate::text_serde::text_serde!(Day);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_compared_and_counted_as_clocks_count_them() {
        let day = |text: &str| text.parse::<Day>().expect("a day");
        assert!(day("2026-11-22") < day("2026-12-01"));
        assert_eq!(day("2024-02-29").to_string(), "2024-02-29");
        let none = [
            "2026-02-29",
            "1900-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-04-31",
            "2026-01-00",
            "2026-1-1",
            "26-01-01",
            "2026-01-01-01",
            "2026-01-01T",
            "+026-01-01",
            "",
        ];
        for text in none {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
        assert_eq!(Day::from_unix_days(0), day("1970-01-01"));
        assert_eq!(Day::from_unix_days(19_782), day("2024-02-29"));
        assert_eq!(Day::from_unix_days(u64::MAX), day("9999-12-31"));
        for days in (0..200_000).step_by(97) {
            assert_eq!(Day::from_unix_days(days).unix_days(), i64::try_from(days).expect("a small number"));
        }
        assert_eq!((day("1969-12-31").unix_days(), day("1968-02-29").unix_days()), (-1, -672));
    }
}
