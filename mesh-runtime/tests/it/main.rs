//! What the run time promises, from outside.

mod macros;
mod schema;
