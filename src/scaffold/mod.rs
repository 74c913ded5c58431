//! New domain crates and products from templates. The templates are files in `templates/`; `@words@` in them are replaced.

mod binding;
mod domain;
mod existing;
mod library;
mod names;
mod product;
mod source;
mod template;
mod workspace;
mod write;

pub(crate) use binding::{Binding, bind, unbind};
pub(crate) use domain::NewDomain;
pub(crate) use existing::ExistingCrate;
pub(crate) use library::{Library, List};
pub(crate) use product::NewProduct;
pub(crate) use source::Source;
pub(crate) use template::fill;
pub(crate) use workspace::Workspace;
pub(crate) use write::{Files, Standing};
