//! Webhooks: who is told of events, and by which process.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, Row, params};

use super::super::webhook::WEBHOOKS;
use super::super::{FailedDelivery, Settled, StoreError, TenantId, Webhook, WebhookSettings, WebhookState};
use super::row::{json, json_text, time, time_text};
use super::write::audit;

const WEBHOOK: &str = "name, settings, cursor, state,
    (SELECT COUNT(*) FROM webhook_failed f WHERE f.tenant = w.tenant AND f.webhook = w.name AND f.again) AS again";

/// Where a new webhook begins: behind everything that has happened.
pub(super) fn put(
    connection: &Connection,
    tenant: &TenantId,
    name: &str,
    settings: &WebhookSettings,
    request_id: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Webhook, StoreError> {
    let tenant = tenant.as_str();
    let full: bool = connection
        .prepare_cached("SELECT (SELECT COUNT(*) FROM webhook WHERE tenant = ?1 AND name <> ?2) >= ?3")?
        .query_row(params![tenant, name, WEBHOOKS], |row| row.get(0))?;
    if full {
        return Err(StoreError::Full { limit: WEBHOOKS });
    }
    connection
        .prepare_cached(
            "INSERT INTO webhook (tenant, name, settings, cursor, state)
             VALUES (?1, ?2, ?3, (SELECT coalesce(max(sequence), 0) FROM event WHERE tenant = ?1), ?4)
             ON CONFLICT DO UPDATE SET
                settings = excluded.settings, state = excluded.state, owner = NULL, claimed_until = NULL",
        )?
        .execute(params![tenant, name, json_text(settings)?, json_text(&WebhookState::default())?])?;
    audit(connection, tenant, "webhook", name, None, request_id, &time_text(now))?;
    one(connection, tenant, name)
}

fn one(connection: &Connection, tenant: &str, name: &str) -> Result<Webhook, StoreError> {
    let found = connection
        .prepare_cached(&format!("SELECT {WEBHOOK} FROM webhook w WHERE tenant = ?1 AND name = ?2"))?
        .query_row(params![tenant, name], webhook)?;
    Ok(found)
}

pub(super) fn list(connection: &Connection, tenant: &TenantId) -> Result<Vec<Webhook>, StoreError> {
    let found = connection
        .prepare_cached(&format!("SELECT {WEBHOOK} FROM webhook w WHERE tenant = ?1 ORDER BY name"))?
        .query_map([tenant.as_str()], webhook)?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

pub(super) fn remove(
    connection: &Connection,
    tenant: &TenantId,
    name: &str,
    request_id: Option<&str>,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let place = params![tenant.as_str(), name];
    let removed =
        connection.prepare_cached("DELETE FROM webhook WHERE tenant = ?1 AND name = ?2")?.execute(place)? > 0;
    if removed {
        connection
            .prepare_cached("DELETE FROM webhook_failed WHERE tenant = ?1 AND webhook = ?2")?
            .execute(place)?;
        audit(connection, tenant.as_str(), "webhook-gone", name, None, request_id, &time_text(now))?;
    }
    Ok(removed)
}

pub(super) fn claim(
    connection: &Connection,
    tenant: &TenantId,
    name: &str,
    owner: &str,
    length: TimeDelta,
    now: DateTime<Utc>,
) -> Result<Option<Webhook>, StoreError> {
    let claimed = connection
        .prepare_cached(
            "UPDATE webhook SET owner = ?3, claimed_until = ?4
             WHERE tenant = ?1 AND name = ?2 AND (owner IS NULL OR owner = ?3 OR claimed_until <= ?5)",
        )?
        .execute(params![tenant.as_str(), name, owner, time_text(now + length), time_text(now)])?;
    if claimed == 0 { Ok(None) } else { one(connection, tenant.as_str(), name).map(Some) }
}

pub(super) fn settle(
    connection: &Connection,
    tenant: &TenantId,
    name: &str,
    owner: &str,
    settled: &Settled,
) -> Result<bool, StoreError> {
    let tenant = tenant.as_str();
    let held = connection
        .prepare_cached("SELECT 1 FROM webhook WHERE tenant = ?1 AND name = ?2 AND owner = ?3")?
        .exists(params![tenant, name, owner])?;
    if !held {
        return Ok(false);
    }
    match settled {
        Settled::On { cursor, state, failed } => {
            connection
                .prepare_cached("UPDATE webhook SET cursor = ?3, state = ?4 WHERE tenant = ?1 AND name = ?2")?
                .execute(params![tenant, name, cursor, json_text(state)?])?;
            if let Some(failed) = failed {
                put_failed(connection, tenant, name, failed)?;
            }
        }
        Settled::Resent(sequence) => {
            connection
                .prepare_cached(
                    "DELETE FROM webhook_failed WHERE tenant = ?1 AND webhook = ?2 AND sequence = ?3",
                )?
                .execute(params![tenant, name, sequence])?;
        }
        Settled::FailedAgain(failed) => put_failed(connection, tenant, name, failed)?,
        Settled::Released => {
            connection
                .prepare_cached(
                    "UPDATE webhook SET owner = NULL, claimed_until = NULL WHERE tenant = ?1 AND name = ?2",
                )?
                .execute(params![tenant, name])?;
        }
    }
    Ok(true)
}

fn put_failed(
    connection: &Connection,
    tenant: &str,
    name: &str,
    failed: &FailedDelivery,
) -> Result<(), StoreError> {
    let FailedDelivery { sequence, error, attempts, failed_at, again } = failed;
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO webhook_failed (tenant, webhook, sequence, error, attempts, failed_at, again)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![tenant, name, sequence, error, attempts, time_text(*failed_at), again])?;
    Ok(())
}

pub(super) fn failed(
    connection: &Connection,
    tenant: &TenantId,
    name: &str,
    after: u64,
    limit: usize,
    again: bool,
) -> Result<Vec<FailedDelivery>, StoreError> {
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let found = connection
        .prepare_cached(
            "SELECT sequence, error, attempts, failed_at, again FROM webhook_failed
             WHERE tenant = ?1 AND webhook = ?2 AND sequence > ?3 AND again >= ?4 ORDER BY sequence LIMIT ?5",
        )?
        .query_map(params![tenant.as_str(), name, after, again, limit], |row| {
            Ok(FailedDelivery {
                sequence: row.get("sequence")?,
                error: row.get("error")?,
                attempts: row.get("attempts")?,
                failed_at: time(row, "failed_at")?,
                again: row.get("again")?,
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

pub(super) fn resend(
    connection: &Connection,
    tenant: &TenantId,
    name: &str,
    sequence: Option<u64>,
) -> Result<usize, StoreError> {
    let sequence = sequence.map(|sequence| i64::try_from(sequence).unwrap_or(i64::MAX));
    let marked = connection
        .prepare_cached(
            "UPDATE webhook_failed SET again = 1
             WHERE tenant = ?1 AND webhook = ?2 AND (?3 IS NULL OR sequence = ?3)",
        )?
        .execute(params![tenant.as_str(), name, sequence])?;
    Ok(marked)
}

fn webhook(row: &Row<'_>) -> rusqlite::Result<Webhook> {
    Ok(Webhook {
        name: row.get("name")?,
        settings: json(row, "settings")?,
        cursor: row.get("cursor")?,
        state: json(row, "state")?,
        again: row.get("again")?,
    })
}
