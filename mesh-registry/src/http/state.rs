//! What every handler may use.

use std::sync::Arc;
use std::time::Duration;

use super::doors::Doors;
use super::events::Feed;
use crate::config::FindCaller;
use crate::leave::Leave;
use crate::metrics::Metrics;
use crate::service::Registry;

/// The state that routes share. A clone is the same state.
#[derive(Debug, Clone)]
pub struct AppState {
    /// The registry itself.
    pub registry: Registry,
    /// Where its events are followed.
    pub(crate) feed: Feed,
    /// Whether the registry is about to stop: what would go on for ever ends then.
    pub leave: Leave,
    /// How people come in.
    pub(crate) access: Arc<Doors>,
    /// How long the store may take to answer.
    pub(crate) ready: Duration,
    /// What `/metrics` tells here; `None` when it is told elsewhere or not at all.
    pub(crate) metrics: Option<Arc<Metrics>>,
    /// Whether requests come by TLS.
    pub(crate) secure: bool,
    /// Finds out who makes a request, in place of the registry's own way.
    pub(crate) callers: Option<FindCaller>,
}
