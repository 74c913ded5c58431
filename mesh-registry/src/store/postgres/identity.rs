//! Who is known, and what they are.

use async_trait::async_trait;
use chrono::{DateTime, Days, Utc};
use deadpool_postgres::{Client, Transaction};
use mesh_contract::wire::{Holding, Role};
use tokio_postgres::Row;

use super::super::identity::{CREDENTIALS, REMEMBERED_DAYS, told};
use super::super::{
    Credential, CredentialQuery, IdentityStore, Known, Members, Membership, Removal, StoreError, TenantId,
};
use super::PostgresStore;
use super::failure::{Failure, Work};
use super::row::{count, json, json_text, parsed, plain};
use super::run::run;
use super::statement::{alone, begin, execute, one_within, query, within};
use super::write::audit;

const CREDENTIAL: &str =
    "id, kind, hash, principal, label, scope, made_by, made_at, expires_at, used_at FROM credential";
const MEMBER: &str = "principal, domain, role, made_by, since FROM member";
const ADMINISTRATOR: &str = "domain = '' AND role = 'administrator'";

#[async_trait]
impl IdentityStore for PostgresStore {
    async fn put_first_administrator(
        &self,
        tenant: &TenantId,
        membership: Membership,
        credential: Credential,
    ) -> Result<bool, StoreError> {
        let at = self.time.given();
        run!(self, tenant, Work::Once, client => put_first_administrator(client, tenant, &membership, &credential, at))
    }

    async fn put_credential(
        &self,
        tenant: &TenantId,
        credential: Credential,
        request_id: Option<String>,
    ) -> Result<(), StoreError> {
        let (at, request_id) = (self.time.given(), request_id.as_deref());
        run!(self, tenant, Work::Once, client => put_credential(client, tenant, &credential, request_id, at))
    }

    async fn credential(&self, tenant: &TenantId, id: &str) -> Result<Option<Known>, StoreError> {
        run!(self, tenant, Work::Repeatable, client => credential(client, tenant, id))
    }

    async fn credentials(
        &self,
        tenant: &TenantId,
        query: &CredentialQuery,
    ) -> Result<Vec<Credential>, StoreError> {
        run!(self, tenant, Work::Repeatable, client => credentials(client, tenant, query))
    }

    async fn remove_credential(
        &self,
        tenant: &TenantId,
        id: &str,
        by: &str,
        request_id: Option<String>,
    ) -> Result<bool, StoreError> {
        let (at, request_id) = (self.time.given(), request_id.as_deref());
        run!(self, tenant, Work::Once, client => remove_credential(client, tenant, id, by, request_id, at))
    }

    async fn touch_credential(&self, tenant: &TenantId, id: &str) -> Result<(), StoreError> {
        let at = self.time.given();
        run!(self, tenant, Work::Repeatable, client => touch_credential(client, tenant, id, at))
    }

    async fn put_member(
        &self,
        tenant: &TenantId,
        membership: Membership,
        request_id: Option<String>,
    ) -> Result<bool, StoreError> {
        let (at, request_id) = (self.time.given(), request_id.as_deref());
        run!(self, tenant, Work::Once, client => put_member(client, tenant, &membership, request_id, at))
    }

    async fn remove_member(
        &self,
        tenant: &TenantId,
        principal: &str,
        holding: &Holding,
        by: &str,
        request_id: Option<String>,
    ) -> Result<Removal, StoreError> {
        let (at, request_id) = (self.time.given(), request_id.as_deref());
        run!(self, tenant, Work::Once, client =>
            remove_member(client, tenant, principal, holding, by, request_id, at))
    }

    async fn members(&self, tenant: &TenantId, whose: &Members) -> Result<Vec<Membership>, StoreError> {
        run!(self, tenant, Work::Repeatable, client => members(client, tenant, whose))
    }
}

async fn put_first_administrator(
    client: &mut Client,
    tenant: &TenantId,
    membership: &Membership,
    credential: &Credential,
    at: Option<DateTime<Utc>>,
) -> Result<bool, Failure> {
    let transaction = begin(client).await?;
    let tenant = tenant.as_str();
    one_at_a_time(&transaction, tenant).await?;
    let sql = format!("SELECT 1 FROM member WHERE tenant = $1 AND {ADMINISTRATOR} LIMIT 1");
    if one_within(&transaction, &sql, &[&tenant]).await?.is_some() {
        return Ok(false);
    }
    insert_member(&transaction, tenant, membership, None, at).await?;
    insert_credential(&transaction, tenant, credential, None, at).await?;
    transaction.commit().await?;
    Ok(true)
}

async fn put_credential(
    client: &mut Client,
    tenant: &TenantId,
    credential: &Credential,
    request_id: Option<&str>,
    at: Option<DateTime<Utc>>,
) -> Result<(), Failure> {
    let transaction = begin(client).await?;
    insert_credential(&transaction, tenant.as_str(), credential, request_id, at).await?;
    transaction.commit().await?;
    Ok(())
}

async fn insert_credential(
    transaction: &Transaction<'_>,
    tenant: &str,
    credential: &Credential,
    request_id: Option<&str>,
    at: Option<DateTime<Utc>>,
) -> Result<(), Failure> {
    let Credential { id, kind, hash, principal, label, scope, made_by, made_at, expires_at, used_at } =
        credential;
    let long_ago = *made_at - Days::new(REMEMBERED_DAYS);
    within(
        transaction,
        "DELETE FROM credential WHERE tenant = $1 AND expires_at < $2",
        &[&tenant, &long_ago],
    )
    .await?;
    let there =
        one_within(transaction, "SELECT COUNT(*) FROM credential WHERE tenant = $1", &[&tenant]).await?;
    if there.map_or(Ok(0), |row| row.try_get::<_, i64>(0))? >= count(CREDENTIALS) {
        return Err(StoreError::Full { limit: CREDENTIALS }.into());
    }
    let inserted = within(
        transaction,
        "INSERT INTO credential
            (tenant, id, kind, hash, principal, label, scope, made_by, made_at, expires_at, used_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT DO NOTHING",
        &[
            &tenant,
            id,
            &kind.as_str(),
            &hash.to_string(),
            &plain(principal),
            &plain(label),
            &json_text(scope)?,
            &plain(made_by),
            made_at,
            expires_at,
            used_at,
        ],
    )
    .await?;
    if inserted == 0 {
        return Err(StoreError::AlreadyExists.into());
    }
    let subject = plain(&format!("{} {id} of {principal} by {made_by}", kind.as_str()));
    audit(transaction, tenant, "credential", &subject, None, request_id, at).await
}

async fn credential(client: &Client, tenant: &TenantId, id: &str) -> Result<Option<Known>, Failure> {
    let sql = format!("SELECT {CREDENTIAL} WHERE tenant = $1 AND id = $2");
    let found = query(client, &sql, &[&tenant.as_str(), &plain(id)]).await?;
    let Some(credential) = found.first().map(read_credential).transpose()? else { return Ok(None) };
    let whose = Members::Principal(credential.principal.clone());
    let holdings = members(client, tenant, &whose).await?.into_iter().map(|member| member.holding);
    Ok(Some(Known { holdings: holdings.collect(), credential }))
}

async fn credentials(
    client: &Client,
    tenant: &TenantId,
    wanted: &CredentialQuery,
) -> Result<Vec<Credential>, Failure> {
    let CredentialQuery { principal, kind, after, limit } = wanted;
    let sql = format!(
        "SELECT {CREDENTIAL} WHERE tenant = $1 AND ($2::text IS NULL OR principal = $2)
            AND ($3::text IS NULL OR kind = $3) AND id > $4 ORDER BY id LIMIT $5"
    );
    let principal = principal.as_deref().map(plain);
    let (kind, after) = (kind.map(|kind| kind.as_str()), plain(after.as_deref().unwrap_or_default()));
    query(client, &sql, &[&tenant.as_str(), &principal, &kind, &after, &count(*limit)])
        .await?
        .iter()
        .map(read_credential)
        .collect()
}

async fn remove_credential(
    client: &mut Client,
    tenant: &TenantId,
    id: &str,
    by: &str,
    request_id: Option<&str>,
    at: Option<DateTime<Utc>>,
) -> Result<bool, Failure> {
    let transaction = begin(client).await?;
    let (tenant, id) = (tenant.as_str(), plain(id));
    let sql = "DELETE FROM credential WHERE tenant = $1 AND id = $2";
    let gone = within(&transaction, sql, &[&tenant, &id]).await? > 0;
    if gone {
        let subject = plain(&format!("{id} by {by}"));
        audit(&transaction, tenant, "credential-gone", &subject, None, request_id, at).await?;
        transaction.commit().await?;
    }
    Ok(gone)
}

async fn touch_credential(
    client: &Client,
    tenant: &TenantId,
    id: &str,
    at: Option<DateTime<Utc>>,
) -> Result<(), Failure> {
    let sql = "UPDATE credential SET used_at = coalesce($3, clock_timestamp()) WHERE tenant = $1 AND id = $2";
    execute(client, sql, &[&tenant.as_str(), &plain(id), &at]).await.map(drop)
}

async fn put_member(
    client: &mut Client,
    tenant: &TenantId,
    membership: &Membership,
    request_id: Option<&str>,
    at: Option<DateTime<Utc>>,
) -> Result<bool, Failure> {
    let transaction = begin(client).await?;
    let news = insert_member(&transaction, tenant.as_str(), membership, request_id, at).await?;
    transaction.commit().await?;
    Ok(news)
}

async fn insert_member(
    transaction: &Transaction<'_>,
    tenant: &str,
    membership: &Membership,
    request_id: Option<&str>,
    at: Option<DateTime<Utc>>,
) -> Result<bool, Failure> {
    let Membership { principal, holding, by, since } = membership;
    let news = within(
        transaction,
        "INSERT INTO member (tenant, principal, domain, role, made_by, since) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT DO NOTHING",
        &[&tenant, &plain(principal), &place(holding), &holding.role.as_str(), &plain(by), since],
    )
    .await?
        > 0;
    if news {
        let subject = plain(&format!("{} by {by}", told(principal, holding)));
        audit(transaction, tenant, "member", &subject, None, request_id, at).await?;
    }
    Ok(news)
}

async fn remove_member(
    client: &mut Client,
    tenant: &TenantId,
    principal: &str,
    holding: &Holding,
    by: &str,
    request_id: Option<&str>,
    at: Option<DateTime<Utc>>,
) -> Result<Removal, Failure> {
    let transaction = begin(client).await?;
    let (tenant, principal) = (tenant.as_str(), plain(principal));
    if holding.role == Role::Administrator {
        one_at_a_time(&transaction, tenant).await?;
    }
    let sql = "DELETE FROM member WHERE tenant = $1 AND principal = $2 AND domain = $3 AND role = $4";
    let key: [&(dyn tokio_postgres::types::ToSql + Sync); 4] =
        [&tenant, &principal, &place(holding), &holding.role.as_str()];
    if within(&transaction, sql, &key).await? == 0 {
        return Ok(Removal::NotHeld);
    }
    if holding.role == Role::Administrator {
        let sql = format!("SELECT 1 FROM member WHERE tenant = $1 AND {ADMINISTRATOR} LIMIT 1");
        if one_within(&transaction, &sql, &[&tenant]).await?.is_none() {
            // The transaction is dropped, and what it took away stays.
            return Ok(Removal::LastAdministrator);
        }
    }
    let subject = plain(&format!("{} by {by}", told(&principal, holding)));
    audit(&transaction, tenant, "member-gone", &subject, None, request_id, at).await?;
    transaction.commit().await?;
    Ok(Removal::Done)
}

async fn members(client: &Client, tenant: &TenantId, whose: &Members) -> Result<Vec<Membership>, Failure> {
    let (condition, name) = match whose {
        Members::Domain(domain) => ("domain = $2", domain.to_string()),
        Members::Platform => ("domain = $2", String::new()),
        Members::Principal(principal) => ("principal = $2", plain(principal)),
    };
    let sql = format!("SELECT {MEMBER} WHERE tenant = $1 AND {condition} ORDER BY principal, domain, role");
    query(client, &sql, &[&tenant.as_str(), &name]).await?.iter().map(membership).collect()
}

/// Two who take each other's place away would each leave the other to run the platform.
async fn one_at_a_time(transaction: &Transaction<'_>, tenant: &str) -> Result<(), Failure> {
    alone(transaction, &format!("mesh administrators {tenant}")).await
}

/// The domain of a role as its column has it.
fn place(holding: &Holding) -> String {
    holding.domain.as_ref().map(ToString::to_string).unwrap_or_default()
}

fn read_credential(row: &Row) -> Result<Credential, Failure> {
    Ok(Credential {
        id: row.try_get("id")?,
        kind: parsed(row, "kind")?,
        hash: parsed(row, "hash")?,
        principal: row.try_get("principal")?,
        label: row.try_get("label")?,
        scope: json(row, "scope")?,
        made_by: row.try_get("made_by")?,
        made_at: row.try_get("made_at")?,
        expires_at: row.try_get("expires_at")?,
        used_at: row.try_get("used_at")?,
    })
}

fn membership(row: &Row) -> Result<Membership, Failure> {
    let domain: &str = row.try_get("domain")?;
    Ok(Membership {
        principal: row.try_get("principal")?,
        holding: Holding {
            role: parsed(row, "role")?,
            domain: if domain.is_empty() { None } else { Some(parsed(row, "domain")?) },
        },
        by: row.try_get("made_by")?,
        since: row.try_get("since")?,
    })
}
