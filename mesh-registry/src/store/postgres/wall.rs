//! The second wall between tenants: who serves works as a role that sees the rows of one tenant alone, which each session is told
//! before a statement for another than its last.
//!
//! The first wall is that every method of the store takes the tenant and every statement has it as a condition. This one holds
//! where a condition was forgotten. It does not hold against whoever can write statements of their own: they name the tenant.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Mutex, PoisonError};

use deadpool_postgres::{Client, Object, ObjectId};
use futures_util::TryStreamExt as _;
use tokio_postgres::{SimpleQueryStream, Transaction};

use super::super::TenantId;
use super::failure::Failure;
use super::schema::OpenError;
use crate::store_url::StoreUrl;

/// As whom a session works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// As whoever owns the tables, who sees all there is: to bring the schema to a release, and to move everything at once.
    Owner,
    /// Behind the wall, to serve.
    Walled,
}

/// What a session behind the wall begins with. The role is `mesh_tenant` in the steps of the schema too.
pub(super) const ENTER: &str = "SET ROLE mesh_tenant";

/// Makes the role. Databases of one server share it, and another one may make it at the same time.
const MAKE: &str = "DO $$ BEGIN
        CREATE ROLE mesh_tenant NOLOGIN;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END $$";
const GRANTS: &str = include_str!("wall.sql");

/// Sees that there is a role to work as, which sees no more than it should, and lets it do what serving takes.
pub(super) async fn raise(transaction: &mut Transaction<'_>, url: &StoreUrl) -> Result<(), OpenError> {
    let database = |source| OpenError::Database { url: url.clone(), source };
    let unwalled = |problem: &str| OpenError::NoWall { url: url.clone(), problem: problem.to_owned() };
    let row = transaction
        .query_one(
            "SELECT u.rolsuper OR u.rolcreaterole, EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'mesh_tenant')
             FROM pg_roles u WHERE u.rolname = current_user",
            &[],
        )
        .await
        .map_err(database)?;
    let (may_make, made): (bool, bool) =
        (row.try_get(0).map_err(database)?, row.try_get(1).map_err(database)?);
    if !made {
        if !may_make {
            return Err(unwalled("there is no role `mesh_tenant`, and its user may not make one"));
        }
        transaction.batch_execute(MAKE).await.map_err(database)?;
    }
    let row = transaction
        .query_one(
            "SELECT rolsuper OR rolbypassrls OR pg_has_role(oid, current_user, 'MEMBER')
             FROM pg_roles WHERE rolname = 'mesh_tenant'",
            &[],
        )
        .await
        .map_err(database)?;
    if row.try_get(0).map_err(database)? {
        return Err(unwalled("its role `mesh_tenant` sees the rows of all tenants"));
    }
    if !may_enter(transaction).await.map_err(database)? {
        let granting = transaction.savepoint("granting").await.map_err(database)?;
        // Whoever has made the role may let themselves in; who may not is told below.
        if granting.batch_execute("GRANT mesh_tenant TO CURRENT_USER").await.is_ok() {
            granting.commit().await.map_err(database)?;
        } else {
            granting.rollback().await.map_err(database)?;
        }
        if !may_enter(transaction).await.map_err(database)? {
            return Err(unwalled("its user may not work as the role `mesh_tenant`"));
        }
    }
    transaction.batch_execute(GRANTS).await.map_err(database)
}

/// Whether whoever connects may work as the role: tried, for releases of PostgreSQL mean other things by being a member.
async fn may_enter(transaction: &mut Transaction<'_>) -> Result<bool, tokio_postgres::Error> {
    let trying = transaction.savepoint("trying").await?;
    let entered = trying.batch_execute(ENTER).await.is_ok();
    trying.rollback().await?;
    Ok(entered)
}

/// Which tenant each session of a pool was told last.
#[derive(Debug, Default)]
pub(super) struct Told(Mutex<HashMap<ObjectId, TenantId>>);

/// So many sessions are remembered; those that are gone are among them.
const SESSIONS: usize = 4_096;

/// A session that is being told its tenant. What is sent to it next is done for that tenant.
#[must_use = "whether it was told is known when it has answered"]
pub(super) struct Telling<'t> {
    told: &'t Told,
    session: ObjectId,
    tenant: &'t TenantId,
    answer: Option<SimpleQueryStream>,
}

impl Told {
    /// Tells a session its tenant, unless that is the one it was told last.
    pub(super) async fn tell<'t>(
        &'t self,
        client: &Client,
        tenant: &'t TenantId,
    ) -> Result<Telling<'t>, Failure> {
        let session = Object::id(client);
        let answer = {
            let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if told.get(&session) == Some(tenant) {
                None
            } else {
                // Until it has answered nobody knows; whoever is cut off leaves it so.
                told.remove(&session);
                Some(())
            }
        };
        let answer = match answer {
            None => None,
            Some(()) => {
                // Nothing but letters, digits and hyphens is in the name of a tenant.
                let sql = format!("SET mesh.tenant = '{tenant}'");
                Some(client.simple_query_raw(&sql).await.map_err(Failure::NotBegun)?)
            }
        };
        Ok(Telling { told: self, session, tenant, answer })
    }
}

impl Telling<'_> {
    /// Whether the session waits for an answer, because it was told something new.
    pub(super) fn is_news(&self) -> bool {
        self.answer.is_some()
    }

    /// Waits until the session has answered.
    pub(super) async fn done(self) -> Result<(), tokio_postgres::Error> {
        let Self { told, session, tenant, answer } = self;
        let Some(answer) = answer else { return Ok(()) };
        let mut answer = pin!(answer);
        while answer.try_next().await?.is_some() {}
        let mut told = told.0.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() >= SESSIONS {
            told.clear();
        }
        told.insert(session, tenant.clone());
        Ok(())
    }
}
