//! The writes, each within the transaction that the writer has opened.

use chrono::{DateTime, Utc};
use mesh_contract::{Address, Expectation};
use rusqlite::{Connection, OptionalExtension as _, named_params, params};

use super::super::{
    Commit, DomainRecord, ExpectationKey, Head, RegisteredExpectation, StoreError, TenantId, Version,
};
use super::row::{json_text, stage_text, time, time_text};

pub(super) fn commit(
    connection: &Connection,
    tenant: &TenantId,
    commit: Commit,
    now: DateTime<Utc>,
) -> Result<Version, StoreError> {
    let Commit { address, revision, version, stage, digest, promise, document, head, request_id } = commit;
    let tenant = tenant.as_str();
    let place = (address.to_string(), version.to_string());
    let (digest_text, stage_word, at) = (digest.to_string(), stage_text(stage), time_text(now));

    let id = advance(connection, tenant, &address, &place.1, stage_word, revision, head.as_deref())?;
    connection
        .prepare_cached(
            "INSERT INTO contract (tenant, digest, document) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        )?
        .execute(params![tenant, digest_text, &document[..]])?;
    // The condition is the store's own: whatever a caller believes, a released version is never written over.
    let written = connection
        .prepare_cached(
            "INSERT INTO version (tenant, address, version, digest, promise, stage, published_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT DO UPDATE SET
                digest = excluded.digest, promise = excluded.promise,
                stage = excluded.stage, published_at = excluded.published_at
             WHERE version.stage = 'draft'",
        )?
        .execute(params![tenant, place.0, place.1, digest_text, promise.to_string(), stage_word, at])?;
    if written == 0 {
        return Err(StoreError::AlreadyExists);
    }
    if let Some(head) = &head {
        write_head(connection, tenant, &place, stage_word, id, head)?;
    }
    connection
        .prepare_cached(
            "INSERT INTO change (tenant, address, version, digest, stage, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![tenant, place.0, place.1, digest_text, stage_word, at])?;
    let action = format!("publish-{stage_word}");
    let subject = format!("{address}@{version}");
    audit(connection, tenant, &action, &subject, Some(&digest_text), request_id.as_deref(), &at)?;
    Ok(Version { version, digest, promise, stage, published_at: now })
}

/// Moves a product on by one revision, if it stands where the caller saw it. Gives the row's number.
fn advance(
    connection: &Connection,
    tenant: &str,
    address: &Address,
    version: &str,
    stage: &str,
    revision: u64,
    head: Option<&Head>,
) -> Result<i64, StoreError> {
    let found = connection
        .prepare_cached("SELECT id, revision FROM product WHERE tenant = ?1 AND address = ?2")?
        .query_row(params![tenant, address.to_string()], |row| Ok((row.get(0)?, row.get::<_, u64>(1)?)))
        .optional()?;
    let current = found.map_or(0, |(_, current)| current);
    if current != revision {
        return Err(StoreError::Conflict { current });
    }
    match (found, head) {
        (Some((id, _)), _) => {
            connection
                .prepare_cached("UPDATE product SET revision = revision + 1 WHERE id = ?1")?
                .execute([id])?;
            Ok(id)
        }
        (None, Some(_)) => {
            connection
                .prepare_cached(
                    "INSERT INTO product (tenant, address, domain, revision, version, stage, description, kind,
                        service, owner, stability, tags, ports, deprecated)
                     VALUES (?1, ?2, ?3, 1, ?4, ?5, '', '', '', '', '', '', '', 0)",
                )?
                .execute(params![tenant, address.to_string(), address.domain().as_str(), version, stage])?;
            Ok(connection.last_insert_rowid())
        }
        (None, None) => Err(StoreError::unavailable("the first version of a product is its newest")),
    }
}

fn write_head(
    connection: &Connection,
    tenant: &str,
    (address, version): &(String, String),
    stage: &str,
    id: i64,
    head: &Head,
) -> Result<(), StoreError> {
    let Head { description, kind, stability, tags, ports, deprecated, fields, inputs, domain } = head;
    let service = domain.services.first().map(|service| service.name.as_str()).unwrap_or_default();
    connection
        .prepare_cached(
            "UPDATE product SET version = :version, stage = :stage, description = :description, kind = :kind, service = :service, owner = :owner,
                stability = :stability, tags = :tags, ports = :ports, deprecated = :deprecated
             WHERE id = :id",
        )?
        .execute(named_params! {
            ":version": version,
            ":stage": stage,
            ":description": description,
            ":kind": kind.as_str(),
            ":service": service,
            ":owner": domain.owner,
            ":stability": stability.as_str(),
            ":tags": json_text(tags)?,
            ":ports": json_text(ports)?,
            ":deprecated": deprecated,
            ":id": id,
        })?;
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO product_search (rowid, address, description, fields, tags, owner)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![id, address, description, fields, tags.join("\n"), domain.owner])?;
    connection
        .prepare_cached("DELETE FROM input WHERE tenant = ?1 AND address = ?2")?
        .execute(params![tenant, address])?;
    for input in inputs {
        connection
            .prepare_cached(
                "INSERT OR REPLACE INTO input (tenant, address, source, fields) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![tenant, address, input.address.to_string(), json_text(&input.fields)?])?;
    }
    write_domain(connection, tenant, domain)
}

fn write_domain(connection: &Connection, tenant: &str, domain: &DomainRecord) -> Result<(), StoreError> {
    let DomainRecord { name, description, owner, contact, services, products: _ } = domain;
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO domain (tenant, name, description, owner, contact) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![tenant, name.as_str(), description, owner, contact])?;
    for service in services {
        connection
            .prepare_cached(
                "INSERT OR REPLACE INTO service (tenant, domain, name, description, shared_with)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
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

pub(super) fn put_expectation(
    connection: &Connection,
    tenant: &TenantId,
    expectation: Expectation,
    request_id: Option<String>,
    now: DateTime<Utc>,
) -> Result<RegisteredExpectation, StoreError> {
    let (consumer, address) = (expectation.consumer.to_string(), expectation.address.to_string());
    let environment = expectation.environment.as_ref().map_or("", |name| name.as_str());
    let purpose = expectation.purpose.as_deref().unwrap_or("");
    let (document, at) = (json_text(&expectation)?, time_text(now));
    let standing = connection
        .prepare_cached(
            "SELECT document, registered_at FROM expectation
             WHERE tenant = ?1 AND consumer = ?2 AND address = ?3 AND environment = ?4 AND purpose = ?5",
        )?
        .query_row(params![tenant.as_str(), consumer, address, environment, purpose], |row| {
            Ok((row.get::<_, String>("document")?, time(row, "registered_at")?))
        })
        .optional()?;
    // Readers register at every start; what they said before is not news.
    if let Some((_, registered_at)) = standing.filter(|(standing, _)| *standing == document) {
        return Ok(RegisteredExpectation { expectation, registered_at });
    }
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO expectation
                (tenant, consumer, address, environment, purpose, fields, document, registered_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            tenant.as_str(),
            consumer,
            address,
            environment,
            purpose,
            json_text(&expectation.fields)?,
            document,
            at
        ])?;
    let subject = format!("{consumer} reads {address}");
    audit(connection, tenant.as_str(), "expect", &subject, None, request_id.as_deref(), &at)?;
    Ok(RegisteredExpectation { expectation, registered_at: now })
}

pub(super) fn remove_expectations(
    connection: &Connection,
    tenant: &TenantId,
    key: &ExpectationKey,
    request_id: Option<String>,
    now: DateTime<Utc>,
) -> Result<usize, StoreError> {
    let ExpectationKey { consumer, address, environment, purpose } = key;
    let (consumer, address) = (consumer.to_string(), address.to_string());
    let removed = connection
        .prepare_cached(
            "DELETE FROM expectation
             WHERE tenant = ?1 AND consumer = ?2 AND address = ?3
               AND (?4 IS NULL OR environment = ?4) AND (?5 IS NULL OR purpose = ?5)",
        )?
        .execute(params![
            tenant.as_str(),
            consumer,
            address,
            environment.as_ref().map(|name| name.as_str()),
            purpose
        ])?;
    if removed > 0 {
        let subject = format!("{consumer} reads {address}");
        let at = time_text(now);
        audit(connection, tenant.as_str(), "forget", &subject, None, request_id.as_deref(), &at)?;
    }
    Ok(removed)
}

fn audit(
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
