//! How often and how long to try again.

use std::time::Duration;

use backon::ExponentialBuilder;

/// Tries again after waits that double, each lengthened by chance so that many clients do not come back at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// How many times at most, the first try counted.
    pub attempts: usize,
    /// The first wait.
    pub first: Duration,
    /// The longest wait.
    pub longest: Duration,
}

impl Retry {
    /// Tries once.
    pub const NEVER: Self =
        Self { attempts: 1, first: Duration::from_millis(100), longest: Duration::from_secs(1) };

    /// The waits between a bounded number of tries.
    pub(crate) fn bounded(self) -> ExponentialBuilder {
        self.waits().with_max_times(self.attempts.saturating_sub(1))
    }

    /// The waits of a task that never gives up.
    #[cfg(feature = "host")]
    pub(crate) fn endless(self) -> ExponentialBuilder {
        self.waits().without_max_times()
    }

    fn waits(self) -> ExponentialBuilder {
        ExponentialBuilder::new().with_min_delay(self.first).with_max_delay(self.longest).with_jitter()
    }
}

impl Default for Retry {
    fn default() -> Self {
        Self { attempts: 4, first: Duration::from_millis(100), longest: Duration::from_secs(5) }
    }
}
