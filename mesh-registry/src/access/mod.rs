//! Who may do what: one table of permissions, which the router, the documentation and the tests share.
//!
//! A registry is closed unless it is told otherwise: whoever shows no identity may do only what [`Who::Anyone`] may. Every
//! route names the [`Action`] that it takes, so that none can be left open by being forgotten.

mod identity;
mod permission;
#[cfg(test)]
mod reference;

pub use identity::{Denied, Identity, Means};
pub use permission::{Action, PERMISSIONS, Permission, Who};
