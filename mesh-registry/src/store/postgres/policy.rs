//! Policies: one row for each document that was set.

use chrono::{DateTime, Utc};
use deadpool_postgres::Client;
use tokio_postgres::Row;

use super::super::{NewEvent, PolicyChange, PolicyRecord, StoreError, TenantId};
use super::failure::Failure;
use super::feed::note;
use super::row::{big, count, number, parsed, plain};
use super::statement::{alone, begin, one_within, query};
use super::write::audit;

pub(super) async fn set(
    client: &mut Client,
    tenant: &TenantId,
    change: &PolicyChange,
    at: Option<DateTime<Utc>>,
) -> Result<PolicyRecord, Failure> {
    let PolicyChange { revision, document, digest, set_by, request_id } = change;
    let transaction = begin(client).await?;
    let tenant = tenant.as_str();
    // There may be no row to lock yet.
    alone(&transaction, &format!("policies of {tenant}")).await?;
    let last = one_within(
        &transaction,
        "SELECT coalesce(max(revision), 0) AS revision FROM policy_set WHERE tenant = $1",
        &[&tenant],
    )
    .await?;
    let current = last.as_ref().map_or(Ok(0), |row| number(row, "revision"))?;
    if current != *revision {
        return Err(StoreError::Conflict { current }.into());
    }
    let digest = digest.to_string();
    let row = one_within(
        &transaction,
        "INSERT INTO policy_set (tenant, revision, document, digest, set_by, set_at)
         VALUES ($1, $2, $3, $4, $5, coalesce($6, clock_timestamp()))
         RETURNING revision, document, digest, set_by, set_at",
        &[&tenant, &big(revision + 1)?, &plain(document), &digest, &plain(set_by), &at],
    )
    .await?;
    let written = record(row.as_ref().ok_or(Failure::Refused(StoreError::NotFound))?)?;
    let event = NewEvent::policies_set(change);
    note(&transaction, tenant, &event, at).await?;
    let (action, request_id) = (event.kind.as_str(), request_id.as_deref());
    audit(&transaction, tenant, action, &event.subject, Some(&digest), request_id, at).await?;
    transaction.commit().await?;
    Ok(written)
}

pub(super) async fn history(
    client: &Client,
    tenant: &TenantId,
    below: Option<u64>,
    limit: usize,
) -> Result<Vec<PolicyRecord>, Failure> {
    let below = below.and_then(|below| i64::try_from(below).ok()).unwrap_or(i64::MAX);
    let rows = query(
        client,
        "SELECT revision, document, digest, set_by, set_at FROM policy_set
         WHERE tenant = $1 AND revision < $2 ORDER BY revision DESC LIMIT $3",
        &[&tenant.as_str(), &below, &count(limit)],
    )
    .await?;
    rows.iter().map(record).collect()
}

fn record(row: &Row) -> Result<PolicyRecord, Failure> {
    Ok(PolicyRecord {
        revision: number(row, "revision")?,
        document: row.try_get("document")?,
        digest: parsed(row, "digest")?,
        set_by: row.try_get("set_by")?,
        set_at: row.try_get("set_at")?,
    })
}
