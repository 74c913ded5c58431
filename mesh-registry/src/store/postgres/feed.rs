//! Events in the order in which they became visible.
//!
//! A number taken within the transaction that an event tells of may become visible after a later one, and a follower that has
//! passed it by never sees it. A number taken under a lock that is held to the end of that transaction keeps the order, and
//! makes every publish wait for the sync of the one before. So an event waits without a number, and whoever reads the feed
//! first gives out the numbers, one reader at a time: what has a number by then was visible before, and what has none was
//! not shown to anybody.

use chrono::{DateTime, Utc};
use deadpool_postgres::{Client, Transaction};
use tokio_postgres::Row;

use super::super::{Event, EventKind, NewEvent, TenantId};
use super::failure::Failure;
use super::row::{count, json, json_text, number, parsed, plain};
use super::statement::{query, within};

/// So many events get their numbers in one transaction.
const BATCH: i64 = 10_000;

const EVENT: &str = "sequence, kind, subject, address, data, at";

/// Writes what happens within the transaction, where it waits for its number.
pub(super) async fn note(
    transaction: &Transaction<'_>,
    tenant: &str,
    event: &NewEvent,
    at: Option<DateTime<Utc>>,
) -> Result<(), Failure> {
    let NewEvent { kind, subject, address, data } = event;
    within(
        transaction,
        "INSERT INTO event_due (tenant, kind, subject, address, data, at)
         VALUES ($1, $2, $3, $4, $5, coalesce($6, clock_timestamp()))",
        &[
            &tenant,
            &kind.as_str(),
            &plain(subject),
            &address.as_ref().map(ToString::to_string),
            &json_text(data)?,
            &at,
        ],
    )
    .await
    .map(drop)
}

pub(super) async fn after(
    client: &mut Client,
    tenant: &TenantId,
    after: u64,
    limit: usize,
) -> Result<Vec<Event>, Failure> {
    give_numbers(client).await?;
    // A number that no event can have is behind them all.
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let rows = query(
        client,
        &format!("SELECT {EVENT} FROM event WHERE tenant = $1 AND sequence > $2 ORDER BY sequence LIMIT $3"),
        &[&tenant.as_str(), &after, &count(limit)],
    )
    .await?;
    rows.iter().map(event).collect()
}

pub(super) async fn latest(
    client: &mut Client,
    tenant: &TenantId,
    kind: Option<&EventKind>,
    limit: usize,
) -> Result<Vec<Event>, Failure> {
    give_numbers(client).await?;
    let of_kind = if kind.is_some() { "kind = $3" } else { "$3::text IS NULL" };
    let rows = query(
        client,
        &format!("SELECT {EVENT} FROM event WHERE tenant = $1 AND {of_kind} ORDER BY sequence DESC LIMIT $2"),
        &[&tenant.as_str(), &count(limit), &kind.map(EventKind::as_str)],
    )
    .await?;
    rows.iter().map(event).collect()
}

/// Gives a number to every event that was committed before, of whatever tenant; each tenant counts its own. Events of one product keep their order: each took its place
/// in the queue while it held the product.
pub(super) async fn give_numbers(client: &mut Client) -> Result<(), Failure> {
    loop {
        let rows = query(client, "SELECT mesh_give_numbers($1)", &[&BATCH]).await?;
        if rows.first().map_or(Ok(0), |row| row.try_get::<_, i64>(0))? < BATCH {
            return Ok(());
        }
    }
}

fn event(row: &Row) -> Result<Event, Failure> {
    let address: Option<&str> = row.try_get("address")?;
    Ok(Event {
        sequence: number(row, "sequence")?,
        kind: parsed(row, "kind")?,
        subject: row.try_get("subject")?,
        address: address.map(|text| text.parse().map_err(Failure::unreadable)).transpose()?,
        data: json(row, "data")?,
        at: row.try_get("at")?,
    })
}
