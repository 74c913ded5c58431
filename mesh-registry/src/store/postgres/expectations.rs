//! Who relies on what. News of a reader moves the product that it reads on by a revision: whoever decides on a publish
//! meanwhile decides again.

use chrono::{DateTime, Utc};
use deadpool_postgres::Client;
use mesh_contract::{ConsumerName, EnvironmentName, Expectation};
use tokio_postgres::Row;

use super::super::{EventKind, ExpectationKey, ExpectationQuery, NewEvent, RegisteredExpectation, TenantId};
use super::failure::Failure;
use super::feed::note;
use super::reader::alone_with;
use super::row::{count, json, json_text, plain};
use super::statement::{all_within, begin, one_within, query, within};
use super::write::audit;

pub(super) async fn put_expectation(
    client: &mut Client,
    tenant: &TenantId,
    expectation: &Expectation,
    request_id: Option<&str>,
    at: Option<DateTime<Utc>>,
) -> Result<RegisteredExpectation, Failure> {
    let transaction = begin(client).await?;
    alone_with(&transaction, tenant, &expectation.consumer).await?;
    let (tenant, consumer) = (tenant.as_str(), expectation.consumer.as_str());
    let address = expectation.address.to_string();
    let version = plain(expectation.consumer_version.as_deref().unwrap_or(""));
    let environment = expectation.environment.as_ref().map_or("", EnvironmentName::as_str);
    let purpose = plain(expectation.purpose.as_deref().unwrap_or(""));
    let document = json_text(expectation)?;
    let standing = one_within(
        &transaction,
        "SELECT registered_at FROM expectation
         WHERE tenant = $1 AND consumer = $2 AND address = $3
           AND consumer_version = $4 AND environment = $5 AND purpose = $6 AND document = $7",
        &[&tenant, &consumer, &address, &version, &environment, &purpose, &document],
    )
    .await?;
    // Readers register at every start; what they said before is not news.
    if let Some(row) = standing {
        let registered_at = row.try_get("registered_at")?;
        return Ok(RegisteredExpectation { expectation: expectation.clone(), registered_at });
    }
    let row = one_within(
        &transaction,
        "INSERT INTO expectation
            (tenant, consumer, address, consumer_version, environment, purpose, fields, document, registered_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, coalesce($9, clock_timestamp()))
         ON CONFLICT (tenant, consumer, address, consumer_version, environment, purpose) DO UPDATE SET
            fields = excluded.fields, document = excluded.document, registered_at = excluded.registered_at
         RETURNING registered_at",
        &[
            &tenant,
            &consumer,
            &address,
            &version,
            &environment,
            &purpose,
            &json_text(&expectation.fields)?,
            &document,
            &at,
        ],
    )
    .await?;
    let registered_at: DateTime<Utc> =
        row.ok_or_else(|| Failure::unreadable("nothing was written"))?.try_get("registered_at")?;
    let moved = "UPDATE product SET revision = revision + 1 WHERE tenant = $1 AND address = $2";
    within(&transaction, moved, &[&tenant, &address]).await?;
    let subject = format!("{consumer} reads {address}");
    audit(&transaction, tenant, "expect", &subject, None, request_id, Some(registered_at)).await?;
    let event = NewEvent::expectation(EventKind::ExpectationRegistered, expectation);
    note(&transaction, tenant, &event, Some(registered_at)).await?;
    transaction.commit().await?;
    Ok(RegisteredExpectation { expectation: expectation.clone(), registered_at })
}

pub(super) async fn remove_expectations(
    client: &mut Client,
    tenant: &TenantId,
    key: &ExpectationKey,
    request_id: Option<&str>,
    at: Option<DateTime<Utc>>,
) -> Result<usize, Failure> {
    let ExpectationKey { consumer, address, consumer_version, environment, purpose } = key;
    let transaction = begin(client).await?;
    alone_with(&transaction, tenant, consumer).await?;
    let removed = all_within(
        &transaction,
        "DELETE FROM expectation
         WHERE tenant = $1 AND consumer = $2 AND address = $3 AND ($4::text IS NULL OR environment = $4)
           AND ($5::text IS NULL OR purpose = $5) AND ($6::text IS NULL OR consumer_version = $6)
         RETURNING document",
        &[
            &tenant.as_str(),
            &consumer.as_str(),
            &address.to_string(),
            &environment.as_ref().map(EnvironmentName::as_str),
            &purpose.as_deref().map(plain),
            &consumer_version.as_deref().map(plain),
        ],
    )
    .await?;
    if !removed.is_empty() {
        let subject = format!("{consumer} reads {address}");
        audit(&transaction, tenant.as_str(), "forget", &subject, None, request_id, at).await?;
        for row in &removed {
            let event = NewEvent::expectation(EventKind::ExpectationRemoved, &json(row, "document")?);
            note(&transaction, tenant.as_str(), &event, at).await?;
        }
        transaction.commit().await?;
    }
    Ok(removed.len())
}

pub(super) async fn expectations(
    client: &Client,
    tenant: &TenantId,
    asked: &ExpectationQuery,
) -> Result<Vec<RegisteredExpectation>, Failure> {
    let ExpectationQuery { consumer, address, skip, limit } = asked;
    let rows = query(
        client,
        "SELECT document, registered_at FROM expectation
         WHERE tenant = $1 AND ($2::text IS NULL OR consumer = $2) AND ($3::text IS NULL OR address = $3)
         ORDER BY consumer, address, environment, purpose, consumer_version LIMIT $4 OFFSET $5",
        &[
            &tenant.as_str(),
            &consumer.as_ref().map(ConsumerName::as_str),
            &address.as_ref().map(ToString::to_string),
            &count(*limit),
            &count(*skip),
        ],
    )
    .await?;
    let registered = |row: &Row| {
        Ok(RegisteredExpectation {
            expectation: json(row, "document")?,
            registered_at: row.try_get("registered_at")?,
        })
    };
    rows.iter().map(registered).collect()
}
