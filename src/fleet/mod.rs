//! A registry and some domains as separate processes: what `mesh dev` and `mesh demo` start and stop.

mod address;
mod author;
mod plan;
mod start;

pub(crate) use address::Port;
use author::Author;
pub(crate) use plan::{Plan, members};
pub(crate) use start::{Ended, Fleet, Role};
