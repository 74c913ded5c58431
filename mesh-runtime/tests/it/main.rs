//! What the run time promises, from outside.

mod schema;
