//! The chain of decisions.

use async_trait::async_trait;
use chrono::{DateTime, SecondsFormat, Utc};
use deadpool_postgres::Client;
use mesh_contract::wire::{AuditBatch, AuditRecord};
use tokio_postgres::Row;

use super::super::{AuditStore, StoreError, TenantId};
use super::PostgresStore;
use super::failure::{Failure, Work};
use super::row::{big, count, json, json_text, maybe_parsed, number, parsed};
use super::run::run;
use super::statement::{alone, begin, one_within, query, within};

const BATCH: &str = "tenant, number, previous, sealed_at, records, seal FROM audit_batch";

#[async_trait]
impl AuditStore for PostgresStore {
    async fn seal(&self, tenant: &TenantId, records: Vec<AuditRecord>) -> Result<AuditBatch, StoreError> {
        let at = self.time.given();
        run!(self, tenant, Work::Once, client => seal(client, tenant, &records, at))
    }

    async fn audit_batches(
        &self,
        tenant: &TenantId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<AuditBatch>, StoreError> {
        let order = "number > $2 ORDER BY number";
        run!(self, tenant, Work::Repeatable, client => batches(client, tenant, order, after, limit))
    }

    async fn latest_audit_batches(
        &self,
        tenant: &TenantId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<AuditBatch>, StoreError> {
        let before = before.unwrap_or(i64::MAX.unsigned_abs());
        let order = "number < $2 ORDER BY number DESC";
        run!(self, tenant, Work::Repeatable, client => batches(client, tenant, order, before, limit))
    }
}

async fn seal(
    client: &mut Client,
    tenant: &TenantId,
    records: &[AuditRecord],
    at: Option<DateTime<Utc>>,
) -> Result<AuditBatch, Failure> {
    let transaction = begin(client).await?;
    alone(&transaction, &format!("mesh audit {tenant}")).await?;
    let name = tenant.as_str();
    let now = one_within(&transaction, "SELECT coalesce($1, clock_timestamp()) AS now", &[&at]).await?;
    let now: DateTime<Utc> = match now {
        Some(row) => row.try_get("now")?,
        None => return Err(Failure::unreadable("the database does not tell the time")),
    };
    let last = one_within(
        &transaction,
        "SELECT number, seal FROM audit_batch WHERE tenant = $1 ORDER BY number DESC LIMIT 1",
        &[&name],
    )
    .await?;
    let before =
        last.map(|row| Ok::<_, Failure>((number(&row, "number")?, parsed(&row, "seal")?))).transpose()?;
    let batch = AuditBatch::seal(tenant.to_string(), before, sealed_at(now), records.to_vec())
        .map_err(Failure::unreadable)?;
    within(
        &transaction,
        "INSERT INTO audit_batch (tenant, number, previous, sealed_at, records, seal) VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            &name,
            &big(batch.number)?,
            &batch.previous.map(|seal| seal.to_string()),
            &now,
            &json_text(&batch.records)?,
            &batch.seal.to_string(),
        ],
    )
    .await?;
    transaction.commit().await?;
    Ok(batch)
}

/// As the seal has it: to the microsecond, which is how exactly the database keeps it.
fn sealed_at(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Micros, true)
}

async fn batches(
    client: &Client,
    tenant: &TenantId,
    order: &str,
    from: u64,
    limit: usize,
) -> Result<Vec<AuditBatch>, Failure> {
    let sql = format!("SELECT {BATCH} WHERE tenant = $1 AND {order} LIMIT $3");
    query(client, &sql, &[&tenant.as_str(), &big(from)?, &count(limit)]).await?.iter().map(batch).collect()
}

fn batch(row: &Row) -> Result<AuditBatch, Failure> {
    Ok(AuditBatch {
        tenant: row.try_get("tenant")?,
        number: number(row, "number")?,
        previous: maybe_parsed(row, "previous")?,
        sealed_at: sealed_at(row.try_get("sealed_at")?),
        records: json(row, "records")?,
        seal: parsed(row, "seal")?,
    })
}
