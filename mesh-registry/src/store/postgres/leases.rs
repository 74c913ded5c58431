//! Who runs now, as every process that serves the database sees it.

use chrono::{DateTime, Utc};
use deadpool_postgres::{Client, Transaction};
use mesh_contract::EnvironmentName;
use mesh_contract::wire::Announcement;
use tokio_postgres::Row;

use super::super::{Deployment, DeploymentQuery, LEASES, REMEMBERED_HOURS, StoreError, TenantId};
use super::failure::Failure;
use super::row::{count, json, json_text, plain};
use super::statement::{Parameters, alone, begin, execute, one_within, query, within};

/// What an announcement writes: `$1` tenant, `$2` instance, `$3` epoch, `$9` the seconds of the lease, `$8` the time.
const RENEWED: &str =
    "epoch = $3::text::numeric, domain = $4, environment = $5, addresses = $6, announcement = $7,
    seen_at = coalesce($8, statement_timestamp()),
    expires_at = coalesce($8, statement_timestamp()) + make_interval(secs => $9)";

pub(super) async fn renew(
    client: &mut Client,
    tenant: &TenantId,
    instance: &str,
    announcement: &Announcement,
    at: Option<DateTime<Utc>>,
) -> Result<(), Failure> {
    let mut addresses: Vec<_> = announcement.products.iter().map(|it| it.address.to_string()).collect();
    addresses.sort_unstable();
    addresses.dedup();
    let (tenant_text, epoch, told) =
        (tenant.as_str(), announcement.epoch.to_string(), json_text(announcement)?);
    let parameters: Parameters<'_> = &[
        &tenant_text,
        &instance,
        &epoch,
        &announcement.domain.as_str(),
        &announcement.environment.as_str(),
        &addresses,
        &told,
        &at,
        &f64::from(announcement.lease_seconds),
    ];
    // Nearly every announcement renews a lease that is there.
    let renewed = format!(
        "UPDATE lease SET {RENEWED} WHERE tenant = $1 AND instance = $2 AND epoch <= $3::text::numeric"
    );
    if execute(client, &renewed, parameters).await? > 0 {
        return Ok(());
    }
    let transaction = begin(client).await?;
    alone(&transaction, &format!("mesh leases {tenant}")).await?;
    if within(&transaction, &renewed, parameters).await? == 0 {
        refuse_later(epoch_of(&transaction, tenant, instance).await?, announcement.epoch)?;
        make_room(&transaction, tenant, at).await?;
        within(
            &transaction,
            "INSERT INTO lease
                (tenant, instance, epoch, domain, environment, addresses, announcement, seen_at, expires_at)
             VALUES ($1, $2, $3::text::numeric, $4, $5, $6, $7, coalesce($8, statement_timestamp()),
                coalesce($8, statement_timestamp()) + make_interval(secs => $9))",
            parameters,
        )
        .await?;
    }
    Ok(transaction.commit().await?)
}

async fn epoch_of(
    transaction: &Transaction<'_>,
    tenant: &TenantId,
    instance: &str,
) -> Result<Option<u64>, Failure> {
    let sql = "SELECT epoch::text FROM lease WHERE tenant = $1 AND instance = $2";
    let row = one_within(transaction, sql, &[&tenant.as_str(), &instance]).await?;
    row.map(|row| row.try_get::<_, &str>(0)?.parse().map_err(Failure::unreadable)).transpose()
}

fn refuse_later(current: Option<u64>, epoch: u64) -> Result<(), Failure> {
    match current {
        Some(current) if current > epoch => Err(StoreError::Conflict { current }.into()),
        _ => Ok(()),
    }
}

async fn make_room(
    transaction: &Transaction<'_>,
    tenant: &TenantId,
    at: Option<DateTime<Utc>>,
) -> Result<(), Failure> {
    let is_full = async || {
        let sql = "SELECT COUNT(*) FROM lease WHERE tenant = $1";
        let row = one_within(transaction, sql, &[&tenant.as_str()]).await?;
        Ok::<_, Failure>(row.map_or(Ok(0), |row| row.try_get::<_, i64>(0))? >= count(LEASES))
    };
    if !is_full().await? {
        return Ok(());
    }
    within(
        transaction,
        "DELETE FROM lease
         WHERE tenant = $1 AND expires_at <= coalesce($2, statement_timestamp()) - make_interval(hours => $3)",
        &[&tenant.as_str(), &at, &REMEMBERED_HOURS],
    )
    .await?;
    if !is_full().await? {
        return Ok(());
    }
    let longest_ended = within(
        transaction,
        "DELETE FROM lease WHERE tenant = $1 AND instance = (
            SELECT instance FROM lease WHERE tenant = $1 AND expires_at <= coalesce($2, statement_timestamp())
            ORDER BY expires_at LIMIT 1)",
        &[&tenant.as_str(), &at],
    )
    .await?;
    if longest_ended == 0 { Err(StoreError::Full { limit: LEASES }.into()) } else { Ok(()) }
}

/// Ends a lease. It is remembered with its epoch, so that a renewal that was under way for an earlier start is still refused.
pub(super) async fn release(
    client: &mut Client,
    tenant: &TenantId,
    instance: &str,
    epoch: u64,
    at: Option<DateTime<Utc>>,
) -> Result<(), Failure> {
    let released = execute(
        client,
        "UPDATE lease SET expires_at = least(expires_at, coalesce($4, statement_timestamp()))
         WHERE tenant = $1 AND instance = $2 AND epoch <= $3::text::numeric",
        &[&tenant.as_str(), &instance, &epoch.to_string(), &at],
    )
    .await?;
    if released > 0 {
        return Ok(());
    }
    let transaction = begin(client).await?;
    refuse_later(epoch_of(&transaction, tenant, instance).await?, epoch)
}

pub(super) async fn list(
    client: &Client,
    tenant: &TenantId,
    asked: &DeploymentQuery,
    at: Option<DateTime<Utc>>,
) -> Result<Vec<Deployment>, Failure> {
    let DeploymentQuery { instance, domain, environment, address, live, after, limit } = asked;
    let rows = query(
        client,
        "SELECT instance, announcement, seen_at, expires_at > coalesce($2, statement_timestamp()) AS live
         FROM lease
         WHERE tenant = $1
           AND expires_at > coalesce($2, statement_timestamp()) - make_interval(hours => $3)
           AND ($4::text IS NULL OR domain = $4) AND ($5::text IS NULL OR environment = $5)
           AND ($6::text IS NULL OR instance = ANY (ARRAY(SELECT mesh_serving($6))))
           AND ($7::boolean IS NULL OR (expires_at > coalesce($2, statement_timestamp())) = $7)
           AND instance > $8 AND ($10::text IS NULL OR instance = $10)
         ORDER BY instance LIMIT $9",
        &[
            &tenant.as_str(),
            &at,
            &REMEMBERED_HOURS,
            &domain.as_ref().map(ToString::to_string),
            &environment.as_ref().map(EnvironmentName::as_str),
            &address.as_ref().map(ToString::to_string),
            live,
            &plain(after.as_deref().unwrap_or_default()),
            &count(*limit),
            &instance.as_deref().map(plain),
        ],
    )
    .await?;
    let deployment = |row: &Row| {
        Ok(Deployment {
            instance: row.try_get("instance")?,
            announcement: json(row, "announcement")?,
            seen_at: row.try_get("seen_at")?,
            live: row.try_get("live")?,
        })
    };
    rows.iter().map(deployment).collect()
}
