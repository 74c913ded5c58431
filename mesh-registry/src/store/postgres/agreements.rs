//! Who may read what. Each change is written in one transaction with its event.

use chrono::{DateTime, Utc};
use deadpool_postgres::{Client, Transaction};
use mesh_contract::{Address, ConsumerName, Day, DomainName, EnvironmentName};
use tokio_postgres::Row;
use tokio_postgres::error::SqlState;

use super::super::agreement::{OBSERVED, QUESTIONS};
use super::super::{
    AgreementChange, AgreementQuery, AgreementRecord, NewEvent, NewSigningKey, ObservedRead, RevokedGrant,
    SigningKeyRecord, SigningSecret, StoreError, TenantId,
};
use super::failure::Failure;
use super::feed::note;
use super::row::{big, count, json, json_text, number, parsed, plain};
use super::statement::{alone, begin, one_within, query, within};
use super::write::audit;

pub(super) async fn change(
    client: &mut Client,
    tenant: &TenantId,
    change: &AgreementChange,
    today: Day,
    at: Option<DateTime<Utc>>,
) -> Result<(), Failure> {
    let AgreementChange { agreements, revoked, event, request_id } = change;
    let tenant = tenant.as_str();
    let transaction = begin(client).await?;
    // Always in the same order, so that two that change the same ones wait for each other and never both.
    let mut in_order: Vec<&AgreementRecord> = agreements.iter().collect();
    in_order.sort_unstable_by(|one, other| one.id.cmp(&other.id));
    for agreement in in_order {
        check(&transaction, tenant, agreement).await?;
    }
    // Those that close first: another one may open in their place.
    let (closing, open): (Vec<_>, Vec<_>) = agreements.iter().partition(|it| !it.state.is_open());
    for agreement in closing.into_iter().chain(open) {
        write(&transaction, tenant, agreement).await.map_err(of_another)?;
    }
    if !revoked.is_empty() {
        let passed = "DELETE FROM revoked_grant WHERE tenant = $1 AND until < $2";
        within(&transaction, passed, &[&tenant, &today.to_string()]).await?;
    }
    for RevokedGrant { jti, provider, until } in revoked {
        within(
            &transaction,
            "INSERT INTO revoked_grant (tenant, jti, provider, until) VALUES ($1, $2, $3, $4)
             ON CONFLICT (tenant, jti) DO NOTHING",
            &[&tenant, jti, &provider.as_str(), &until.to_string()],
        )
        .await?;
    }
    note(&transaction, tenant, event, at).await?;
    audit(&transaction, tenant, event.kind.as_str(), &event.subject, None, request_id.as_deref(), at).await?;
    Ok(transaction.commit().await?)
}

/// What the indexes find: another agreement is open for the same purpose, or has just been made.
fn of_another(failure: Failure) -> Failure {
    match failure {
        Failure::Database(error) if error.code() == Some(&SqlState::UNIQUE_VIOLATION) => {
            StoreError::AlreadyExists.into()
        }
        failure => failure,
    }
}

/// Takes an agreement until the end of the transaction, if it has the revision that the caller decided on.
async fn check(
    transaction: &Transaction<'_>,
    tenant: &str,
    agreement: &AgreementRecord,
) -> Result<(), Failure> {
    let sql = "SELECT revision FROM agreement WHERE tenant = $1 AND id = $2 FOR UPDATE";
    let row = one_within(transaction, sql, &[&tenant, &agreement.id]).await?;
    let current = row.as_ref().map_or(Ok(0), |row| number(row, "revision"))?;
    if current != agreement.revision {
        return Err(StoreError::Conflict { current }.into());
    }
    if agreement.revision > 0 {
        return Ok(());
    }
    let sql = "SELECT count(*) AS asked FROM agreement WHERE tenant = $1 AND reader = $2 AND state = 'asked'";
    let row = one_within(transaction, sql, &[&tenant, &agreement.reader()]).await?;
    let asked: usize = row.as_ref().map_or(Ok(0), |row| number(row, "asked"))?;
    if asked >= QUESTIONS { Err(StoreError::Full { limit: QUESTIONS }.into()) } else { Ok(()) }
}

async fn write(
    transaction: &Transaction<'_>,
    tenant: &str,
    agreement: &AgreementRecord,
) -> Result<(), Failure> {
    let next = AgreementRecord { revision: agreement.revision + 1, ..agreement.clone() };
    within(
        transaction,
        "INSERT INTO agreement (tenant, id, revision, address, provider, consumer, reader, environment, purpose,
            state, until, asked_at, document)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         ON CONFLICT (tenant, id) DO UPDATE SET
            revision = excluded.revision, state = excluded.state, until = excluded.until,
            document = excluded.document",
        &[
            &tenant,
            &next.id,
            &big(next.revision)?,
            &next.address.to_string(),
            &next.address.domain().as_str(),
            &next.consumer.as_str(),
            &next.reader(),
            &next.environment.as_str(),
            &plain(&next.purpose),
            &next.state.as_str(),
            &next.terms().until.to_string(),
            &next.asked_at,
            &json_text(&next)?,
        ],
    )
    .await
    .map(drop)
}

pub(super) async fn list(
    client: &Client,
    tenant: &TenantId,
    asked: &AgreementQuery,
) -> Result<Vec<AgreementRecord>, Failure> {
    let AgreementQuery { id, address, consumer, sides, state, ends_by, today, after, limit } = asked;
    let sides: Option<Vec<&str>> = sides.as_ref().map(|sides| sides.iter().map(DomainName::as_str).collect());
    let rows = query(
        client,
        "SELECT document FROM agreement
         WHERE tenant = $1 AND ($2::text IS NULL OR id = $2) AND ($3::text IS NULL OR address = $3)
           AND ($4::text IS NULL OR consumer = $4)
           AND ($5::text[] IS NULL OR provider = ANY ($5) OR reader = ANY ($5))
           AND ($6::text IS NULL
                OR CASE WHEN state = 'accepted' AND until < $7 THEN 'ended' ELSE state END = $6)
           AND ($8::text IS NULL OR until <= $8)
           AND ($9::text IS NULL
                OR (asked_at, id) < (SELECT asked_at, id FROM agreement WHERE tenant = $1 AND id = $9))
         ORDER BY asked_at DESC, id DESC LIMIT $10",
        &[
            &tenant.as_str(),
            id,
            &address.as_ref().map(ToString::to_string),
            &consumer.as_ref().map(ConsumerName::as_str),
            &sides,
            &state.map(|state| state.as_str()),
            &today.to_string(),
            &ends_by.map(|day| day.to_string()),
            after,
            &count(*limit),
        ],
    )
    .await?;
    rows.iter().map(|row| json(row, "document")).collect()
}

pub(super) async fn signing_keys(
    client: &Client,
    tenant: &TenantId,
) -> Result<Vec<SigningKeyRecord>, Failure> {
    let rows = query(
        client,
        "SELECT kid, secret, made_at, trusted_until FROM signing_key
         WHERE tenant = $1 ORDER BY trusted_until IS NOT NULL, made_at DESC, kid",
        &[&tenant.as_str()],
    )
    .await?;
    let key = |row: &Row| {
        let until: Option<&str> = row.try_get("trusted_until")?;
        Ok(SigningKeyRecord {
            kid: row.try_get("kid")?,
            secret: SigningSecret(row.try_get("secret")?),
            made_at: row.try_get("made_at")?,
            trusted_until: until.map(str::parse).transpose().map_err(Failure::unreadable)?,
        })
    };
    rows.iter().map(key).collect()
}

pub(super) async fn add_signing_key(
    client: &mut Client,
    tenant: &TenantId,
    key: &NewSigningKey,
    today: Day,
    at: Option<DateTime<Utc>>,
) -> Result<(), Failure> {
    let NewSigningKey { kid, secret, instead_of, request_id } = key;
    let transaction = begin(client).await?;
    alone(&transaction, &format!("mesh signing key {tenant}")).await?;
    let tenant = tenant.as_str();
    let sql = "SELECT kid FROM signing_key WHERE tenant = $1 AND trusted_until IS NULL";
    let row = one_within(&transaction, sql, &[&tenant]).await?;
    let signs: Option<String> = row.map(|row| row.try_get("kid")).transpose()?;
    if signs != *instead_of {
        return Err(StoreError::Conflict { current: 0 }.into());
    }
    let today = today.to_string();
    let passed = "DELETE FROM signing_key WHERE tenant = $1 AND trusted_until < $2";
    within(&transaction, passed, &[&tenant, &today]).await?;
    within(
        &transaction,
        "UPDATE signing_key SET trusted_until = greatest($2, coalesce(
            (SELECT max(until) FROM agreement WHERE tenant = $1 AND state = 'accepted'), $2))
         WHERE tenant = $1 AND trusted_until IS NULL",
        &[&tenant, &today],
    )
    .await?;
    within(
        &transaction,
        "INSERT INTO signing_key (tenant, kid, secret, made_at)
         VALUES ($1, $2, $3, coalesce($4, clock_timestamp()))",
        &[&tenant, kid, &secret.0, &at],
    )
    .await?;
    let event = NewEvent::signing_key(kid);
    note(&transaction, tenant, &event, at).await?;
    audit(&transaction, tenant, event.kind.as_str(), &event.subject, None, request_id.as_deref(), at).await?;
    Ok(transaction.commit().await?)
}

pub(super) async fn revoked(
    client: &Client,
    tenant: &TenantId,
    provider: &DomainName,
    today: Day,
) -> Result<Vec<String>, Failure> {
    let rows = query(
        client,
        "SELECT jti FROM revoked_grant WHERE tenant = $1 AND provider = $2 AND until >= $3 ORDER BY jti",
        &[&tenant.as_str(), &provider.as_str(), &today.to_string()],
    )
    .await?;
    rows.iter().map(|row| Ok(row.try_get("jti")?)).collect()
}

const COLUMNS: &str =
    "address, consumer, environment, agreement, version, fields, answered, refused, first_at, last_at";

pub(super) async fn observe(
    client: &mut Client,
    tenant: &TenantId,
    seen: &[ObservedRead],
    request_id: Option<&str>,
    at: Option<DateTime<Utc>>,
) -> Result<usize, Failure> {
    let transaction = begin(client).await?;
    let mut addresses: Vec<String> = seen.iter().map(|read| read.address.to_string()).collect();
    addresses.sort_unstable();
    addresses.dedup();
    // Several instances serve a product, and what one has seen is joined with what the others have. In order, so that no two
    // wait for each other.
    for address in &addresses {
        alone(&transaction, &format!("mesh observed {tenant} {address}")).await?;
    }
    let tenant = tenant.as_str();
    let mut news_count = 0;
    for read in seen {
        let standing = one_within(
            &transaction,
            &format!(
                "SELECT {COLUMNS} FROM observed_reader
                 WHERE tenant = $1 AND address = $2 AND consumer = $3 AND environment = $4 AND agreement = $5
                   AND version = $6"
            ),
            &[
                &tenant,
                &read.address.to_string(),
                &read.consumer.as_str(),
                &read.environment.as_str(),
                &read.agreement,
                &read.version.to_string(),
            ],
        )
        .await?;
        let standing = standing.as_ref().map(observation).transpose()?;
        let (joined, news) = read.clone().joined(standing.as_ref());
        put_observed(&transaction, tenant, &joined).await?;
        if standing.is_none() {
            forget_longest_unseen(&transaction, tenant, &joined.address).await?;
        }
        if news {
            news_count += 1;
            let moved = "UPDATE product SET revision = revision + 1 WHERE tenant = $1 AND address = $2";
            within(&transaction, moved, &[&tenant, &joined.address.to_string()]).await?;
            let event = NewEvent::observed(&joined);
            note(&transaction, tenant, &event, at).await?;
            let subject = format!("{} reads {}", joined.consumer, joined.address);
            audit(&transaction, tenant, event.kind.as_str(), &subject, None, request_id, at).await?;
        }
    }
    transaction.commit().await?;
    Ok(news_count)
}

async fn put_observed(
    transaction: &Transaction<'_>,
    tenant: &str,
    read: &ObservedRead,
) -> Result<(), Failure> {
    within(
        transaction,
        &format!(
            "INSERT INTO observed_reader (tenant, {COLUMNS})
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
             ON CONFLICT (tenant, address, consumer, environment, agreement, version) DO UPDATE SET
                fields = excluded.fields, answered = excluded.answered, refused = excluded.refused,
                first_at = excluded.first_at, last_at = excluded.last_at"
        ),
        &[
            &tenant,
            &read.address.to_string(),
            &read.consumer.as_str(),
            &read.environment.as_str(),
            &read.agreement,
            &read.version.to_string(),
            &plain(&json_text(&read.fields)?),
            &big(read.answered)?,
            &big(read.refused)?,
            &read.first_at,
            &read.last_at,
        ],
    )
    .await
    .map(drop)
}

/// Whoever was not seen for the longest makes room.
async fn forget_longest_unseen(
    transaction: &Transaction<'_>,
    tenant: &str,
    address: &Address,
) -> Result<(), Failure> {
    within(
        transaction,
        "DELETE FROM observed_reader
         WHERE (tenant, address, consumer, environment, agreement, version) IN (
            SELECT tenant, address, consumer, environment, agreement, version FROM observed_reader
            WHERE tenant = $1 AND address = $2 ORDER BY last_at DESC, consumer OFFSET $3)",
        &[&tenant, &address.to_string(), &count(OBSERVED)],
    )
    .await
    .map(drop)
}

pub(super) async fn observed(
    client: &Client,
    tenant: &TenantId,
    address: &Address,
) -> Result<Vec<ObservedRead>, Failure> {
    let rows = query(
        client,
        &format!(
            "SELECT {COLUMNS} FROM observed_reader WHERE tenant = $1 AND address = $2
             ORDER BY consumer, environment, agreement, version"
        ),
        &[&tenant.as_str(), &address.to_string()],
    )
    .await?;
    rows.iter().map(observation).collect()
}

fn observation(row: &Row) -> Result<ObservedRead, Failure> {
    let environment: EnvironmentName = parsed(row, "environment")?;
    Ok(ObservedRead {
        address: parsed(row, "address")?,
        consumer: parsed(row, "consumer")?,
        environment,
        agreement: row.try_get("agreement")?,
        version: parsed(row, "version")?,
        fields: json(row, "fields")?,
        answered: number(row, "answered")?,
        refused: number(row, "refused")?,
        first_at: row.try_get("first_at")?,
        last_at: row.try_get("last_at")?,
    })
}
