//! Webhooks: who is told of events, and by which process.

use chrono::{DateTime, TimeDelta, Utc};
use deadpool_postgres::{Client, Transaction};
use tokio_postgres::Row;

use super::super::webhook::WEBHOOKS;
use super::super::{FailedDelivery, Settled, StoreError, TenantId, Webhook, WebhookSettings, WebhookState};
use super::failure::Failure;
use super::feed::give_numbers;
use super::row::{big, count, json, json_text, number, plain};
use super::statement::{alone, begin, execute, one_within, query, within};
use super::write::audit;

const WEBHOOK: &str = "name, settings, cursor, state,
    (SELECT COUNT(*) FROM webhook_failed f WHERE f.tenant = w.tenant AND f.webhook = w.name AND f.again) AS again";

/// Sets a webhook. A new one begins behind everything that has happened.
pub(super) async fn put(
    client: &mut Client,
    tenant: &TenantId,
    name: &str,
    settings: &WebhookSettings,
    request_id: Option<&str>,
    at: Option<DateTime<Utc>>,
) -> Result<Webhook, Failure> {
    give_numbers(client).await?;
    let transaction = begin(client).await?;
    alone(&transaction, &format!("mesh webhooks {tenant}")).await?;
    let tenant = tenant.as_str();
    let others = one_within(
        &transaction,
        "SELECT COUNT(*) FROM webhook WHERE tenant = $1 AND name <> $2",
        &[&tenant, &name],
    )
    .await?;
    if others.map_or(Ok(0), |row| row.try_get::<_, i64>(0))? >= count(WEBHOOKS) {
        return Err(StoreError::Full { limit: WEBHOOKS }.into());
    }
    let written = one_within(
        &transaction,
        &format!(
            "INSERT INTO webhook AS w (tenant, name, settings, cursor, state)
             VALUES ($1, $2, $3, (SELECT coalesce(max(sequence), 0) FROM event WHERE tenant = $1), $4)
             ON CONFLICT (tenant, name) DO UPDATE SET
                settings = excluded.settings, state = excluded.state, owner = NULL, claimed_until = NULL
             RETURNING {WEBHOOK}"
        ),
        &[&tenant, &name, &json_text(settings)?, &json_text(&WebhookState::default())?],
    )
    .await?;
    let written = webhook(&written.ok_or_else(|| Failure::unreadable("nothing was written"))?)?;
    audit(&transaction, tenant, "webhook", name, None, request_id, at).await?;
    transaction.commit().await?;
    Ok(written)
}

pub(super) async fn list(client: &Client, tenant: &TenantId) -> Result<Vec<Webhook>, Failure> {
    let sql = format!("SELECT {WEBHOOK} FROM webhook w WHERE tenant = $1 ORDER BY name");
    query(client, &sql, &[&tenant.as_str()]).await?.iter().map(webhook).collect()
}

pub(super) async fn remove(
    client: &mut Client,
    tenant: &TenantId,
    name: &str,
    request_id: Option<&str>,
    at: Option<DateTime<Utc>>,
) -> Result<bool, Failure> {
    let transaction = begin(client).await?;
    let tenant = tenant.as_str();
    let removed =
        within(&transaction, "DELETE FROM webhook WHERE tenant = $1 AND name = $2", &[&tenant, &name])
            .await?;
    if removed > 0 {
        let sql = "DELETE FROM webhook_failed WHERE tenant = $1 AND webhook = $2";
        within(&transaction, sql, &[&tenant, &name]).await?;
        audit(&transaction, tenant, "webhook-gone", name, None, request_id, at).await?;
        transaction.commit().await?;
    }
    Ok(removed > 0)
}

pub(super) async fn claim(
    client: &Client,
    tenant: &TenantId,
    name: &str,
    owner: &str,
    length: TimeDelta,
    at: Option<DateTime<Utc>>,
) -> Result<Option<Webhook>, Failure> {
    let seconds = length.as_seconds_f64();
    let rows = query(
        client,
        &format!(
            "UPDATE webhook w SET owner = $3,
                claimed_until = coalesce($5, statement_timestamp()) + make_interval(secs => $4)
             WHERE tenant = $1 AND name = $2
               AND (owner IS NULL OR owner = $3 OR claimed_until <= coalesce($5, statement_timestamp()))
             RETURNING {WEBHOOK}"
        ),
        &[&tenant.as_str(), &name, &owner, &seconds, &at],
    )
    .await?;
    rows.first().map(webhook).transpose()
}

pub(super) async fn settle(
    client: &mut Client,
    tenant: &TenantId,
    name: &str,
    owner: &str,
    settled: &Settled,
) -> Result<bool, Failure> {
    let transaction = begin(client).await?;
    let tenant = tenant.as_str();
    let held = one_within(
        &transaction,
        "SELECT 1 FROM webhook WHERE tenant = $1 AND name = $2 AND owner = $3 FOR UPDATE",
        &[&tenant, &name, &owner],
    )
    .await?;
    if held.is_none() {
        return Ok(false);
    }
    match settled {
        Settled::On { cursor, state, failed } => {
            within(
                &transaction,
                "UPDATE webhook SET cursor = $3, state = $4 WHERE tenant = $1 AND name = $2",
                &[&tenant, &name, &big(*cursor)?, &json_text(state)?],
            )
            .await?;
            if let Some(failed) = failed {
                put_failed(&transaction, tenant, name, failed).await?;
            }
        }
        Settled::Resent(sequence) => {
            within(
                &transaction,
                "DELETE FROM webhook_failed WHERE tenant = $1 AND webhook = $2 AND sequence = $3",
                &[&tenant, &name, &big(*sequence)?],
            )
            .await?;
        }
        Settled::FailedAgain(failed) => put_failed(&transaction, tenant, name, failed).await?,
        Settled::Released => {
            within(
                &transaction,
                "UPDATE webhook SET owner = NULL, claimed_until = NULL WHERE tenant = $1 AND name = $2",
                &[&tenant, &name],
            )
            .await?;
        }
    }
    transaction.commit().await?;
    Ok(true)
}

async fn put_failed(
    transaction: &Transaction<'_>,
    tenant: &str,
    name: &str,
    failed: &FailedDelivery,
) -> Result<(), Failure> {
    let FailedDelivery { sequence, error, attempts, failed_at, again } = failed;
    within(
        transaction,
        "INSERT INTO webhook_failed (tenant, webhook, sequence, error, attempts, failed_at, again)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (tenant, webhook, sequence) DO UPDATE SET error = excluded.error,
            attempts = excluded.attempts, failed_at = excluded.failed_at, again = excluded.again",
        &[&tenant, &name, &big(*sequence)?, &plain(error), &i64::from(*attempts), failed_at, again],
    )
    .await
    .map(drop)
}

pub(super) async fn failed(
    client: &Client,
    tenant: &TenantId,
    name: &str,
    after: u64,
    limit: usize,
    again: bool,
) -> Result<Vec<FailedDelivery>, Failure> {
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let rows = query(
        client,
        "SELECT sequence, error, attempts, failed_at, again FROM webhook_failed
         WHERE tenant = $1 AND webhook = $2 AND sequence > $3 AND again >= $4 ORDER BY sequence LIMIT $5",
        &[&tenant.as_str(), &name, &after, &again, &count(limit)],
    )
    .await?;
    let failed = |row: &Row| {
        Ok(FailedDelivery {
            sequence: number(row, "sequence")?,
            error: row.try_get("error")?,
            attempts: number(row, "attempts")?,
            failed_at: row.try_get("failed_at")?,
            again: row.try_get("again")?,
        })
    };
    rows.iter().map(failed).collect()
}

pub(super) async fn resend(
    client: &Client,
    tenant: &TenantId,
    name: &str,
    sequence: Option<u64>,
) -> Result<usize, Failure> {
    let sequence = sequence.map(|sequence| i64::try_from(sequence).unwrap_or(i64::MAX));
    let marked = execute(
        client,
        "UPDATE webhook_failed SET again = true
         WHERE tenant = $1 AND webhook = $2 AND ($3::bigint IS NULL OR sequence = $3)",
        &[&tenant.as_str(), &name, &sequence],
    )
    .await?;
    usize::try_from(marked).map_err(Failure::unreadable)
}

fn webhook(row: &Row) -> Result<Webhook, Failure> {
    Ok(Webhook {
        name: row.try_get("name")?,
        settings: json(row, "settings")?,
        cursor: number(row, "cursor")?,
        state: json(row, "state")?,
        again: number(row, "again")?,
    })
}
