//! What runs where. A record moves the products that it reads on by a revision, as an expectation does.

use chrono::{DateTime, Utc};
use deadpool_postgres::{Client, Transaction};
use mesh_contract::{ConsumerName, EnvironmentName};
use tokio_postgres::Row;

use super::super::{Deployed, DeployedQuery, EventKind, NewEvent, RecordedDeployment, TenantId};
use super::failure::Failure;
use super::feed::note;
use super::reader::alone_with;
use super::row::{count, parsed, plain};
use super::statement::{begin, one_within, query, within};
use super::write::audit;

pub(super) async fn put_deployed(
    client: &mut Client,
    tenant: &TenantId,
    deployed: &Deployed,
    request_id: Option<&str>,
    at: Option<DateTime<Utc>>,
) -> Result<RecordedDeployment, Failure> {
    let Deployed { subject, version, line, environment } = deployed;
    let (version, line) = (&plain(version), &plain(line));
    let transaction = begin(client).await?;
    alone_with(&transaction, tenant, subject).await?;
    let standing = one_within(
        &transaction,
        "SELECT subject, version, line, environment, recorded_at FROM deployed
         WHERE tenant = $1 AND environment = $2 AND subject = $3 AND line = $4 AND version = $5",
        &[&tenant.as_str(), &environment.as_str(), &subject.as_str(), line, version],
    )
    .await?;
    if let Some(row) = standing {
        return recorded(&row);
    }
    let row = one_within(
        &transaction,
        "INSERT INTO deployed (tenant, environment, subject, line, version, recorded_at)
         VALUES ($1, $2, $3, $4, $5, coalesce($6, clock_timestamp()))
         ON CONFLICT (tenant, environment, subject, line) DO UPDATE SET
            version = excluded.version, recorded_at = excluded.recorded_at
         RETURNING subject, version, line, environment, recorded_at",
        &[&tenant.as_str(), &environment.as_str(), &subject.as_str(), line, version, &at],
    )
    .await?;
    let recorded = recorded(&row.ok_or_else(|| Failure::unreadable("nothing was written"))?)?;
    move_on(&transaction, tenant, subject).await?;
    let at = Some(recorded.recorded_at);
    audit(&transaction, tenant.as_str(), "deploy", &plain(&told(deployed)), None, request_id, at).await?;
    let event = NewEvent::deployment(EventKind::DeploymentRecorded, deployed);
    note(&transaction, tenant.as_str(), &event, at).await?;
    transaction.commit().await?;
    Ok(recorded)
}

pub(super) async fn remove_deployed(
    client: &mut Client,
    tenant: &TenantId,
    deployed: &Deployed,
    request_id: Option<&str>,
    at: Option<DateTime<Utc>>,
) -> Result<bool, Failure> {
    let Deployed { subject, version, line, environment } = deployed;
    let (version, line) = (&plain(version), &plain(line));
    let transaction = begin(client).await?;
    alone_with(&transaction, tenant, subject).await?;
    let removed = within(
        &transaction,
        "DELETE FROM deployed
         WHERE tenant = $1 AND environment = $2 AND subject = $3 AND line = $4 AND version = $5",
        &[&tenant.as_str(), &environment.as_str(), &subject.as_str(), line, version],
    )
    .await?;
    if removed > 0 {
        move_on(&transaction, tenant, subject).await?;
        audit(&transaction, tenant.as_str(), "undeploy", &plain(&told(deployed)), None, request_id, at)
            .await?;
        let event = NewEvent::deployment(EventKind::DeploymentRemoved, deployed);
        note(&transaction, tenant.as_str(), &event, at).await?;
        transaction.commit().await?;
    }
    Ok(removed > 0)
}

/// Moves on every product that somebody reads, in an order in which two of these never wait for each other.
async fn move_on(
    transaction: &Transaction<'_>,
    tenant: &TenantId,
    reader: &ConsumerName,
) -> Result<(), Failure> {
    within(
        transaction,
        "WITH read AS (
            SELECT address FROM product
            WHERE tenant = $1
              AND address IN (SELECT address FROM expectation WHERE tenant = $1 AND consumer = $2)
            ORDER BY address FOR UPDATE
         )
         UPDATE product p SET revision = revision + 1
         FROM read WHERE p.tenant = $1 AND p.address = read.address",
        &[&tenant.as_str(), &reader.as_str()],
    )
    .await
    .map(drop)
}

fn told(deployed: &Deployed) -> String {
    let Deployed { subject, version, line: _, environment } = deployed;
    format!("{subject}@{version} in {environment}")
}

pub(super) async fn deployed(
    client: &Client,
    tenant: &TenantId,
    asked: &DeployedQuery,
) -> Result<Vec<RecordedDeployment>, Failure> {
    let DeployedQuery { subject, readers_of, environment, skip, limit } = asked;
    let rows = query(
        client,
        "SELECT subject, version, line, environment, recorded_at FROM deployed d
         WHERE tenant = $1 AND ($2::text IS NULL OR subject = $2) AND ($3::text IS NULL OR environment = $3)
           AND ($4::text IS NULL OR EXISTS (SELECT 1 FROM expectation e
                    WHERE e.tenant = d.tenant AND e.address = $4 AND e.consumer = d.subject))
         ORDER BY environment, subject, line LIMIT $5 OFFSET $6",
        &[
            &tenant.as_str(),
            &subject.as_ref().map(ConsumerName::as_str),
            &environment.as_ref().map(EnvironmentName::as_str),
            &readers_of.as_ref().map(ToString::to_string),
            &count(*limit),
            &count(*skip),
        ],
    )
    .await?;
    rows.iter().map(recorded).collect()
}

fn recorded(row: &Row) -> Result<RecordedDeployment, Failure> {
    Ok(RecordedDeployment {
        deployed: Deployed {
            subject: parsed(row, "subject")?,
            version: row.try_get("version")?,
            line: row.try_get("line")?,
            environment: parsed(row, "environment")?,
        },
        recorded_at: row.try_get("recorded_at")?,
    })
}
