//! The registry as its callers meet it.

mod api;
mod browser;
mod conformance;
mod crash;
#[cfg(feature = "postgres")]
mod database;
mod durability;
#[cfg(feature = "postgres")]
mod failures;
mod fixture_mesh;
mod gate;
mod hostile;
mod leases;
mod lifecycle;
#[cfg(feature = "postgres")]
mod linear;
mod matrix;
mod pages;
#[cfg(feature = "postgres")]
mod postgres;
mod races;
#[cfg(feature = "postgres")]
mod replicas;
mod search;
mod snapshot;
#[cfg(feature = "postgres")]
mod transfer;
mod world;
