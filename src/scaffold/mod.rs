//! New domain crates and products from templates. The templates are files beside this one; `@words@` in them are replaced.

mod names;
mod source;
mod template;
mod write;

pub(crate) use names::{module_name, record_name};
pub(crate) use source::Source;
pub(crate) use template::fill;
pub(crate) use write::Files;
