//! Who relies on what, and what runs where. A change of either moves the products that it is about on by a revision: whoever
//! decides on a publish meanwhile decides again.

use chrono::{DateTime, Utc};
use mesh_contract::{Address, ConsumerName, EnvironmentName, Expectation};
use rusqlite::{Connection, OptionalExtension as _, Row, named_params, params};

use super::super::{
    Deployed, DeployedQuery, EventKind, ExpectationKey, ExpectationQuery, NewEvent, RecordedDeployment,
    RegisteredExpectation, StoreError, TenantId,
};
use super::events::note;
use super::row::{json, json_text, parsed, time, time_text};
use super::write::audit;

pub(super) fn put_expectation(
    connection: &Connection,
    tenant: &TenantId,
    expectation: &Expectation,
    request_id: Option<&str>,
    now: DateTime<Utc>,
) -> Result<RegisteredExpectation, StoreError> {
    let (consumer, address) = (expectation.consumer.to_string(), expectation.address.to_string());
    let version = expectation.consumer_version.as_deref().unwrap_or("");
    let environment = expectation.environment.as_ref().map_or("", EnvironmentName::as_str);
    let purpose = expectation.purpose.as_deref().unwrap_or("");
    let (document, at) = (json_text(expectation)?, time_text(now));
    let standing = connection
        .prepare_cached(
            "SELECT document, registered_at FROM expectation
             WHERE tenant = ?1 AND consumer = ?2 AND address = ?3
               AND consumer_version = ?4 AND environment = ?5 AND purpose = ?6",
        )?
        .query_row(params![tenant.as_str(), consumer, address, version, environment, purpose], |row| {
            Ok((row.get::<_, String>("document")?, time(row, "registered_at")?))
        })
        .optional()?;
    // Readers register at every start; what they said before is not news.
    if let Some((_, registered_at)) = standing.filter(|(standing, _)| *standing == document) {
        return Ok(RegisteredExpectation { expectation: expectation.clone(), registered_at });
    }
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO expectation
                (tenant, consumer, address, consumer_version, environment, purpose, fields, document, registered_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            tenant.as_str(),
            consumer,
            address,
            version,
            environment,
            purpose,
            json_text(&expectation.fields)?,
            document,
            at
        ])?;
    connection
        .prepare_cached("UPDATE product SET revision = revision + 1 WHERE tenant = ?1 AND address = ?2")?
        .execute(params![tenant.as_str(), address])?;
    let subject = format!("{consumer} reads {address}");
    audit(connection, tenant.as_str(), "expect", &subject, None, request_id, &at)?;
    let event = NewEvent::expectation(EventKind::ExpectationRegistered, expectation);
    note(connection, tenant.as_str(), &event, &at)?;
    Ok(RegisteredExpectation { expectation: expectation.clone(), registered_at: now })
}

pub(super) fn remove_expectations(
    connection: &Connection,
    tenant: &TenantId,
    key: &ExpectationKey,
    request_id: Option<&str>,
    now: DateTime<Utc>,
) -> Result<usize, StoreError> {
    let ExpectationKey { consumer, address, consumer_version, environment, purpose } = key;
    let (consumer, address) = (consumer.to_string(), address.to_string());
    let removed: Vec<Expectation> = connection
        .prepare_cached(
            "DELETE FROM expectation
             WHERE tenant = ?1 AND consumer = ?2 AND address = ?3 AND (?4 IS NULL OR environment = ?4)
               AND (?5 IS NULL OR purpose = ?5) AND (?6 IS NULL OR consumer_version = ?6)
             RETURNING document",
        )?
        .query_map(
            params![
                tenant.as_str(),
                consumer,
                address,
                environment.as_ref().map(EnvironmentName::as_str),
                purpose,
                consumer_version
            ],
            |row| json(row, "document"),
        )?
        .collect::<Result<_, _>>()?;
    if !removed.is_empty() {
        let (subject, at) = (format!("{consumer} reads {address}"), time_text(now));
        audit(connection, tenant.as_str(), "forget", &subject, None, request_id, &at)?;
        for expectation in &removed {
            let event = NewEvent::expectation(EventKind::ExpectationRemoved, expectation);
            note(connection, tenant.as_str(), &event, &at)?;
        }
    }
    Ok(removed.len())
}

pub(super) fn expectations(
    connection: &Connection,
    tenant: &TenantId,
    query: &ExpectationQuery,
) -> Result<Vec<RegisteredExpectation>, StoreError> {
    let ExpectationQuery { consumer, address, skip, limit } = query;
    let found = connection
        .prepare_cached(
            "SELECT document, registered_at FROM expectation
             WHERE tenant = ?1 AND (?2 IS NULL OR consumer = ?2) AND (?3 IS NULL OR address = ?3)
             ORDER BY consumer, address, environment, purpose, consumer_version LIMIT ?4 OFFSET ?5",
        )?
        .query_map(
            params![
                tenant.as_str(),
                consumer.as_ref().map(ConsumerName::as_str),
                address.as_ref().map(ToString::to_string),
                limit,
                skip
            ],
            |row| {
                Ok(RegisteredExpectation {
                    expectation: json(row, "document")?,
                    registered_at: time(row, "registered_at")?,
                })
            },
        )?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

pub(super) fn put_deployed(
    connection: &Connection,
    tenant: &TenantId,
    deployed: &Deployed,
    request_id: Option<&str>,
    now: DateTime<Utc>,
) -> Result<RecordedDeployment, StoreError> {
    let Deployed { subject, version, line, environment } = deployed;
    let standing = connection
        .prepare_cached(
            "SELECT subject, version, line, environment, recorded_at FROM deployed
             WHERE tenant = ?1 AND environment = ?2 AND subject = ?3 AND line = ?4 AND version = ?5",
        )?
        .query_row(params![tenant.as_str(), environment.as_str(), subject.as_str(), line, version], recorded)
        .optional()?;
    if let Some(standing) = standing {
        return Ok(standing);
    }
    let at = time_text(now);
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO deployed (tenant, environment, subject, line, version, recorded_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![tenant.as_str(), environment.as_str(), subject.as_str(), line, version, at])?;
    move_on(connection, tenant, subject)?;
    audit(connection, tenant.as_str(), "deploy", &told(deployed), None, request_id, &at)?;
    note(connection, tenant.as_str(), &NewEvent::deployment(EventKind::DeploymentRecorded, deployed), &at)?;
    Ok(RecordedDeployment { deployed: deployed.clone(), recorded_at: now })
}

pub(super) fn remove_deployed(
    connection: &Connection,
    tenant: &TenantId,
    deployed: &Deployed,
    request_id: Option<&str>,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let Deployed { subject, version, line, environment } = deployed;
    let removed = connection
        .prepare_cached(
            "DELETE FROM deployed
             WHERE tenant = ?1 AND environment = ?2 AND subject = ?3 AND line = ?4 AND version = ?5",
        )?
        .execute(params![tenant.as_str(), environment.as_str(), subject.as_str(), line, version])?;
    if removed > 0 {
        move_on(connection, tenant, subject)?;
        let at = time_text(now);
        audit(connection, tenant.as_str(), "undeploy", &told(deployed), None, request_id, &at)?;
        let event = NewEvent::deployment(EventKind::DeploymentRemoved, deployed);
        note(connection, tenant.as_str(), &event, &at)?;
    }
    Ok(removed > 0)
}

/// Moves on every product that somebody reads.
fn move_on(connection: &Connection, tenant: &TenantId, reader: &ConsumerName) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE product SET revision = revision + 1
             WHERE tenant = ?1
               AND address IN (SELECT address FROM expectation WHERE tenant = ?1 AND consumer = ?2)",
        )?
        .execute(params![tenant.as_str(), reader.as_str()])
        .map(drop)
}

fn told(deployed: &Deployed) -> String {
    let Deployed { subject, version, line: _, environment } = deployed;
    format!("{subject}@{version} in {environment}")
}

pub(super) fn deployed(
    connection: &Connection,
    tenant: &TenantId,
    query: &DeployedQuery,
) -> Result<Vec<RecordedDeployment>, StoreError> {
    let DeployedQuery { subject, readers_of, environment, skip, limit } = query;
    let found = connection
        .prepare_cached(
            "SELECT subject, version, line, environment, recorded_at FROM deployed d
             WHERE tenant = :tenant AND (:subject IS NULL OR subject = :subject)
               AND (:environment IS NULL OR environment = :environment)
               AND (:address IS NULL OR EXISTS (SELECT 1 FROM expectation e
                        WHERE e.tenant = d.tenant AND e.address = :address AND e.consumer = d.subject))
             ORDER BY environment, subject, line LIMIT :limit OFFSET :skip",
        )?
        .query_map(
            named_params! {
                ":tenant": tenant.as_str(),
                ":subject": subject.as_ref().map(ConsumerName::as_str),
                ":environment": environment.as_ref().map(EnvironmentName::as_str),
                ":address": readers_of.as_ref().map(Address::to_string),
                ":limit": limit,
                ":skip": skip,
            },
            recorded,
        )?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

fn recorded(row: &Row<'_>) -> rusqlite::Result<RecordedDeployment> {
    Ok(RecordedDeployment {
        deployed: Deployed {
            subject: parsed(row, "subject")?,
            version: row.get("version")?,
            line: row.get("line")?,
            environment: parsed(row, "environment")?,
        },
        recorded_at: time(row, "recorded_at")?,
    })
}
