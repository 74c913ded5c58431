//! The clock that leases and time stamps are judged by.

use chrono::{DateTime, Utc};

/// Tells the time. A store has one clock, so that two callers cannot disagree about a lease.
pub trait Clock: std::fmt::Debug + Send + Sync + 'static {
    /// The time now.
    fn now(&self) -> DateTime<Utc>;
}

/// The clock of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}
