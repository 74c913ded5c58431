//! Who may read what. Each change is written in one transaction with its event.

use chrono::{DateTime, Utc};
use mesh_contract::{Address, Day, DomainName};
use rusqlite::{Connection, OptionalExtension as _, Row, named_params, params};

use super::super::agreement::{OBSERVED, QUESTIONS};
use super::super::{
    AgreementChange, AgreementQuery, AgreementRecord, NewEvent, NewSigningKey, ObservedRead, RevokedGrant,
    SigningKeyRecord, SigningSecret, StoreError, TenantId,
};
use super::events::note;
use super::row::{json, json_text, parsed, time, time_text};
use super::write::audit;

pub(super) fn change(
    connection: &Connection,
    tenant: &TenantId,
    change: &AgreementChange,
    today: Day,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let AgreementChange { agreements, revoked, event, request_id } = change;
    let tenant = tenant.as_str();
    let ids: Vec<&str> = agreements.iter().map(|agreement| agreement.id.as_str()).collect();
    let ids = json_text(&ids)?;
    for agreement in agreements {
        check(connection, tenant, agreement, &ids)?;
    }
    // Those that close first: another one may open in their place.
    let (closing, open): (Vec<_>, Vec<_>) = agreements.iter().partition(|it| !it.state.is_open());
    for agreement in closing {
        write(connection, tenant, agreement)?;
    }
    for agreement in open {
        write(connection, tenant, agreement)?;
    }
    if !revoked.is_empty() {
        connection
            .prepare_cached("DELETE FROM revoked_grant WHERE tenant = ?1 AND until < ?2")?
            .execute(params![tenant, today.to_string()])?;
    }
    for RevokedGrant { jti, provider, until } in revoked {
        connection
            .prepare_cached(
                "INSERT OR IGNORE INTO revoked_grant (tenant, jti, provider, until) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![tenant, jti, provider.as_str(), until.to_string()])?;
    }
    let at = time_text(now);
    note(connection, tenant, event, &at)?;
    audit(connection, tenant, event.kind.as_str(), &event.subject, None, request_id.as_deref(), &at)?;
    Ok(())
}

/// Refuses what was decided on something else, before anything is written. `ids` are all that change.
fn check(
    connection: &Connection,
    tenant: &str,
    agreement: &AgreementRecord,
    ids: &str,
) -> Result<(), StoreError> {
    let current: u64 = connection
        .prepare_cached("SELECT revision FROM agreement WHERE tenant = ?1 AND id = ?2")?
        .query_row(params![tenant, agreement.id], |row| row.get(0))
        .optional()?
        .unwrap_or(0);
    if current != agreement.revision {
        return Err(StoreError::Conflict { current });
    }
    let another = connection
        .prepare_cached(
            "SELECT 1 FROM agreement
             WHERE tenant = ?1 AND consumer = ?2 AND address = ?3 AND environment = ?4 AND purpose = ?5 AND state = ?6
               AND id NOT IN (SELECT value FROM json_each(?7))",
        )?
        .exists(params![
            tenant,
            agreement.consumer.as_str(),
            agreement.address.to_string(),
            agreement.environment.as_str(),
            agreement.purpose,
            agreement.state.as_str(),
            ids
        ])?;
    if another && agreement.state.is_open() {
        return Err(StoreError::AlreadyExists);
    }
    if agreement.revision > 0 {
        return Ok(());
    }
    let asked: usize = connection
        .prepare_cached(
            "SELECT COUNT(*) FROM agreement WHERE tenant = ?1 AND reader = ?2 AND state = 'asked'",
        )?
        .query_row(params![tenant, agreement.reader()], |row| row.get(0))?;
    if asked >= QUESTIONS { Err(StoreError::Full { limit: QUESTIONS }) } else { Ok(()) }
}

fn write(connection: &Connection, tenant: &str, agreement: &AgreementRecord) -> rusqlite::Result<()> {
    let next = AgreementRecord { revision: agreement.revision + 1, ..agreement.clone() };
    connection
        .prepare_cached(
            "INSERT INTO agreement (tenant, id, revision, address, provider, consumer, reader, environment,
                purpose, state, until, asked_at, document)
             VALUES (:tenant, :id, :revision, :address, :provider, :consumer, :reader, :environment,
                :purpose, :state, :until, :asked_at, :document)
             ON CONFLICT (tenant, id) DO UPDATE SET
                revision = excluded.revision, state = excluded.state, until = excluded.until,
                document = excluded.document",
        )?
        .execute(named_params! {
            ":tenant": tenant,
            ":id": next.id,
            ":revision": next.revision,
            ":address": next.address.to_string(),
            ":provider": next.address.domain().as_str(),
            ":consumer": next.consumer.as_str(),
            ":reader": next.reader(),
            ":environment": next.environment.as_str(),
            ":purpose": next.purpose,
            ":state": next.state.as_str(),
            ":until": next.terms().until.to_string(),
            ":asked_at": time_text(next.asked_at),
            ":document": json_text(&next)?,
        })
        .map(drop)
}

pub(super) fn list(
    connection: &Connection,
    tenant: &TenantId,
    query: &AgreementQuery,
) -> Result<Vec<AgreementRecord>, StoreError> {
    let AgreementQuery { id, address, consumer, sides, state, ends_by, today, after, limit } = query;
    let sides = sides.as_ref().map(json_text).transpose()?;
    let found = connection
        .prepare_cached(
            "SELECT document FROM agreement
             WHERE tenant = :tenant AND (:id IS NULL OR id = :id) AND (:address IS NULL OR address = :address)
               AND (:consumer IS NULL OR consumer = :consumer)
               AND (:sides IS NULL OR provider IN (SELECT value FROM json_each(:sides))
                    OR reader IN (SELECT value FROM json_each(:sides)))
               AND (:state IS NULL
                    OR CASE WHEN state = 'accepted' AND until < :today THEN 'ended' ELSE state END = :state)
               AND (:ends_by IS NULL OR until <= :ends_by)
               AND (:after IS NULL
                    OR (asked_at, id) < (SELECT asked_at, id FROM agreement WHERE tenant = :tenant AND id = :after))
             ORDER BY asked_at DESC, id DESC LIMIT :limit",
        )?
        .query_map(
            named_params! {
                ":tenant": tenant.as_str(),
                ":id": id,
                ":address": address.as_ref().map(ToString::to_string),
                ":consumer": consumer.as_ref().map(|it| it.as_str()),
                ":sides": sides,
                ":state": state.map(|it| it.as_str()),
                ":ends_by": ends_by.map(|it| it.to_string()),
                ":today": today.to_string(),
                ":after": after,
                ":limit": i64::try_from(*limit).unwrap_or(i64::MAX),
            },
            |row| json(row, "document"),
        )?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

pub(super) fn signing_keys(
    connection: &Connection,
    tenant: &TenantId,
) -> Result<Vec<SigningKeyRecord>, StoreError> {
    let found = connection
        .prepare_cached(
            "SELECT kid, secret, made_at, trusted_until FROM signing_key
             WHERE tenant = ?1 ORDER BY trusted_until IS NOT NULL, made_at DESC, kid",
        )?
        .query_map([tenant.as_str()], |row| {
            let until: Option<String> = row.get("trusted_until")?;
            Ok(SigningKeyRecord {
                kid: row.get("kid")?,
                secret: SigningSecret(row.get("secret")?),
                made_at: time(row, "made_at")?,
                trusted_until: until.map(|_| parsed(row, "trusted_until")).transpose()?,
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

pub(super) fn add_signing_key(
    connection: &Connection,
    tenant: &TenantId,
    key: &NewSigningKey,
    today: Day,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let NewSigningKey { kid, secret, instead_of, request_id } = key;
    let tenant = tenant.as_str();
    let signs: Option<String> = connection
        .prepare_cached("SELECT kid FROM signing_key WHERE tenant = ?1 AND trusted_until IS NULL")?
        .query_row([tenant], |row| row.get(0))
        .optional()?;
    if signs != *instead_of {
        return Err(StoreError::Conflict { current: 0 });
    }
    let (at, today) = (time_text(now), today.to_string());
    connection
        .prepare_cached("DELETE FROM signing_key WHERE tenant = ?1 AND trusted_until < ?2")?
        .execute(params![tenant, today])?;
    connection
        .prepare_cached(
            "UPDATE signing_key SET trusted_until = max(?2, coalesce(
                (SELECT max(until) FROM agreement WHERE tenant = ?1 AND state = 'accepted'), ?2))
             WHERE tenant = ?1 AND trusted_until IS NULL",
        )?
        .execute(params![tenant, today])?;
    connection
        .prepare_cached("INSERT INTO signing_key (tenant, kid, secret, made_at) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![tenant, kid, secret.0, at])?;
    let event = NewEvent::signing_key(kid);
    note(connection, tenant, &event, &at)?;
    audit(connection, tenant, event.kind.as_str(), &event.subject, None, request_id.as_deref(), &at)?;
    Ok(())
}

pub(super) fn revoked(
    connection: &Connection,
    tenant: &TenantId,
    provider: &DomainName,
    today: Day,
) -> Result<Vec<String>, StoreError> {
    let found = connection
        .prepare_cached(
            "SELECT jti FROM revoked_grant WHERE tenant = ?1 AND provider = ?2 AND until >= ?3 ORDER BY jti",
        )?
        .query_map(params![tenant.as_str(), provider.as_str(), today.to_string()], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

const COLUMNS: &str =
    "address, consumer, environment, agreement, version, fields, answered, refused, first_at, last_at";

pub(super) fn observe(
    connection: &Connection,
    tenant: &TenantId,
    seen: &[ObservedRead],
    request_id: Option<&str>,
    now: DateTime<Utc>,
) -> Result<usize, StoreError> {
    let (tenant, at) = (tenant.as_str(), time_text(now));
    let mut count = 0;
    for read in seen {
        let standing = connection
            .prepare_cached(&format!(
                "SELECT {COLUMNS} FROM observed_reader
                 WHERE tenant = ?1 AND address = ?2 AND consumer = ?3 AND environment = ?4 AND agreement = ?5
                   AND version = ?6"
            ))?
            .query_row(
                params![
                    tenant,
                    read.address.to_string(),
                    read.consumer.as_str(),
                    read.environment.as_str(),
                    read.agreement,
                    read.version.to_string()
                ],
                observation,
            )
            .optional()?;
        let (joined, news) = read.clone().joined(standing.as_ref());
        put_observed(connection, tenant, &joined)?;
        if standing.is_none() {
            forget_longest_unseen(connection, tenant, &joined.address)?;
        }
        if news {
            count += 1;
            connection
                .prepare_cached(
                    "UPDATE product SET revision = revision + 1 WHERE tenant = ?1 AND address = ?2",
                )?
                .execute(params![tenant, joined.address.to_string()])?;
            let event = NewEvent::observed(&joined);
            note(connection, tenant, &event, &at)?;
            let subject = format!("{} reads {}", joined.consumer, joined.address);
            audit(connection, tenant, event.kind.as_str(), &subject, None, request_id, &at)?;
        }
    }
    Ok(count)
}

fn put_observed(connection: &Connection, tenant: &str, read: &ObservedRead) -> rusqlite::Result<()> {
    connection
        .prepare_cached(&format!(
            "INSERT OR REPLACE INTO observed_reader (tenant, {COLUMNS})
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
        ))?
        .execute(params![
            tenant,
            read.address.to_string(),
            read.consumer.as_str(),
            read.environment.as_str(),
            read.agreement,
            read.version.to_string(),
            json_text(&read.fields)?,
            read.answered,
            read.refused,
            time_text(read.first_at),
            time_text(read.last_at)
        ])
        .map(drop)
}

/// Whoever was not seen for the longest makes room.
fn forget_longest_unseen(connection: &Connection, tenant: &str, address: &Address) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "DELETE FROM observed_reader
             WHERE (tenant, address, consumer, environment, agreement, version) IN (
                SELECT tenant, address, consumer, environment, agreement, version FROM observed_reader
                WHERE tenant = ?1 AND address = ?2 ORDER BY last_at DESC, consumer LIMIT -1 OFFSET ?3)",
        )?
        .execute(params![tenant, address.to_string(), OBSERVED])
        .map(drop)
}

pub(super) fn observed(
    connection: &Connection,
    tenant: &TenantId,
    address: &Address,
) -> Result<Vec<ObservedRead>, StoreError> {
    let found = connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM observed_reader WHERE tenant = ?1 AND address = ?2
             ORDER BY consumer, environment, agreement, version"
        ))?
        .query_map(params![tenant.as_str(), address.to_string()], observation)?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

fn observation(row: &Row<'_>) -> rusqlite::Result<ObservedRead> {
    Ok(ObservedRead {
        address: parsed(row, "address")?,
        consumer: parsed(row, "consumer")?,
        environment: parsed(row, "environment")?,
        agreement: row.get("agreement")?,
        version: parsed(row, "version")?,
        fields: json(row, "fields")?,
        answered: row.get("answered")?,
        refused: row.get("refused")?,
        first_at: time(row, "first_at")?,
        last_at: time(row, "last_at")?,
    })
}
