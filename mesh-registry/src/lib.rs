//! The registry of the mesh: where data products are announced and found. It holds no data and owns no product.
//!
//! A request goes `http` -> [`service`] -> [`store`]: handlers extract, call and convert; the service decides; a store
//! keeps. [`Registry`] is the service, and works without HTTP.

pub mod service;
pub mod store;
pub mod web;

mod http;

pub use http::AppState;
pub use service::{Registry, ServiceError};
