//! What every handler may use.

use super::events::Feed;
use crate::service::Registry;

/// The state that routes share. A clone is the same state.
#[derive(Debug, Clone)]
pub struct AppState {
    /// The registry itself.
    pub registry: Registry,
    /// Where its events are followed.
    pub(crate) feed: Feed,
}
