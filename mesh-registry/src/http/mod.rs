//! The registry over HTTP.

mod state;

pub use state::AppState;
