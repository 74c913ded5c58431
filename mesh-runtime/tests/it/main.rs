//! What the run time promises, from outside.

mod files;
mod folder;
mod macros;
mod schema;
mod testing;
