//! What the run time promises, from outside.

mod client;
mod dependencies;
mod files;
mod folder;
mod host;
mod macros;
mod schema;
mod testing;
