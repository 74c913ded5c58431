//! The writes, each within the transaction that the writer has opened. A refusal comes before the first of its writes, so it
//! leaves nothing behind.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension as _, named_params, params};

use super::super::{Commit, DomainRecord, Head, InputRecord, NewEvent, Stage, StoreError, TenantId, Version};
use super::events::note;
use super::row::{json_text, stage_text, time_text};
use super::{lifecycle as lives, search_index};

pub(super) fn commit(
    connection: &Connection,
    tenant: &TenantId,
    commit: &Commit,
    now: DateTime<Utc>,
) -> Result<Version, StoreError> {
    let Commit { address, revision, version, stage, digest, promise, document, lifecycle, head, request_id } =
        commit;
    let tenant = tenant.as_str();
    let (address, number) = (address.to_string(), version.to_string());
    let (digest_text, stage_word, at) = (digest.to_string(), stage_text(*stage), time_text(now));

    let standing = standing(connection, tenant, &address)?;
    let current = standing.as_ref().map_or(0, |standing| standing.revision);
    if current != *revision {
        return Err(StoreError::Conflict { current });
    }
    // Whoever knows a product's revision knows who owns it. A new product has none.
    if let (None, Some(head)) = (&standing, head) {
        let owner: Option<String> = connection
            .prepare_cached("SELECT owner FROM domain WHERE tenant = ?1 AND name = ?2")?
            .query_row(params![tenant, head.domain.name.as_str()], |row| row.get(0))
            .optional()?;
        if let Some(owner) = owner.filter(|owner| *owner != head.domain.owner) {
            return Err(StoreError::OwnedBy { owner });
        }
    }
    // The condition is the store's own: whatever a caller believes, a released version is never written over.
    let written = connection
        .prepare_cached(
            "INSERT INTO version (tenant, address, version, digest, promise, stage, published_at, lifecycle)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT DO UPDATE SET
                digest = excluded.digest, promise = excluded.promise, stage = excluded.stage,
                published_at = excluded.published_at, lifecycle = excluded.lifecycle
             WHERE version.stage = 'draft'",
        )?
        .execute(params![
            tenant,
            address,
            number,
            digest_text,
            promise.to_string(),
            stage_word,
            at,
            lives::text(lifecycle)?
        ])?;
    if written == 0 {
        return Err(StoreError::AlreadyExists);
    }
    connection
        .prepare_cached(
            "INSERT INTO contract (tenant, digest, document, released) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET released = 1 WHERE excluded.released AND NOT contract.released",
        )?
        .execute(params![tenant, digest_text, &document[..], *stage == Stage::Released])?;
    match (standing, head) {
        (standing, Some(head)) => {
            let shown = Shown { tenant, address: &address, version: &number, stage: stage_word, head };
            shown.write(connection, standing.as_ref())?;
        }
        (Some(Standing { id, .. }), None) => {
            connection
                .prepare_cached("UPDATE product SET revision = revision + 1 WHERE id = ?1")?
                .execute([id])?;
        }
        (None, None) => {
            return Err(StoreError::unavailable("the first version of a product is its newest"));
        }
    }
    note(connection, tenant, &NewEvent::published(commit), &at)?;
    let action = format!("publish-{stage_word}");
    let subject = format!("{address}@{number}");
    audit(connection, tenant, &action, &subject, Some(&digest_text), request_id.as_deref(), &at)?;
    Ok(Version {
        version: version.clone(),
        digest: *digest,
        promise: *promise,
        stage: *stage,
        published_at: now,
        lifecycle: lifecycle.clone(),
    })
}

/// A product as it stands before a commit.
pub(super) struct Standing {
    id: i64,
    pub(super) revision: u64,
    service: String,
}

pub(super) fn standing(
    connection: &Connection,
    tenant: &str,
    address: &str,
) -> rusqlite::Result<Option<Standing>> {
    connection
        .prepare_cached("SELECT id, revision, service FROM product WHERE tenant = ?1 AND address = ?2")?
        .query_row(params![tenant, address], |row| {
            Ok(Standing { id: row.get(0)?, revision: row.get(1)?, service: row.get(2)? })
        })
        .optional()
}

/// What a product shows from now on.
pub(super) struct Shown<'a> {
    pub(super) tenant: &'a str,
    pub(super) address: &'a str,
    pub(super) version: &'a str,
    pub(super) stage: &'a str,
    pub(super) head: &'a Head,
}

impl Shown<'_> {
    /// Moves the product on by one revision and writes what it shows.
    pub(super) fn write(
        &self,
        connection: &Connection,
        standing: Option<&Standing>,
    ) -> Result<(), StoreError> {
        let id = self.write_product(connection, standing)?;
        search_index::note(connection, id, self.address, self.head)?;
        self.write_inputs(connection)?;
        write_domain(connection, self.tenant, &self.head.domain)
    }

    fn write_product(&self, connection: &Connection, standing: Option<&Standing>) -> Result<i64, StoreError> {
        let Self { tenant, address, version, stage, head } = self;
        let Head { description, kind, stability, tags, ports, deprecated, fields: _, inputs: _, domain } =
            head;
        let service = domain.services.first().map(|service| service.name.as_str()).unwrap_or_default();
        let (tags, ports) = (json_text(tags)?, json_text(ports)?);
        let Some(Standing { id, service: standing, .. }) = standing else {
            connection
                .prepare_cached(
                    "INSERT INTO product (tenant, address, domain, revision, version, stage, description, kind,
                        service, owner, stability, tags, ports, deprecated)
                     VALUES (:tenant, :address, :domain, 1, :version, :stage, :description, :kind,
                        :service, :owner, :stability, :tags, :ports, :deprecated)",
                )?
                .execute(named_params! {
                    ":tenant": tenant,
                    ":address": address,
                    ":domain": domain.name.as_str(),
                    ":version": version,
                    ":stage": stage,
                    ":description": description,
                    ":kind": kind.as_str(),
                    ":service": service,
                    ":owner": domain.owner,
                    ":stability": stability.as_str(),
                    ":tags": tags,
                    ":ports": ports,
                    ":deprecated": deprecated,
                })?;
            return Ok(connection.last_insert_rowid());
        };
        connection
            .prepare_cached(
                "UPDATE product SET revision = revision + 1, version = :version, stage = :stage,
                    description = :description, kind = :kind, owner = :owner, stability = :stability,
                    tags = :tags, ports = :ports, deprecated = :deprecated
                 WHERE id = :id",
            )?
            .execute(named_params! {
                ":version": version,
                ":stage": stage,
                ":description": description,
                ":kind": kind.as_str(),
                ":owner": domain.owner,
                ":stability": stability.as_str(),
                ":tags": tags,
                ":ports": ports,
                ":deprecated": deprecated,
                ":id": id,
            })?;
        // By itself, because setting it moves the product in an index even when it stays the same.
        if service != standing {
            connection
                .prepare_cached("UPDATE product SET service = ?1 WHERE id = ?2")?
                .execute(params![service, id])?;
        }
        Ok(*id)
    }

    fn write_inputs(&self, connection: &Connection) -> Result<(), StoreError> {
        let Self { tenant, address, head, .. } = self;
        connection
            .prepare_cached("DELETE FROM input WHERE tenant = ?1 AND address = ?2")?
            .execute(params![tenant, address])?;
        for InputRecord { address: source, fields } in &head.inputs {
            connection
                .prepare_cached(
                    "INSERT OR REPLACE INTO input (tenant, address, source, fields) VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute(params![tenant, address, source.to_string(), json_text(fields)?])?;
        }
        Ok(())
    }
}

/// Nearly every publish tells of domain and service what the one before it told, and then nothing is written. Who owns a
/// domain is told once, and never by a publish again.
fn write_domain(connection: &Connection, tenant: &str, domain: &DomainRecord) -> Result<(), StoreError> {
    let DomainRecord { name, description, owner, contact, services, products: _ } = domain;
    connection
        .prepare_cached(
            "INSERT INTO domain (tenant, name, description, owner, contact) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET
                description = excluded.description, contact = excluded.contact
             WHERE (domain.description, domain.contact) IS NOT (excluded.description, excluded.contact)",
        )?
        .execute(params![tenant, name.as_str(), description, owner, contact])?;
    for service in services {
        connection
            .prepare_cached(
                "INSERT INTO service (tenant, domain, name, description, shared_with) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT DO UPDATE SET
                    description = excluded.description, shared_with = excluded.shared_with
                 WHERE (service.description, service.shared_with)
                    IS NOT (excluded.description, excluded.shared_with)",
            )?
            .execute(params![
                tenant,
                name.as_str(),
                service.name.as_str(),
                service.description,
                json_text(&service.shared_with)?
            ])?;
    }
    Ok(())
}

pub(super) fn audit(
    connection: &Connection,
    tenant: &str,
    action: &str,
    subject: &str,
    digest: Option<&str>,
    request_id: Option<&str>,
    at: &str,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO audit (tenant, at, action, subject, digest, request_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![tenant, at, action, subject, digest, request_id])
        .map(drop)
}
