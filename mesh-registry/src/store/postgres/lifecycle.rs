//! What becomes of versions, and who owns a domain: written like a commit, each in one transaction with its event.

use chrono::{DateTime, Utc};
use deadpool_postgres::Client;
use mesh_contract::{Address, DomainName};
use tokio_postgres::Row;

use super::super::{Lifecycle, Ownership, OwnershipChange, Shown, StoreError, TenantId, Turn};
use super::failure::Failure;
use super::feed::note;
use super::head;
use super::row::{count, json_text, maybe_json, number, parsed, plain, stage_text};
use super::statement::{begin, one_within, query, within};
use super::write::audit;

pub(super) async fn turn(
    client: &mut Client,
    tenant: &TenantId,
    turn: &Turn,
    at: Option<DateTime<Utc>>,
) -> Result<(), Failure> {
    let Turn { address, revision, lifecycles, shown, event, request_id } = turn;
    let transaction = begin(client).await?;
    let (tenant, address) = (tenant.as_str(), address.to_string());
    let row = one_within(
        &transaction,
        "SELECT revision, service FROM product WHERE tenant = $1 AND address = $2 FOR UPDATE",
        &[&tenant, &address],
    )
    .await?;
    let current = row.as_ref().map_or(Ok(0), |row| number(row, "revision"))?;
    let (Some(row), true) = (row, current == *revision) else {
        return Err(StoreError::Conflict { current }.into());
    };
    for (version, lifecycle) in lifecycles {
        let written = within(
            &transaction,
            "UPDATE version SET lifecycle = $4 WHERE tenant = $1 AND address = $2 AND version = $3",
            &[&tenant, &address, &version.to_string(), &text(lifecycle)?],
        )
        .await?;
        if written == 0 {
            return Err(StoreError::NotFound.into());
        }
    }
    let Shown { version, stage, head } = shown;
    let (version, stage) = (version.to_string(), stage_text(*stage));
    let shown = head::Shown { tenant, address: &address, version: &version, stage, head };
    shown.update_product(&transaction, row.try_get("service")?).await?;
    shown.write_rest(&transaction).await?;
    note(&transaction, tenant, event, at).await?;
    audit(&transaction, tenant, event.kind.as_str(), &event.subject, None, request_id.as_deref(), at).await?;
    Ok(transaction.commit().await?)
}

/// A lifecycle for its column.
pub(super) fn text(lifecycle: &Lifecycle) -> Result<Option<String>, Failure> {
    (!lifecycle.is_plain()).then(|| json_text(lifecycle).map(|text| plain(&text))).transpose()
}

pub(super) async fn turned(
    client: &Client,
    tenant: &TenantId,
    after: Option<&Address>,
    limit: usize,
) -> Result<Vec<Address>, Failure> {
    let rows = query(
        client,
        "SELECT DISTINCT address FROM version
         WHERE tenant = $1 AND address > $2 AND lifecycle IS NOT NULL ORDER BY address LIMIT $3",
        &[&tenant.as_str(), &after.map(ToString::to_string).unwrap_or_default(), &count(limit)],
    )
    .await?;
    rows.iter().map(|row| parsed(row, "address")).collect()
}

pub(super) async fn ownership(
    client: &Client,
    tenant: &TenantId,
    domain: &DomainName,
) -> Result<Ownership, Failure> {
    let sql = "SELECT owner, offered FROM domain WHERE tenant = $1 AND name = $2";
    let rows = query(client, sql, &[&tenant.as_str(), &domain.as_str()]).await?;
    owned(domain, rows.first())
}

fn owned(domain: &DomainName, row: Option<&Row>) -> Result<Ownership, Failure> {
    let row = row.ok_or(Failure::Refused(StoreError::NotFound))?;
    let (owner, offered) = (row.try_get("owner")?, maybe_json(row, "offered")?);
    Ok(Ownership { domain: domain.clone(), owner, offered })
}

pub(super) async fn change_ownership(
    client: &mut Client,
    tenant: &TenantId,
    change: &OwnershipChange,
    now: DateTime<Utc>,
    at: Option<DateTime<Utc>>,
) -> Result<Ownership, Failure> {
    let OwnershipChange { from, owner, offered_to, event, request_id } = change;
    let domain = &from.domain;
    let transaction = begin(client).await?;
    let tenant = tenant.as_str();
    let row = one_within(
        &transaction,
        "SELECT owner, offered FROM domain WHERE tenant = $1 AND name = $2 FOR UPDATE",
        &[&tenant, &domain.as_str()],
    )
    .await?;
    if owned(domain, row.as_ref())? != *from {
        return Err(StoreError::Conflict { current: 0 }.into());
    }
    let (owner, offered) = (plain(owner), offered_to.as_deref().map(|to| (plain(to), now)));
    within(
        &transaction,
        "UPDATE domain SET owner = $3, offered = $4 WHERE tenant = $1 AND name = $2",
        &[&tenant, &domain.as_str(), &owner, &offered.as_ref().map(json_text).transpose()?],
    )
    .await?;
    if owner != from.owner {
        within(
            &transaction,
            "UPDATE product SET revision = revision + 1, owner = $3 WHERE tenant = $1 AND domain = $2",
            &[&tenant, &domain.as_str(), &owner],
        )
        .await?;
    }
    note(&transaction, tenant, event, at).await?;
    audit(&transaction, tenant, event.kind.as_str(), &event.subject, None, request_id.as_deref(), at).await?;
    transaction.commit().await?;
    Ok(Ownership { domain: domain.clone(), owner, offered })
}
