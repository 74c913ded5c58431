//! The schema: which release wrote it, and how it is brought to this one, by several starters at once.

use deadpool_postgres::{Client, HookError, Pool, PoolError};
use mesh_contract::Digest;
use tokio_postgres::{IsolationLevel, Transaction};

use super::{connect, wall};
use crate::store_url::StoreUrl;

/// A step of the schema. One that was released never changes.
#[derive(Debug, Clone, Copy)]
struct Migration {
    name: &'static str,
    sql: &'static str,
    /// The version that a registry must know to live with what the step leaves behind. A step that only adds leaves this
    /// where it was; the release after the one that stopped using something may take it away, and raises it.
    least: i32,
}

/// Forward only, in this order.
const MIGRATIONS: [Migration; 9] = [
    Migration {
        name: "registry",
        sql: include_str!("../../../migrations/postgres/0001_registry.sql"),
        least: 1,
    },
    Migration { name: "events", sql: include_str!("../../../migrations/postgres/0002_events.sql"), least: 1 },
    Migration {
        name: "lifecycle",
        sql: include_str!("../../../migrations/postgres/0003_lifecycle.sql"),
        least: 1,
    },
    Migration {
        name: "identities",
        sql: include_str!("../../../migrations/postgres/0004_identities.sql"),
        least: 1,
    },
    Migration {
        name: "agreements",
        sql: include_str!("../../../migrations/postgres/0005_agreements.sql"),
        least: 1,
    },
    Migration {
        name: "policies",
        sql: include_str!("../../../migrations/postgres/0006_policies.sql"),
        least: 1,
    },
    Migration {
        name: "audit chain",
        sql: include_str!("../../../migrations/postgres/0007_audit_chain.sql"),
        least: 1,
    },
    Migration {
        name: "isolation",
        sql: include_str!("../../../migrations/postgres/0009_isolation.sql"),
        least: 1,
    },
    Migration {
        name: "tenants",
        sql: include_str!("../../../migrations/postgres/0010_tenants.sql"),
        least: 1,
    },
];

/// The version of the schema that this release writes.
const VERSION: i32 = MIGRATIONS.len() as i32;

/// What starters wait for each other at: `mesh` in ASCII.
const LOCK: i64 = 0x6d65_7368;

/// Why a database could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The URL says something that cannot be done.
    #[error("cannot use `{url}`: {problem}")]
    Url {
        /// The database.
        url: StoreUrl,
        /// What is wrong, and what to write instead.
        problem: String,
    },
    /// No certificate can be verified.
    #[error(
        "cannot read the authorities to trust for `{url}`; name a PEM file with `sslrootcert`, or install the system's"
    )]
    Authorities {
        /// The database.
        url: StoreUrl,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The server does not answer, or does not let us in.
    #[error(
        "cannot connect to `{url}`; see that the server runs, that the database exists, and that user, password and `sslmode` are right"
    )]
    Connect {
        /// The database.
        url: StoreUrl,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The database belongs to something else.
    #[error("`{url}` holds the tables of something else; make a database for the registry alone")]
    Foreign {
        /// The database.
        url: StoreUrl,
    },
    /// A later release has changed the schema in a way that this one cannot live with.
    #[error(
        "`{url}` was brought to schema {found} by a later release, and needs one that knows schema {least}, where this one knows {VERSION}; run that release"
    )]
    LaterRelease {
        /// The database.
        url: StoreUrl,
        /// The version of its schema.
        found: i32,
        /// The version that must be known.
        least: i32,
    },
    /// There is no registry in the database.
    #[error("`{url}` holds no registry; see that it is the right database")]
    Missing {
        /// The database.
        url: StoreUrl,
    },
    /// An earlier release made the schema.
    #[error(
        "`{url}` has schema {found}, of an earlier release; use that release, or serve it once with this one"
    )]
    EarlierRelease {
        /// The database.
        url: StoreUrl,
        /// The version of its schema.
        found: usize,
    },
    /// The schema was made by steps that no release had.
    #[error(
        "the step {version} of the schema of `{url}` is not the one that was released; restore a backup into a new database"
    )]
    Changed {
        /// The database.
        url: StoreUrl,
        /// The step.
        version: i32,
    },
    /// Tenants would not be kept apart by the database.
    #[error(
        "tenants cannot be kept apart in `{url}`: {problem}. Let an administrator of the server do once, for the user that connects: \
         `CREATE ROLE mesh_tenant NOLOGIN; GRANT mesh_tenant TO <user>`. Where one organisation has the database for itself, \
         `wall=none` in the URL goes without"
    )]
    NoWall {
        /// The database.
        url: StoreUrl,
        /// What is in the way.
        problem: String,
    },
    /// PostgreSQL could not read or change the schema.
    #[error("cannot bring the schema of `{url}` up to date")]
    Database {
        /// The database.
        url: StoreUrl,
        /// Why.
        #[source]
        source: tokio_postgres::Error,
    },
}

/// The first connection, which tells why there is none.
pub(super) async fn first(pool: &Pool, url: &StoreUrl) -> Result<Client, OpenError> {
    pool.get().await.map_err(|error| OpenError::Connect {
        url: url.clone(),
        source: match error {
            PoolError::Backend(error) | PoolError::PostCreateHook(HookError::Backend(error)) => error.into(),
            error => error.into(),
        },
    })
}

/// What the schema has come to.
struct Applied {
    version: i32,
    checksum: String,
    least: i32,
}

/// Brings the schema to this release, all steps or none. Whoever comes second waits and finds it done.
pub(super) async fn migrate(client: &mut Client, url: &StoreUrl) -> Result<(), OpenError> {
    let database = |source| OpenError::Database { url: url.clone(), source };
    // Each statement sees what was committed before it, for a step waits for writers and then moves what they wrote.
    let builder = client.build_transaction().isolation_level(IsolationLevel::ReadCommitted);
    let mut transaction = builder.start().await.map_err(database)?;
    begin(&transaction).await.map_err(database)?;
    let applied = match read(&transaction).await.map_err(database)? {
        Some(applied) => applied,
        None if is_empty(&transaction).await.map_err(database)? => {
            create(&transaction).await.map_err(database)?;
            Vec::new()
        }
        None => return Err(OpenError::Foreign { url: url.clone() }),
    };
    check(&applied, url)?;
    for (version, migration) in (1..).zip(MIGRATIONS).skip(applied.len()) {
        apply(&transaction, version, migration).await.map_err(database)?;
        tracing::info!(version, "the schema of {url} was brought to version {version}, {}", migration.name);
    }
    if connect::is_walled(url)? {
        wall::raise(&mut transaction, url).await?;
    } else {
        tracing::warn!("tenants are kept apart by this process alone: `wall=none` is in the URL of {url}");
    }
    transaction.commit().await.map_err(database)
}

/// Sees that the schema is this release's, and changes nothing.
pub(super) async fn see(client: &mut Client, url: &StoreUrl) -> Result<(), OpenError> {
    let database = |source| OpenError::Database { url: url.clone(), source };
    let transaction = client.transaction().await.map_err(database)?;
    let Some(applied) = read(&transaction).await.map_err(database)? else {
        return Err(OpenError::Missing { url: url.clone() });
    };
    check(&applied, url)?;
    if applied.len() < MIGRATIONS.len() {
        return Err(OpenError::EarlierRelease { url: url.clone(), found: applied.len() });
    }
    Ok(())
}

/// Sees that this release can use the database, which may be empty, and changes nothing.
pub(super) async fn usable(client: &mut Client, url: &StoreUrl) -> Result<(), OpenError> {
    let database = |source| OpenError::Database { url: url.clone(), source };
    let transaction = client.transaction().await.map_err(database)?;
    match read(&transaction).await.map_err(database)? {
        Some(applied) => check(&applied, url),
        None if is_empty(&transaction).await.map_err(database)? => Ok(()),
        None => Err(OpenError::Foreign { url: url.clone() }),
    }
}

async fn begin(transaction: &Transaction<'_>) -> Result<(), tokio_postgres::Error> {
    // Another starter may take its time.
    transaction.batch_execute("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0").await?;
    transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK]).await.map(drop)
}

async fn read(transaction: &Transaction<'_>) -> Result<Option<Vec<Applied>>, tokio_postgres::Error> {
    let row = transaction.query_one("SELECT to_regclass('mesh_migration') IS NOT NULL", &[]).await?;
    if !row.try_get::<_, bool>(0)? {
        return Ok(None);
    }
    let rows = transaction
        .query("SELECT version, checksum, least FROM mesh_migration ORDER BY version", &[])
        .await?
        .into_iter()
        .map(|row| {
            Ok(Applied { version: row.try_get(0)?, checksum: row.try_get(1)?, least: row.try_get(2)? })
        })
        .collect::<Result<_, _>>()?;
    Ok(Some(rows))
}

async fn is_empty(transaction: &Transaction<'_>) -> Result<bool, tokio_postgres::Error> {
    let row = transaction
        .query_one("SELECT NOT EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = current_schema())", &[])
        .await?;
    row.try_get(0)
}

async fn create(transaction: &Transaction<'_>) -> Result<(), tokio_postgres::Error> {
    transaction
        .batch_execute(
            "CREATE TABLE mesh_migration (
                version    integer PRIMARY KEY,
                name       text NOT NULL,
                checksum   text NOT NULL,
                least      integer NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now()
            )",
        )
        .await
}

async fn apply(
    transaction: &Transaction<'_>,
    version: i32,
    migration: Migration,
) -> Result<(), tokio_postgres::Error> {
    let Migration { name, sql, least } = migration;
    transaction.batch_execute(sql).await?;
    transaction
        .execute(
            "INSERT INTO mesh_migration (version, name, checksum, least) VALUES ($1, $2, $3, $4)",
            &[&version, &name, &checksum(sql), &least],
        )
        .await
        .map(drop)
}

fn checksum(sql: &str) -> String {
    Digest::of_bytes(sql.as_bytes()).to_string()
}

/// Refuses a schema that this release cannot live with, or that no release made.
fn check(applied: &[Applied], url: &StoreUrl) -> Result<(), OpenError> {
    let (found, least) =
        applied.iter().fold((0, 0), |(found, least), it| (found.max(it.version), least.max(it.least)));
    if least > VERSION {
        return Err(OpenError::LaterRelease { url: url.clone(), found, least });
    }
    for (migration, applied) in MIGRATIONS.iter().zip(applied) {
        if applied.checksum != checksum(migration.sql) {
            return Err(OpenError::Changed { url: url.clone(), version: applied.version });
        }
    }
    if found > VERSION {
        tracing::warn!(
            found,
            "{url} was brought to schema {found} by a later release, which this one can live with"
        );
    }
    Ok(())
}
