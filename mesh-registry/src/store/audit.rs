//! What a store keeps of decisions: batches in a chain, to which it only ever adds.

use async_trait::async_trait;
use mesh_contract::wire::{AuditBatch, AuditRecord};

use super::{StoreError, TenantId};

/// Where decisions are kept.
#[async_trait]
pub trait AuditStore: std::fmt::Debug + Send + Sync + 'static {
    /// Seals records behind the last batch of the tenant, and gives the batch. Those who seal at the same time come one after
    /// the other.
    async fn seal(&self, tenant: &TenantId, records: Vec<AuditRecord>) -> Result<AuditBatch, StoreError>;

    /// The batches behind a number, in their order.
    async fn audit_batches(
        &self,
        tenant: &TenantId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<AuditBatch>, StoreError>;

    /// The last batches before a number, or of all, the last first.
    async fn latest_audit_batches(
        &self,
        tenant: &TenantId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<AuditBatch>, StoreError>;
}
