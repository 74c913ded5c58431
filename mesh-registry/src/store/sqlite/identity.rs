//! Who is known, and what they are.

use async_trait::async_trait;
use chrono::{DateTime, Days, Utc};
use mesh_contract::wire::{Holding, Role};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::super::identity::{CREDENTIALS, REMEMBERED_DAYS, told};
use super::super::{
    Credential, CredentialQuery, IdentityStore, Known, Members, Membership, Removal, Store as _, StoreError,
    TenantId,
};
use super::SqliteStore;
use super::row::{json, json_text, maybe_time, parsed, time, time_text};
use super::write::audit;

const CREDENTIAL: &str =
    "id, kind, hash, principal, label, scope, made_by, made_at, expires_at, used_at FROM credential";
const MEMBER: &str = "principal, domain, role, made_by, since FROM member";

#[async_trait]
impl IdentityStore for SqliteStore {
    async fn put_first_administrator(
        &self,
        tenant: &TenantId,
        membership: Membership,
        credential: Credential,
    ) -> Result<bool, StoreError> {
        let (tenant, now) = (tenant.clone(), self.now());
        self.writer
            .run(move |connection| {
                put_first_administrator(connection, &tenant, &membership, &credential, now)
            })
            .await
    }

    async fn put_credential(
        &self,
        tenant: &TenantId,
        credential: Credential,
        request_id: Option<String>,
    ) -> Result<(), StoreError> {
        let (tenant, now) = (tenant.clone(), self.now());
        self.writer
            .run(move |connection| {
                put_credential(connection, &tenant, &credential, request_id.as_deref(), now)
            })
            .await
    }

    async fn credential(&self, tenant: &TenantId, id: &str) -> Result<Option<Known>, StoreError> {
        let (tenant, id) = (tenant.clone(), id.to_owned());
        self.readers.run(move |connection| credential(connection, &tenant, &id)).await
    }

    async fn credentials(
        &self,
        tenant: &TenantId,
        query: &CredentialQuery,
    ) -> Result<Vec<Credential>, StoreError> {
        let (tenant, query) = (tenant.clone(), query.clone());
        self.readers.run(move |connection| credentials(connection, &tenant, &query)).await
    }

    async fn remove_credential(
        &self,
        tenant: &TenantId,
        id: &str,
        by: &str,
        request_id: Option<String>,
    ) -> Result<bool, StoreError> {
        let (tenant, id, by, now) = (tenant.clone(), id.to_owned(), by.to_owned(), self.now());
        self.writer
            .run(move |connection| {
                remove_credential(connection, &tenant, &id, &by, request_id.as_deref(), now)
            })
            .await
    }

    async fn touch_credential(&self, tenant: &TenantId, id: &str) -> Result<(), StoreError> {
        let (tenant, id, now) = (tenant.clone(), id.to_owned(), self.now());
        self.writer.run(move |connection| touch_credential(connection, &tenant, &id, now)).await
    }

    async fn put_member(
        &self,
        tenant: &TenantId,
        membership: Membership,
        request_id: Option<String>,
    ) -> Result<bool, StoreError> {
        let (tenant, now) = (tenant.clone(), self.now());
        self.writer
            .run(move |connection| put_member(connection, &tenant, &membership, request_id.as_deref(), now))
            .await
    }

    async fn remove_member(
        &self,
        tenant: &TenantId,
        principal: &str,
        holding: &Holding,
        by: &str,
        request_id: Option<String>,
    ) -> Result<Removal, StoreError> {
        let (tenant, principal, now) = (tenant.clone(), principal.to_owned(), self.now());
        let (holding, by) = (holding.clone(), by.to_owned());
        self.writer
            .run(move |connection| {
                remove_member(connection, &tenant, &principal, &holding, &by, request_id.as_deref(), now)
            })
            .await
    }

    async fn members(&self, tenant: &TenantId, whose: &Members) -> Result<Vec<Membership>, StoreError> {
        let (tenant, whose) = (tenant.clone(), whose.clone());
        self.readers.run(move |connection| members(connection, &tenant, &whose)).await
    }
}

fn put_first_administrator(
    connection: &Connection,
    tenant: &TenantId,
    membership: &Membership,
    credential: &Credential,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let there: bool = connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM member WHERE tenant = ?1 AND domain = '' AND role = 'administrator')",
        )?
        .query_row([tenant.as_str()], |row| row.get(0))?;
    if there {
        return Ok(false);
    }
    put_member(connection, tenant, membership, None, now)?;
    put_credential(connection, tenant, credential, None, now)?;
    Ok(true)
}

fn put_credential(
    connection: &Connection,
    tenant: &TenantId,
    credential: &Credential,
    request_id: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let tenant = tenant.as_str();
    let long_ago = now - Days::new(REMEMBERED_DAYS);
    connection
        .prepare_cached("DELETE FROM credential WHERE tenant = ?1 AND expires_at < ?2")?
        .execute(params![tenant, time_text(long_ago)])?;
    let full: bool = connection
        .prepare_cached("SELECT (SELECT COUNT(*) FROM credential WHERE tenant = ?1) >= ?2")?
        .query_row(params![tenant, CREDENTIALS], |row| row.get(0))?;
    if full {
        return Err(StoreError::Full { limit: CREDENTIALS });
    }
    let Credential { id, kind, hash, principal, label, scope, made_by, made_at, expires_at, used_at } =
        credential;
    let inserted = connection
        .prepare_cached(
            "INSERT INTO credential
                (tenant, id, kind, hash, principal, label, scope, made_by, made_at, expires_at, used_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            tenant,
            id,
            kind.as_str(),
            hash.to_string(),
            principal,
            label,
            json_text(scope)?,
            made_by,
            time_text(*made_at),
            time_text(*expires_at),
            used_at.map(time_text),
        ])?;
    if inserted == 0 {
        return Err(StoreError::AlreadyExists);
    }
    let subject = format!("{} {id} of {principal} by {made_by}", kind.as_str());
    audit(connection, tenant, "credential", &subject, None, request_id, &time_text(now))?;
    Ok(())
}

fn credential(connection: &Connection, tenant: &TenantId, id: &str) -> Result<Option<Known>, StoreError> {
    let found = connection
        .prepare_cached(&format!("SELECT {CREDENTIAL} WHERE tenant = ?1 AND id = ?2"))?
        .query_row(params![tenant.as_str(), id], read_credential)
        .optional()?;
    let Some(credential) = found else { return Ok(None) };
    let whose = Members::Principal(credential.principal.clone());
    let holdings = members(connection, tenant, &whose)?.into_iter().map(|member| member.holding);
    Ok(Some(Known { holdings: holdings.collect(), credential }))
}

fn credentials(
    connection: &Connection,
    tenant: &TenantId,
    query: &CredentialQuery,
) -> Result<Vec<Credential>, StoreError> {
    let CredentialQuery { principal, kind, after, limit } = query;
    let found = connection
        .prepare_cached(&format!(
            "SELECT {CREDENTIAL} WHERE tenant = ?1 AND (?2 IS NULL OR principal = ?2) AND (?3 IS NULL OR kind = ?3)
                AND id > ?4 ORDER BY id LIMIT ?5"
        ))?
        .query_map(
            params![
                tenant.as_str(),
                principal,
                kind.map(|kind| kind.as_str()),
                after.as_deref().unwrap_or_default(),
                limit
            ],
            read_credential,
        )?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

fn remove_credential(
    connection: &Connection,
    tenant: &TenantId,
    id: &str,
    by: &str,
    request_id: Option<&str>,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let tenant = tenant.as_str();
    let gone = connection
        .prepare_cached("DELETE FROM credential WHERE tenant = ?1 AND id = ?2")?
        .execute(params![tenant, id])?
        > 0;
    if gone {
        let subject = format!("{id} by {by}");
        audit(connection, tenant, "credential-gone", &subject, None, request_id, &time_text(now))?;
    }
    Ok(gone)
}

fn touch_credential(
    connection: &Connection,
    tenant: &TenantId,
    id: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    connection
        .prepare_cached("UPDATE credential SET used_at = ?3 WHERE tenant = ?1 AND id = ?2")?
        .execute(params![tenant.as_str(), id, time_text(now)])?;
    Ok(())
}

fn put_member(
    connection: &Connection,
    tenant: &TenantId,
    membership: &Membership,
    request_id: Option<&str>,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let Membership { principal, holding, by, since } = membership;
    let tenant = tenant.as_str();
    let news = connection
        .prepare_cached(
            "INSERT INTO member (tenant, principal, domain, role, made_by, since) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            tenant,
            principal,
            place(holding),
            holding.role.as_str(),
            by,
            time_text(*since)
        ])?
        > 0;
    if news {
        let subject = format!("{} by {by}", told(principal, holding));
        audit(connection, tenant, "member", &subject, None, request_id, &time_text(now))?;
    }
    Ok(news)
}

fn remove_member(
    connection: &Connection,
    tenant: &TenantId,
    principal: &str,
    holding: &Holding,
    by: &str,
    request_id: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Removal, StoreError> {
    let tenant = tenant.as_str();
    let key = params![tenant, principal, place(holding), holding.role.as_str()];
    let held: bool = connection
        .prepare_cached(
            "SELECT EXISTS
                (SELECT 1 FROM member WHERE tenant = ?1 AND principal = ?2 AND domain = ?3 AND role = ?4)",
        )?
        .query_row(key, |row| row.get(0))?;
    if !held {
        return Ok(Removal::NotHeld);
    }
    if holding.role == Role::Administrator {
        let others: bool = connection
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM member
                    WHERE tenant = ?1 AND principal <> ?2 AND domain = '' AND role = 'administrator')",
            )?
            .query_row(params![tenant, principal], |row| row.get(0))?;
        if !others {
            return Ok(Removal::LastAdministrator);
        }
    }
    connection
        .prepare_cached(
            "DELETE FROM member WHERE tenant = ?1 AND principal = ?2 AND domain = ?3 AND role = ?4",
        )?
        .execute(key)?;
    let subject = format!("{} by {by}", told(principal, holding));
    audit(connection, tenant, "member-gone", &subject, None, request_id, &time_text(now))?;
    Ok(Removal::Done)
}

fn members(
    connection: &Connection,
    tenant: &TenantId,
    whose: &Members,
) -> Result<Vec<Membership>, StoreError> {
    let (condition, name) = match whose {
        Members::Domain(domain) => ("domain = ?2", domain.as_str()),
        Members::Platform => ("domain = ?2", ""),
        Members::Principal(principal) => ("principal = ?2", principal.as_str()),
    };
    let sql = format!("SELECT {MEMBER} WHERE tenant = ?1 AND {condition} ORDER BY principal, domain, role");
    let found = connection
        .prepare_cached(&sql)?
        .query_map(params![tenant.as_str(), name], membership)?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

/// The domain of a role as its column has it.
fn place(holding: &Holding) -> &str {
    holding.domain.as_ref().map_or("", |domain| domain.as_str())
}

fn read_credential(row: &Row<'_>) -> rusqlite::Result<Credential> {
    Ok(Credential {
        id: row.get("id")?,
        kind: parsed(row, "kind")?,
        hash: parsed(row, "hash")?,
        principal: row.get("principal")?,
        label: row.get("label")?,
        scope: json(row, "scope")?,
        made_by: row.get("made_by")?,
        made_at: time(row, "made_at")?,
        expires_at: time(row, "expires_at")?,
        used_at: maybe_time(row, "used_at")?,
    })
}

fn membership(row: &Row<'_>) -> rusqlite::Result<Membership> {
    let domain: String = row.get("domain")?;
    Ok(Membership {
        principal: row.get("principal")?,
        holding: Holding {
            role: parsed(row, "role")?,
            domain: if domain.is_empty() { None } else { Some(parsed(row, "domain")?) },
        },
        by: row.get("made_by")?,
        since: time(row, "since")?,
    })
}
