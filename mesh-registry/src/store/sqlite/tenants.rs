//! Which tenants there are.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};

use super::super::tenants::TenantStore;
use super::super::{Store as _, StoreError, TenantId};
use super::SqliteStore;
use super::row::time_text;

#[async_trait]
impl TenantStore for SqliteStore {
    async fn tenants(&self) -> Result<Vec<TenantId>, StoreError> {
        self.readers.run(list).await
    }

    async fn add_tenant(&self, tenant: &TenantId) -> Result<bool, StoreError> {
        let (tenant, now) = (tenant.clone(), self.now());
        self.writer.run(move |connection| add(connection, &tenant, now)).await
    }

    async fn remove_tenant(&self, tenant: &TenantId) -> Result<bool, StoreError> {
        let tenant = tenant.clone();
        self.writer.run(move |connection| remove(connection, &tenant)).await
    }
}

fn list(connection: &Connection) -> Result<Vec<TenantId>, StoreError> {
    let made = connection
        .prepare_cached("SELECT tenant FROM tenant")?
        .query_map([], |row| row.get::<_, String>(0))?
        .collect::<Result<Vec<_>, _>>()?;
    TenantId::with_default(made)
}

fn add(connection: &Connection, tenant: &TenantId, now: DateTime<Utc>) -> Result<bool, StoreError> {
    if *tenant == TenantId::default() {
        return Ok(false);
    }
    let made = connection
        .prepare_cached("INSERT INTO tenant (tenant, made_at) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
        .execute(params![tenant.as_str(), time_text(now)])?;
    Ok(made > 0)
}

fn remove(connection: &Connection, tenant: &TenantId) -> Result<bool, StoreError> {
    // Whatever table has a tenant is asked, so that none is forgotten that a later step makes.
    let tables = connection
        .prepare_cached(
            "SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c
             WHERE m.type = 'table' AND c.name = 'tenant' AND m.name NOT IN ('tenant', 'position') ORDER BY m.name",
        )?
        .query_map([], |row| row.get::<_, String>(0))?
        .collect::<Result<Vec<_>, _>>()?;
    for table in tables {
        let kept: bool = connection.query_row(
            &format!("SELECT EXISTS (SELECT 1 FROM \"{table}\" WHERE tenant = ?1)"),
            [tenant.as_str()],
            |row| row.get(0),
        )?;
        if kept {
            return Err(StoreError::InUse { what: table });
        }
    }
    let gone =
        connection.prepare_cached("DELETE FROM tenant WHERE tenant = ?1")?.execute([tenant.as_str()])?;
    Ok(gone > 0)
}
