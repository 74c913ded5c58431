//! Policies: one row for each document that was set.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Row, params};

use super::super::{NewEvent, PolicyChange, PolicyRecord, StoreError, TenantId};
use super::events::note;
use super::row::{parsed, time, time_text};
use super::write::audit;

pub(super) fn set(
    connection: &Connection,
    tenant: &TenantId,
    change: &PolicyChange,
    now: DateTime<Utc>,
) -> Result<PolicyRecord, StoreError> {
    let PolicyChange { revision, document, digest, set_by, request_id } = change;
    let current = history(connection, tenant, None, 1)?.first().map_or(0, |it| it.revision);
    if current != *revision {
        return Err(StoreError::Conflict { current });
    }
    let record = PolicyRecord {
        revision: revision + 1,
        document: document.clone(),
        digest: *digest,
        set_by: set_by.clone(),
        set_at: now,
    };
    let (tenant, digest, at) = (tenant.as_str(), digest.to_string(), time_text(now));
    connection
        .prepare_cached(
            "INSERT INTO policy_set (tenant, revision, document, digest, set_by, set_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![tenant, record.revision, document, digest, set_by, at])?;
    let event = NewEvent::policies_set(change);
    note(connection, tenant, &event, &at)?;
    let request_id = request_id.as_deref();
    audit(connection, tenant, event.kind.as_str(), &event.subject, Some(&digest), request_id, &at)?;
    Ok(record)
}

pub(super) fn history(
    connection: &Connection,
    tenant: &TenantId,
    below: Option<u64>,
    limit: usize,
) -> Result<Vec<PolicyRecord>, StoreError> {
    let below = below.and_then(|below| i64::try_from(below).ok()).unwrap_or(i64::MAX);
    let found = connection
        .prepare_cached(
            "SELECT revision, document, digest, set_by, set_at FROM policy_set
             WHERE tenant = ?1 AND revision < ?2 ORDER BY revision DESC LIMIT ?3",
        )?
        .query_map(params![tenant.as_str(), below, limit], record)?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

fn record(row: &Row<'_>) -> rusqlite::Result<PolicyRecord> {
    Ok(PolicyRecord {
        revision: row.get("revision")?,
        document: row.get("document")?,
        digest: parsed(row, "digest")?,
        set_by: row.get("set_by")?,
        set_at: time(row, "set_at")?,
    })
}
