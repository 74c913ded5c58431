//! Paces: how many requests a second are taken of a tenant and of each of its principals. Who is ahead waits a little, so that who
//! sends as fast as answers come is slowed down at no cost; who is far ahead is refused.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::turns::Whose;
use crate::store::TenantId;

/// So many requests a second, and so many at once after a pause. A rate of 0 is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rate {
    pub(super) per_second: usize,
    pub(super) burst: usize,
}

/// Who is further ahead is refused and not kept waiting.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);
/// So many are remembered until those are forgotten who are on time again.
const REMEMBERED: usize = 10_000;

/// Whose limit it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Limit {
    Principal,
    Tenant,
}

/// A request came too early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Early {
    pub(super) limit: Limit,
    pub(super) rate: Rate,
    /// When it would be taken.
    pub(super) after: Duration,
}

/// How fast everybody was until now.
#[derive(Debug)]
pub(super) struct Paces {
    of_tenant: Rate,
    of_principal: Rate,
    due: Mutex<Due>,
}

/// When the next request of each would come if all came evenly.
#[derive(Debug, Default)]
struct Due {
    tenants: HashMap<TenantId, Instant>,
    principals: HashMap<Whose, Instant>,
}

impl Rate {
    fn is_limit(&self) -> bool {
        self.per_second > 0
    }

    fn between(&self) -> Duration {
        Duration::from_secs(1) / u32::try_from(self.per_second.max(1)).unwrap_or(u32::MAX)
    }

    /// How long a request waits whose kind is due at a time.
    fn wait(&self, due: Instant, now: Instant) -> Duration {
        let ahead = self.between() * u32::try_from(self.burst.saturating_sub(1)).unwrap_or(u32::MAX);
        due.saturating_duration_since(now).saturating_sub(ahead)
    }
}

impl Paces {
    pub(super) fn new(of_tenant: Rate, of_principal: Rate) -> Self {
        Self { of_tenant, of_principal, due: Mutex::default() }
    }

    /// Takes a request of somebody. Gives how long it has to wait.
    pub(super) fn take(&self, whose: &Whose, now: Instant) -> Result<Duration, Early> {
        if !self.of_tenant.is_limit() && !self.of_principal.is_limit() {
            return Ok(Duration::ZERO);
        }
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        let Due { tenants, principals } = &mut *due;
        let of_principal = look(principals, whose, self.of_principal, now, Limit::Principal)?;
        let of_tenant = look(tenants, &whose.tenant, self.of_tenant, now, Limit::Tenant)?;
        // Only what both let through counts for either.
        note(principals, whose, self.of_principal, now);
        note(tenants, &whose.tenant, self.of_tenant, now);
        Ok(of_principal.max(of_tenant))
    }
}

fn look<K: Eq + Hash>(
    due: &HashMap<K, Instant>,
    key: &K,
    rate: Rate,
    now: Instant,
    limit: Limit,
) -> Result<Duration, Early> {
    if !rate.is_limit() {
        return Ok(Duration::ZERO);
    }
    let after = due.get(key).map_or(Duration::ZERO, |due| rate.wait(*due, now));
    if after > PATIENCE { Err(Early { limit, rate, after }) } else { Ok(after) }
}

fn note<K: Clone + Eq + Hash>(due: &mut HashMap<K, Instant>, key: &K, rate: Rate, now: Instant) {
    if !rate.is_limit() {
        return;
    }
    if due.len() >= REMEMBERED {
        due.retain(|_, due| *due > now);
    }
    let next = due.get(key).map_or(now, |due| (*due).max(now)) + rate.between();
    due.insert(key.clone(), next);
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Rate = Rate { per_second: 0, burst: 0 };

    fn whose(tenant: &str, principal: &str) -> Whose {
        Whose { tenant: tenant.parse().expect("a tenant"), principal: principal.into() }
    }

    #[test]
    fn a_burst_is_taken_at_once_and_what_is_behind_it_evenly() {
        let paces = Paces::new(NONE, Rate { per_second: 10, burst: 3 });
        let (ana, now) = (whose("a", "ana"), Instant::now());
        let waits: Vec<_> = (0..5).map(|_| paces.take(&ana, now).expect("taken").as_millis()).collect();
        assert_eq!(waits, [0, 0, 0, 100, 200]);
        let bob = paces.take(&whose("a", "bob"), now).expect("taken");
        assert_eq!(bob, Duration::ZERO, "each has a pace of their own");
        let later = now + Duration::from_secs(60);
        let waits: Vec<_> = (0..4).map(|_| paces.take(&ana, later).expect("taken").as_millis()).collect();
        assert_eq!(waits, [0, 0, 0, 100], "a pause is good for a burst and no more");
    }

    #[test]
    fn who_is_far_ahead_is_told_when_to_come_again_and_what_is_refused_does_not_count() {
        let rate = Rate { per_second: 2, burst: 1 };
        let paces = Paces::new(rate, NONE);
        let (ana, now) = (whose("a", "ana"), Instant::now());
        for _ in 0..3 {
            paces.take(&ana, now).expect("taken");
        }
        for _ in 0..100 {
            let early = paces.take(&whose("a", "bob"), now).expect_err("the tenant is ahead");
            assert_eq!(early, Early { limit: Limit::Tenant, rate, after: Duration::from_millis(1_500) });
        }
        let after = now + Duration::from_millis(1_500);
        assert_eq!(paces.take(&ana, after), Ok(Duration::ZERO), "who comes when told is taken at once");
        assert_eq!(paces.take(&whose("b", "ana"), now), Ok(Duration::ZERO));
    }

    #[test]
    fn in_the_long_run_no_more_is_taken_than_the_rate() {
        let paces = Paces::new(NONE, Rate { per_second: 50, burst: 10 });
        let (ana, start) = (whose("a", "ana"), Instant::now());
        let taken = (0..10_000_u64).filter(|step| {
            let now = start + Duration::from_millis(*step);
            paces.take(&ana, now).is_ok()
        });
        // The burst, and one for every 20 milliseconds of these ten seconds and of the one that the last ones wait.
        assert_eq!(taken.count(), 10 + (9_999 + 1_000) / 20);
    }

    #[test]
    fn who_is_on_time_again_is_forgotten() {
        let paces = Paces::new(NONE, Rate { per_second: 10, burst: 1 });
        let now = Instant::now();
        for number in 0..REMEMBERED {
            paces.take(&whose("a", &number.to_string()), now).expect("taken");
        }
        paces.take(&whose("a", "late"), now + Duration::from_secs(1)).expect("taken");
        assert_eq!(paces.due.lock().expect("no panic").principals.len(), 1);
    }
}
