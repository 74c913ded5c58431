//! `#[domain(...)]` on the enum and `#[service(...)]` on its variants.

use super::Text;
use super::keys::{Key, Keys, once};
use super::named::Attrs;
use crate::diagnostics::Errors;

/// What was written in `#[domain(...)]`.
#[derive(Default)]
pub(crate) struct Domain {
    /// Whether the attribute stands there at all.
    pub(crate) present: bool,
    pub(crate) name: Option<Text>,
    /// The team that answers for the domain.
    pub(crate) owner: Option<Text>,
    /// Where else to ask.
    pub(crate) contact: Option<Text>,
    /// Keys that stand there, however wrong their values are.
    pub(crate) written: Vec<&'static str>,
}

pub(super) const DOMAIN: &[Key] = &[
    once("name", "name = \"sales\""),
    once("owner", "owner = \"sales@example.com\""),
    once("contact", "contact = \"https://chat.example.com/sales\""),
];

impl Domain {
    pub(crate) fn read(attrs: &Attrs<'_>, errors: &Errors) -> Self {
        let mut read = Self::default();
        let mut keys = Keys::requiring("domain", DOMAIN, errors);
        for attr in attrs.named("domain") {
            read.present = true;
            for entry in keys.read(attr, "#[domain(name = \"sales\", owner = \"sales@example.com\")]") {
                match entry.name() {
                    "name" => read.name = entry.text(),
                    "owner" => read.owner = entry.words(),
                    _ => read.contact = entry.words(),
                }
            }
        }
        read.written = keys.written();
        read
    }
}

/// What was written in `#[service(...)]`.
#[derive(Default)]
pub(crate) struct Service {
    pub(crate) name: Option<Text>,
    /// The other domains that take part in the service.
    pub(crate) shared_with: Vec<Text>,
}

pub(super) const SERVICE: &[Key] =
    &[once("name", "name = \"orders\""), once("shared_with", "shared_with = \"accounting\"")];

impl Service {
    pub(crate) fn read(attrs: &Attrs<'_>, errors: &Errors) -> Self {
        let mut read = Self::default();
        let mut keys = Keys::new("service", SERVICE, errors);
        for attr in attrs.named("service") {
            for entry in keys.read(attr, "#[service(shared_with = \"accounting\")]") {
                match entry.name() {
                    "name" => read.name = entry.text(),
                    _ => read.shared_with = entry.texts().unwrap_or_default(),
                }
            }
        }
        read
    }
}
