//! The registry of the mesh: where data products are announced and found. It holds no data and owns no product.
//!
//! A request goes `http` -> [`service`] -> [`store`]: handlers extract, call and convert; the service decides; a store
//! keeps. [`Registry`] is the service, and works without HTTP.

pub mod access;
pub mod config;
pub mod service;
pub mod store;
pub mod telemetry;
pub mod web;

mod app;
mod first;
mod http;
mod leave;
mod lock;
mod metrics;
mod store_url;
mod tls;
#[cfg(feature = "postgres")]
pub mod transfer;

pub use app::{Running, StartError};
pub use config::Config;
pub use first::FirstError;
pub use http::AppState;
pub use leave::Leave;
pub use lock::LockError;
pub use service::{Registry, ServiceError};
pub use store::sqlite::{Existing, SnapshotError, backup, restore};
pub use store_url::{StoreUrl, StoreUrlError};
pub use tls::TlsError;
