//! What all policies together say of one thing.

use mesh_contract::wire::PolicyFinding;
use serde::{Deserialize, Serialize};

/// What all policies together say of one thing: everything that did not simply hold, in the order of the policies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Verdict {
    /// What was found.
    pub findings: Vec<PolicyFinding>,
}

impl Verdict {
    /// Whether it is refused.
    pub fn refuses(&self) -> bool {
        self.refusals().next().is_some()
    }

    /// What it is refused for.
    pub fn refusals(&self) -> impl Iterator<Item = &PolicyFinding> {
        self.findings.iter().filter(|finding| finding.refuses())
    }
}
