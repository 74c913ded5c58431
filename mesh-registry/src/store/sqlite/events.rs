//! Events: written within the transaction that they tell of, read in the order of their numbers. One thread writes, so a
//! number that is given in a transaction becomes visible before any later one.

use rusqlite::{Connection, Row, params};

use super::super::{Event, EventKind, NewEvent, StoreError, TenantId};
use super::row::{json, json_text, parsed, time};

const EVENT: &str = "sequence, kind, subject, address, data, at";

/// Writes what happens within the open transaction.
pub(super) fn note(
    connection: &Connection,
    tenant: &str,
    event: &NewEvent,
    at: &str,
) -> rusqlite::Result<()> {
    let NewEvent { kind, subject, address, data } = event;
    connection
        .prepare_cached(
            "INSERT INTO event (tenant, kind, subject, address, data, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            tenant,
            kind.as_str(),
            subject,
            address.as_ref().map(ToString::to_string),
            json_text(data)?,
            at
        ])
        .map(drop)
}

pub(super) fn after(
    connection: &Connection,
    tenant: &TenantId,
    after: u64,
    limit: usize,
) -> Result<Vec<Event>, StoreError> {
    // A number that no event can have is behind them all.
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let found = connection
        .prepare_cached(&format!(
            "SELECT {EVENT} FROM event WHERE tenant = ?1 AND sequence > ?2 ORDER BY sequence LIMIT ?3"
        ))?
        .query_map(params![tenant.as_str(), after, limit], event)?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

pub(super) fn latest(
    connection: &Connection,
    tenant: &TenantId,
    kind: Option<&EventKind>,
    limit: usize,
) -> Result<Vec<Event>, StoreError> {
    let of_kind = if kind.is_some() { "kind = ?3" } else { "?3 IS NULL" };
    let found = connection
        .prepare_cached(&format!(
            "SELECT {EVENT} FROM event WHERE tenant = ?1 AND {of_kind} ORDER BY sequence DESC LIMIT ?2"
        ))?
        .query_map(params![tenant.as_str(), limit, kind.map(EventKind::as_str)], event)?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

fn event(row: &Row<'_>) -> rusqlite::Result<Event> {
    let address = row.get_ref("address")?.as_str_or_null()?.map(|_| parsed(row, "address")).transpose()?;
    Ok(Event {
        sequence: row.get("sequence")?,
        kind: parsed(row, "kind")?,
        subject: row.get("subject")?,
        address,
        data: json(row, "data")?,
        at: time(row, "at")?,
    })
}
