//! What the domain relies on in the products of others, registered so that their owners know before they change them.

use mesh_contract::Expectation;

use super::config::HostConfig;
use crate::manifest::Manifest;

/// The expectations of everything that the domain reads.
pub(crate) fn of(_manifest: &Manifest, _config: &HostConfig) -> Vec<Expectation> {
    Vec::new()
}
