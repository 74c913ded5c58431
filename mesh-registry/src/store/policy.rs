//! Policies: the document that a tenant holds its products to, and those before it.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use mesh_contract::Digest;
use serde_json::json;

use super::{EventKind, NewEvent, StoreError, TenantId};

/// A document of policies that was set at some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyRecord {
    /// Its number: 1 for the first, and one more for each.
    pub revision: u64,
    /// The document.
    pub document: String,
    /// Its digest.
    pub digest: Digest,
    /// Who set it.
    pub set_by: String,
    /// When.
    pub set_at: DateTime<Utc>,
}

/// A document to set.
#[derive(Debug, Clone)]
pub struct PolicyChange {
    /// The revision that the caller decided on: 0 where there is none.
    pub revision: u64,
    /// The document.
    pub document: String,
    /// Its digest.
    pub digest: Digest,
    /// Who sets it.
    pub set_by: String,
    /// The request that asks for it, for the audit.
    pub request_id: Option<String>,
}

/// What is kept of policies.
#[async_trait]
pub trait PolicyStore {
    /// The document that counts; nothing where none was ever set.
    async fn policies(&self, tenant: &TenantId) -> Result<Option<PolicyRecord>, StoreError>;

    /// Sets a document with its audit record and its event, all or none, if the one that counts still is the one that the
    /// caller decided on.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] with the revision that counts.
    async fn set_policies(&self, tenant: &TenantId, change: PolicyChange)
    -> Result<PolicyRecord, StoreError>;

    /// Every document that was set below a revision, the last first.
    async fn policy_history(
        &self,
        tenant: &TenantId,
        below: Option<u64>,
        limit: usize,
    ) -> Result<Vec<PolicyRecord>, StoreError>;
}

impl NewEvent {
    /// News of policies that were set.
    pub(super) fn policies_set(change: &PolicyChange) -> Self {
        let PolicyChange { revision, digest, set_by, .. } = change;
        Self {
            kind: EventKind::PoliciesSet,
            subject: "policies".to_owned(),
            address: None,
            data: json!({ "revision": revision + 1, "digest": digest.to_string(), "by": set_by }),
        }
    }
}
