//! What every handler may use.

use crate::service::Registry;

/// The state that routes share. A clone is the same state.
#[derive(Debug, Clone)]
pub struct AppState {
    /// The registry itself.
    pub registry: Registry,
}
