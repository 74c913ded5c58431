//! From attributes to the model: what is missing, what cannot be, what is not a name. Every mistake is told, on the
//! smallest token that can be blamed for it.

pub(crate) mod body;
pub(crate) mod consumes;
pub(crate) mod data_type;
pub(crate) mod domain;
mod field;
pub(crate) mod manifest;
mod port;
pub(crate) mod product;
mod rust_type;
mod value;

pub(crate) use rust_type::{is_plain, is_silent};
