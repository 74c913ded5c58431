//! The chain of decisions.

use async_trait::async_trait;
use chrono::{DateTime, SecondsFormat, Utc};
use mesh_contract::wire::{AuditBatch, AuditRecord};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::super::{AuditStore, Store as _, StoreError, TenantId};
use super::SqliteStore;
use super::row::{json, json_text, maybe_parsed, parsed};

const BATCH: &str = "tenant, number, previous, sealed_at, records, seal FROM audit_batch";

#[async_trait]
impl AuditStore for SqliteStore {
    async fn seal(&self, tenant: &TenantId, records: Vec<AuditRecord>) -> Result<AuditBatch, StoreError> {
        let (tenant, now) = (tenant.clone(), self.now());
        self.writer.run(move |connection| seal(connection, &tenant, &records, now)).await
    }

    async fn audit_batches(
        &self,
        tenant: &TenantId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<AuditBatch>, StoreError> {
        let tenant = tenant.clone();
        let order = "number > ?2 ORDER BY number";
        self.readers.run(move |connection| batches(connection, &tenant, order, after, limit)).await
    }

    async fn latest_audit_batches(
        &self,
        tenant: &TenantId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<AuditBatch>, StoreError> {
        let tenant = tenant.clone();
        let before = before.unwrap_or(i64::MAX.unsigned_abs());
        let order = "number < ?2 ORDER BY number DESC";
        self.readers.run(move |connection| batches(connection, &tenant, order, before, limit)).await
    }
}

fn seal(
    connection: &Connection,
    tenant: &TenantId,
    records: &[AuditRecord],
    now: DateTime<Utc>,
) -> Result<AuditBatch, StoreError> {
    let before = connection
        .prepare_cached(
            "SELECT number, seal FROM audit_batch WHERE tenant = ?1 ORDER BY number DESC LIMIT 1",
        )?
        .query_row([tenant.as_str()], |row| Ok((row.get("number")?, parsed(row, "seal")?)))
        .optional()?;
    // As the seal has it: to the microsecond, whatever the clock tells.
    let sealed_at = now.to_rfc3339_opts(SecondsFormat::Micros, true);
    let batch = AuditBatch::seal(tenant.to_string(), before, sealed_at, records.to_vec())
        .map_err(StoreError::unavailable)?;
    connection
        .prepare_cached(
            "INSERT INTO audit_batch (tenant, number, previous, sealed_at, records, seal) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            batch.tenant,
            batch.number,
            batch.previous.map(|seal| seal.to_string()),
            batch.sealed_at,
            json_text(&batch.records)?,
            batch.seal.to_string(),
        ])?;
    Ok(batch)
}

fn batches(
    connection: &Connection,
    tenant: &TenantId,
    order: &str,
    from: u64,
    limit: usize,
) -> Result<Vec<AuditBatch>, StoreError> {
    let found = connection
        .prepare_cached(&format!("SELECT {BATCH} WHERE tenant = ?1 AND {order} LIMIT ?3"))?
        .query_map(params![tenant.as_str(), from, limit], batch)?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

fn batch(row: &Row<'_>) -> rusqlite::Result<AuditBatch> {
    Ok(AuditBatch {
        tenant: row.get("tenant")?,
        number: row.get("number")?,
        previous: maybe_parsed(row, "previous")?,
        sealed_at: row.get("sealed_at")?,
        records: json(row, "records")?,
        seal: parsed(row, "seal")?,
    })
}
