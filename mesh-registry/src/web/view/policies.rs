//! What the page of policies shows.

use std::sync::Arc;

use mesh_contract::wire::{Policies, PoliciesTrial, PolicyFinding};
use mesh_contract::{Address, ContractVersion};

use crate::service::PoliciesInForce;

/// What is asked of every product, and what breaks it.
#[derive(Debug)]
pub struct PoliciesView {
    /// Who set it when.
    pub told: Policies,
    /// The policies themselves.
    pub policies: Arc<PoliciesInForce>,
    /// What they find now.
    pub found: Arc<PoliciesTrial>,
}

impl PoliciesView {
    /// What one policy finds, product by product.
    pub fn of<'v>(
        &'v self,
        rule: &'v str,
    ) -> impl Iterator<Item = (&'v Address, &'v ContractVersion, &'v PolicyFinding)> {
        self.found.findings.iter().flat_map(move |product| {
            let findings = product.findings.iter().filter(move |finding| finding.rule == rule);
            findings.map(move |finding| (&product.address, &product.version, finding))
        })
    }
}
