//! Which tenants there are.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use deadpool_postgres::Client;

use super::super::tenants::TenantStore;
use super::super::{StoreError, TenantId};
use super::PostgresStore;
use super::failure::{Failure, Work};
use super::run::run;
use super::statement::{all_within, begin, one_within, query, within};

#[async_trait]
impl TenantStore for PostgresStore {
    async fn tenants(&self) -> Result<Vec<TenantId>, StoreError> {
        // Of no tenant, and every process has the default one.
        run!(self, &TenantId::default(), Work::Repeatable, client => list(client))
    }

    async fn add_tenant(&self, tenant: &TenantId) -> Result<bool, StoreError> {
        let at = self.time.given();
        run!(self, tenant, Work::Repeatable, client => add(client, tenant, at))
    }

    async fn remove_tenant(&self, tenant: &TenantId) -> Result<bool, StoreError> {
        run!(self, tenant, Work::Repeatable, client => remove(client, tenant))
    }
}

async fn list(client: &Client) -> Result<Vec<TenantId>, Failure> {
    let rows = query(client, "SELECT mesh_tenants()", &[]).await?;
    let made = rows.iter().map(|row| row.try_get(0)).collect::<Result<Vec<String>, _>>()?;
    Ok(TenantId::with_default(made)?)
}

async fn add(client: &mut Client, tenant: &TenantId, at: Option<DateTime<Utc>>) -> Result<bool, Failure> {
    if *tenant == TenantId::default() {
        return Ok(false);
    }
    let transaction = begin(client).await?;
    let made = within(
        &transaction,
        "INSERT INTO tenant (tenant, made_at) VALUES ($1, coalesce($2, clock_timestamp())) ON CONFLICT DO NOTHING",
        &[&tenant.as_str(), &at],
    )
    .await?;
    transaction.commit().await?;
    Ok(made > 0)
}

async fn remove(client: &mut Client, tenant: &TenantId) -> Result<bool, Failure> {
    let transaction = begin(client).await?;
    // Whatever table has a tenant is asked, so that none is forgotten that a later step makes.
    let tables = all_within(
        &transaction,
        "SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant'
         WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND NOT a.attisdropped
           AND c.relname NOT IN ('tenant', 'position') ORDER BY c.relname",
        &[],
    )
    .await?;
    for table in tables {
        let what: String = table.try_get(0)?;
        let sql = format!("SELECT EXISTS (SELECT 1 FROM \"{what}\" WHERE tenant = $1)");
        let row = one_within(&transaction, &sql, &[&tenant.as_str()]).await?;
        if row.map_or(Ok(false), |row| row.try_get(0))? {
            return Err(StoreError::InUse { what }.into());
        }
    }
    let gone = within(&transaction, "DELETE FROM tenant WHERE tenant = $1", &[&tenant.as_str()]).await?;
    transaction.commit().await?;
    Ok(gone > 0)
}
