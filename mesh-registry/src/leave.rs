//! How a registry takes leave: first it says so, then it takes no more, then it ends.

use tokio::sync::watch;

/// Where a registry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// It serves.
    Serving,
    /// It serves on, and says that it will not for long: balancers should send nothing more.
    Draining,
    /// It takes no more connections. What is under way may end; what would go on for ever ends at once.
    Stopping,
}

/// Whether the registry is about to stop. A clone tells the same.
#[derive(Debug, Clone)]
pub struct Leave(watch::Receiver<Phase>);

impl Leave {
    pub(crate) fn new() -> (watch::Sender<Phase>, Self) {
        let (sender, receiver) = watch::channel(Phase::Serving);
        (sender, Self(receiver))
    }

    /// Whether it has said that it will stop.
    pub fn is_draining(&self) -> bool {
        *self.0.borrow() >= Phase::Draining
    }

    /// Whether it stops, or nobody is left who could tell it to.
    pub fn is_stopping(&self) -> bool {
        *self.0.borrow() >= Phase::Stopping || self.0.has_changed().is_err()
    }

    /// Waits until it stops; an answer that would go on for ever, a stream of events say, ends then. It stops as well when
    /// nobody is left who could tell it to.
    pub async fn stopping(&mut self) {
        // The error says just that.
        let _ = self.0.wait_for(|phase| *phase == Phase::Stopping).await;
    }
}
