//! `#[data(...)]` on a nested type.

use super::keys::{Key, Keys, once};
use super::named::Attrs;
use crate::diagnostics::Errors;

/// What was written in `#[data(...)]`.
#[derive(Default)]
pub(crate) struct Data {
    /// That readers must expect variants and members which do not exist yet.
    pub(crate) extensible: bool,
}

pub(super) const DATA: &[Key] = &[once("extensible", "extensible")];

impl Data {
    pub(crate) fn read(attrs: &Attrs<'_>, errors: &Errors) -> Self {
        let mut read = Self::default();
        let mut keys = Keys::new("data", DATA, errors);
        for attr in attrs.named("data") {
            for entry in keys.read(attr, "#[data(extensible)]") {
                read.extensible = entry.word().is_some();
            }
        }
        read
    }
}
