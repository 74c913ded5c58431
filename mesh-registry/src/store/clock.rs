//! The clock that leases and time stamps are judged by.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use mesh_contract::Day;

/// Tells the time. A store has one clock, so that two callers cannot disagree about a lease.
pub trait Clock: std::fmt::Debug + Send + Sync + 'static {
    /// The time now.
    fn now(&self) -> DateTime<Utc>;
}

/// The day that it is in UTC.
pub fn day_of(now: DateTime<Utc>) -> Day {
    Day::from_unix_days(u64::try_from(now.timestamp().div_euclid(24 * 60 * 60)).unwrap_or(0))
}

/// The clock of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// A clock that stands until it is moved, so that tests wait for nothing.
#[derive(Debug)]
pub struct ManualClock(Mutex<DateTime<Utc>>);

impl ManualClock {
    /// The time that it shows.
    pub fn time(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves it on.
    pub fn advance_seconds(&self, seconds: u32) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += TimeDelta::seconds(i64::from(seconds));
    }
}

impl Default for ManualClock {
    /// A clock that stands at the first second of 2026.
    fn default() -> Self {
        Self(Mutex::new(DateTime::UNIX_EPOCH + TimeDelta::seconds(1_767_225_600)))
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        self.time()
    }
}
