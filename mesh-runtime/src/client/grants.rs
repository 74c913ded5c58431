//! What ports need to know of grants, and what they tell of who reads.

use mesh_contract::DomainName;
use mesh_contract::wire::{Reads, Trust};

use super::{ClientError, RegistryClient};

/// What stands at an address, beside what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched<T> {
    /// What is known is the same still.
    Same,
    /// Something new, and the tag by which it is known.
    New(T, Option<String>),
}

impl RegistryClient {
    /// What the ports of a domain need to believe grants, unless it is what a tag stands for.
    ///
    /// # Errors
    /// When the registry knows of no grants, or does not answer.
    pub async fn trust(
        &self,
        domain: &DomainName,
        known: Option<&str>,
    ) -> Result<Fetched<Trust>, ClientError> {
        self.fetch(&["domains", domain.as_str(), "trust"], known).await
    }

    /// Tells who has read through an instance since it told last.
    ///
    /// # Errors
    /// When a later start of the same instance holds the lease, or the registry does not answer.
    pub async fn tell_reads(&self, instance: &str, reads: &Reads) -> Result<(), ClientError> {
        self.put_unanswered(&["deployments", instance, "reads"], reads).await
    }
}
