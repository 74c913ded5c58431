//! The two schemas of a type agree with what serde does, in our own membership and in that of an independent validator.

pub(crate) mod agreement;
mod closed;
mod enums;
mod fields;
mod keys;
mod scalars;
