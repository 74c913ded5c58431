//! One clock for every process that serves the same database: the database's own.
//!
//! Statements judge by it where they run. What is asked outside a statement is answered from when it was last heard, and
//! from how long ago that is by a clock that only ever runs forward, so a machine whose clock is set wrong tells the same.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use chrono::{DateTime, SubsecRound as _, Utc};

use super::super::Clock;

#[derive(Debug)]
pub(super) struct Time {
    /// Stands in for the database's clock in tests.
    other: Option<Arc<dyn Clock>>,
    heard: Mutex<(DateTime<Utc>, Instant)>,
}

impl Time {
    pub(super) fn new(other: Option<Arc<dyn Clock>>) -> Self {
        // Until the database was heard, which opening the store waits for.
        Self { other, heard: Mutex::new((Utc::now(), Instant::now())) }
    }

    /// The time for a statement: `coalesce($1, clock_timestamp())`.
    pub(super) fn given(&self) -> Option<DateTime<Utc>> {
        self.other.as_ref().map(|clock| clock.now().trunc_subsecs(6))
    }

    /// Notes what the database's clock has just shown.
    pub(super) fn hear(&self, shown: DateTime<Utc>) {
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner) = (shown, Instant::now());
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.given().unwrap_or_else(|| {
            let (shown, since) = *self.heard.lock().unwrap_or_else(PoisonError::into_inner);
            (shown + since.elapsed()).trunc_subsecs(6)
        })
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn a_machine_whose_clock_is_wrong_tells_the_databases_time() {
        let time = Time::new(None);
        let shown = Utc::now() + TimeDelta::hours(1);
        time.hear(shown);
        let now = time.now();
        assert!(now >= shown.trunc_subsecs(6) && now < shown + TimeDelta::minutes(1), "{now}");
    }
}
