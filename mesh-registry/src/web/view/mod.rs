//! What a page shows, decided: plain values made from contracts and from the bodies of the registry's API.

pub mod access;
pub mod command;
pub mod constraint;
pub mod deprecations;
pub mod diagram;
pub mod domain;
pub mod home;
pub mod mask;
pub mod policies;
pub mod product;
pub mod schema;
pub mod search;
pub mod time;
