//! What the platform asks of every product.

use mesh_contract::wire::{Policies, PoliciesRevision, PoliciesTrial, SetPolicies, TryPolicies};

use super::{ClientError, RegistryClient};

impl RegistryClient {
    /// The policies that the registry holds products to.
    ///
    /// # Errors
    /// When the registry does not answer.
    pub async fn policies(&self) -> Result<Policies, ClientError> {
        self.get(&["policies"], &[]).await
    }

    /// Who has set policies when, the last first.
    ///
    /// # Errors
    /// When the registry does not answer.
    pub async fn policy_history(&self) -> Result<Vec<PoliciesRevision>, ClientError> {
        self.all(&["policies", "history"], &[]).await
    }

    /// Sets policies in place of those of a revision.
    ///
    /// # Errors
    /// When the document has mistakes, others were set meanwhile, or the registry does not answer.
    pub async fn set_policies(&self, set: &SetPolicies) -> Result<Policies, ClientError> {
        self.put(&["policies"], &[], set).await
    }

    /// What policies would find in every product, without setting them.
    ///
    /// # Errors
    /// When the document has mistakes, or the registry does not answer.
    pub async fn test_policies(&self, document: &str) -> Result<PoliciesTrial, ClientError> {
        let tried = TryPolicies { document: document.to_owned() };
        self.post(&["policies", "test"], &tried).await
    }

    /// What the policies that count find in every product now.
    ///
    /// # Errors
    /// When the registry does not answer.
    pub async fn policy_findings(&self) -> Result<PoliciesTrial, ClientError> {
        self.get(&["policies", "findings"], &[]).await
    }
}
