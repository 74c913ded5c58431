//! `#[mesh(crate = path)]`: where the run time is found, if not at `::mesh_runtime`.

use syn::{Path, parse_quote};

use super::keys::{Key, Keys, once};
use super::named::Attrs;
use crate::diagnostics::Errors;

pub(super) const MESH: &[Key] = &[once("crate", "crate = my_facade::mesh_runtime")];

/// The path of the run time.
pub(crate) fn runtime(attrs: &Attrs<'_>, errors: &Errors) -> Path {
    let mut keys = Keys::new("mesh", MESH, errors);
    let mut path = None;
    for attr in attrs.named("mesh") {
        for entry in keys.read(attr, "#[mesh(crate = my_facade::mesh_runtime)]") {
            path = entry.path();
        }
    }
    path.unwrap_or_else(default_runtime)
}

/// Where the run time is found if nothing else is said.
pub(crate) fn default_runtime() -> Path {
    parse_quote!(::mesh_runtime)
}
