//! Which tenants there are.

use async_trait::async_trait;

use super::{StoreError, TenantId};

/// Keeps which tenants there are, beside the one of a registry that one organisation has for itself, which is always there.
///
/// A name is all that is kept of a tenant: what belongs to it has the name in its key.
#[async_trait]
pub trait TenantStore {
    /// Every tenant by name. For whoever runs the registry and for what it does for each without being asked; nobody who
    /// asks over HTTP learns of any but their own.
    async fn tenants(&self) -> Result<Vec<TenantId>, StoreError>;

    /// Makes a tenant. Says whether it was new.
    async fn add_tenant(&self, tenant: &TenantId) -> Result<bool, StoreError>;

    /// Forgets a tenant that keeps nothing. Says whether there was one.
    ///
    /// # Errors
    /// [`StoreError::InUse`] when something is kept of it.
    async fn remove_tenant(&self, tenant: &TenantId) -> Result<bool, StoreError>;
}
