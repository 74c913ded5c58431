//! The registry as its callers meet it.

mod access_pages;
mod agreements;
mod api;
mod browser;
mod campaigns;
mod config;
mod conformance;
mod crash;
#[cfg(feature = "postgres")]
mod database;
mod drain;
mod durability;
#[cfg(feature = "postgres")]
mod failures;
mod feed;
mod feed_docs;
mod fixture_mesh;
mod gate;
mod hostile;
mod hostile_text;
mod leases;
mod lifecycle;
#[cfg(feature = "postgres")]
mod linear;
mod matrix;
mod metrics;
mod observed;
mod owners;
mod pages;
mod policies;
#[cfg(feature = "postgres")]
mod postgres;
mod races;
#[cfg(feature = "postgres")]
mod replicas;
mod rollback;
mod search;
mod snapshot;
mod tenants;
#[cfg(feature = "postgres")]
mod transfer;
#[expect(unreachable_pub, reason = "it is text for others to copy")]
mod verify;
#[cfg(feature = "postgres")]
mod wall;
mod webhooks;
mod wire;
mod world;
