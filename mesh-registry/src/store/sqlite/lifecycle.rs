//! What becomes of versions, and who owns a domain: written like a commit, each in one transaction with its event.

use chrono::{DateTime, Utc};
use mesh_contract::{Address, DomainName};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::super::{Lifecycle, Ownership, OwnershipChange, Shown, StoreError, TenantId, Turn};
use super::events::note;
use super::row::{json_text, maybe_json, parsed, stage_text, time_text};
use super::write::{self, audit};

pub(super) fn turn(
    connection: &Connection,
    tenant: &TenantId,
    turn: &Turn,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let Turn { address, revision, lifecycles, shown, event, request_id } = turn;
    let (tenant, address) = (tenant.as_str(), address.to_string());
    let standing = write::standing(connection, tenant, &address)?;
    let current = standing.as_ref().map_or(0, |standing| standing.revision);
    if current != *revision {
        return Err(StoreError::Conflict { current });
    }
    for (version, _) in lifecycles {
        let there = connection
            .prepare_cached("SELECT 1 FROM version WHERE tenant = ?1 AND address = ?2 AND version = ?3")?
            .exists(params![tenant, address, version.to_string()])?;
        if !there {
            return Err(StoreError::NotFound);
        }
    }
    for (version, lifecycle) in lifecycles {
        connection
            .prepare_cached(
                "UPDATE version SET lifecycle = ?4 WHERE tenant = ?1 AND address = ?2 AND version = ?3",
            )?
            .execute(params![tenant, address, version.to_string(), text(lifecycle)?])?;
    }
    let Shown { version, stage, head } = shown;
    let (version, stage) = (version.to_string(), stage_text(*stage));
    let shown = write::Shown { tenant, address: &address, version: &version, stage, head };
    shown.write(connection, standing.as_ref())?;
    let at = time_text(now);
    note(connection, tenant, event, &at)?;
    audit(connection, tenant, event.kind.as_str(), &event.subject, None, request_id.as_deref(), &at)?;
    Ok(())
}

/// A lifecycle for its column.
pub(super) fn text(lifecycle: &Lifecycle) -> rusqlite::Result<Option<String>> {
    (!lifecycle.is_plain()).then(|| json_text(lifecycle)).transpose()
}

pub(super) fn turned(
    connection: &Connection,
    tenant: &TenantId,
    after: Option<&Address>,
    limit: usize,
) -> Result<Vec<Address>, StoreError> {
    let after = after.map(ToString::to_string).unwrap_or_default();
    let found = connection
        .prepare_cached(
            "SELECT DISTINCT address FROM version
             WHERE tenant = ?1 AND address > ?2 AND lifecycle IS NOT NULL ORDER BY address LIMIT ?3",
        )?
        .query_map(params![tenant.as_str(), after, limit], |row| parsed(row, "address"))?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

pub(super) fn ownership(
    connection: &Connection,
    tenant: &TenantId,
    domain: &DomainName,
) -> Result<Ownership, StoreError> {
    let found = connection
        .prepare_cached("SELECT owner, offered FROM domain WHERE tenant = ?1 AND name = ?2")?
        .query_row(params![tenant.as_str(), domain.as_str()], |row| {
            Ok(Ownership {
                domain: domain.clone(),
                owner: row.get("owner")?,
                offered: maybe_json(row, "offered")?,
            })
        })
        .optional()?;
    found.ok_or(StoreError::NotFound)
}

pub(super) fn change_ownership(
    connection: &Connection,
    tenant: &TenantId,
    change: &OwnershipChange,
    now: DateTime<Utc>,
) -> Result<Ownership, StoreError> {
    let OwnershipChange { from, owner, offered_to, event, request_id } = change;
    let domain = &from.domain;
    if ownership(connection, tenant, domain)? != *from {
        return Err(StoreError::Conflict { current: 0 });
    }
    let tenant = tenant.as_str();
    let offered = offered_to.clone().map(|to| (to, now));
    let offered_text = offered.as_ref().map(json_text).transpose()?;
    connection
        .prepare_cached("UPDATE domain SET owner = ?3, offered = ?4 WHERE tenant = ?1 AND name = ?2")?
        .execute(params![tenant, domain.as_str(), owner, offered_text])?;
    if *owner != from.owner {
        connection
            .prepare_cached(
                "UPDATE product SET revision = revision + 1, owner = ?3 WHERE tenant = ?1 AND domain = ?2",
            )?
            .execute(params![tenant, domain.as_str(), owner])?;
    }
    let at = time_text(now);
    note(connection, tenant, event, &at)?;
    audit(connection, tenant, event.kind.as_str(), &event.subject, None, request_id.as_deref(), &at)?;
    Ok(Ownership { domain: domain.clone(), owner: owner.clone(), offered })
}
