//! The registry as its callers meet it.

mod api;
mod browser;
mod config;
mod conformance;
mod crash;
#[cfg(feature = "postgres")]
mod database;
mod drain;
mod durability;
mod fixture_mesh;
mod gate;
mod hostile;
mod leases;
mod lifecycle;
mod matrix;
mod metrics;
mod pages;
#[cfg(feature = "postgres")]
mod postgres;
mod races;
mod search;
mod snapshot;
#[cfg(feature = "postgres")]
mod transfer;
mod world;
