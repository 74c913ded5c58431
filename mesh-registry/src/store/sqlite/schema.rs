//! Opening the database: which release wrote it, and how it is brought to this one.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::lock::LockError;

/// What marks a file as a registry's: `mesh` in ASCII.
pub(super) const APPLICATION_ID: i32 = 0x6d65_7368;

/// Forward only, in this order. A migration that was released never changes; code one release back must live with the new
/// schema.
const MIGRATIONS: [&str; 10] = [
    include_str!("../../../migrations/sqlite/0001_registry.sql"),
    include_str!("../../../migrations/sqlite/0002_lean_publish.sql"),
    include_str!("../../../migrations/sqlite/0003_matrix.sql"),
    include_str!("../../../migrations/sqlite/0004_events.sql"),
    include_str!("../../../migrations/sqlite/0005_lifecycle.sql"),
    include_str!("../../../migrations/sqlite/0006_identities.sql"),
    include_str!("../../../migrations/sqlite/0007_agreements.sql"),
    include_str!("../../../migrations/sqlite/0008_policies.sql"),
    include_str!("../../../migrations/sqlite/0009_audit_chain.sql"),
    include_str!("../../../migrations/sqlite/0011_tenants.sql"),
];

/// The version of the schema that this release writes.
pub(super) const VERSION: usize = MIGRATIONS.len();

/// A write of another process, a backup that begins, is over long before.
const BUSY: Duration = Duration::from_secs(10);

/// Why a database could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another registry has the folder, or it cannot be locked.
    #[error(transparent)]
    Held(#[from] LockError),
    /// The file is not a registry's.
    #[error("`{}` is not the database of a registry; choose another data folder", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// A later release wrote the file.
    #[error(
        "`{}` was written by a later release (its schema is version {found}, this release knows {VERSION}); run that release, or restore a backup that this one made",
        path.display()
    )]
    LaterRelease {
        /// The file.
        path: PathBuf,
        /// The version of its schema.
        found: usize,
    },
    /// SQLite could not open or migrate the file.
    #[error("cannot open the database `{}`", path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: rusqlite::Error,
    },
    /// The writer's thread could not be started.
    #[error("cannot start the thread that writes")]
    Thread {
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// Opens the one connection that writes, making or migrating the database.
pub(crate) fn open_writer(path: &Path) -> Result<Connection, OpenError> {
    let sqlite = |source| OpenError::Sqlite { path: path.to_owned(), source };
    let mut connection = Connection::open(path).map_err(sqlite)?;
    connection.busy_timeout(BUSY).map_err(sqlite)?;
    check(&connection, path)?;
    configure_writer(&connection).map_err(sqlite)?;
    migrate(&mut connection).map_err(sqlite)?;
    Ok(connection)
}

/// Opens a connection that only reads.
pub(super) fn open_reader(path: &Path) -> Result<Connection, OpenError> {
    let sqlite = |source| OpenError::Sqlite { path: path.to_owned(), source };
    // Read-write, for a reader of a database in WAL mode takes part in its shared memory; no statement here writes.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(sqlite)?;
    connection.busy_timeout(BUSY).map_err(sqlite)?;
    connection.pragma_update(None, "query_only", true).map_err(sqlite)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Sees whether this release can use the database of a folder, if there is one. Whoever asks has the folder.
pub(crate) fn see(folder: &Path) -> Result<(), OpenError> {
    let path = folder.join(super::FILE);
    if !path.exists() {
        return Ok(());
    }
    check(&open_reader(&path)?, &path).map(drop)
}

/// Refuses a file that is not a registry's or comes from a later release. Gives the version of its schema.
pub(super) fn check(connection: &Connection, path: &Path) -> Result<usize, OpenError> {
    let sqlite = |source| OpenError::Sqlite { path: path.to_owned(), source };
    let number = |pragma: &str| {
        connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0)).map_err(|error| match error {
            rusqlite::Error::SqliteFailure(failure, _)
                if failure.code == rusqlite::ErrorCode::NotADatabase =>
            {
                OpenError::Foreign { path: path.to_owned() }
            }
            error => sqlite(error),
        })
    };
    let (application, version) = (number("application_id")?, number("user_version")?);
    let found = usize::try_from(version).unwrap_or(usize::MAX);
    if application == i64::from(APPLICATION_ID) {
        return if found > VERSION {
            Err(OpenError::LaterRelease { path: path.to_owned(), found })
        } else {
            Ok(found)
        };
    }
    let tables: i64 =
        connection.query_row("SELECT COUNT(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(sqlite)?;
    // A registry that died before its first migration was committed leaves an empty database, which is as good as new.
    if application == 0 && found == 0 && tables == 0 {
        Ok(0)
    } else {
        Err(OpenError::Foreign { path: path.to_owned() })
    }
}

fn configure_writer(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "journal_mode", "wal")?;
    // The log is synced on every commit, so what was acknowledged survives a loss of power. With NORMAL it would not.
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "cache_size", -32 * 1024)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// Runs what is missing, each migration with its version in one transaction.
fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    loop {
        let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let done = transaction.pragma_query_value(None, "user_version", |row| row.get::<_, usize>(0))?;
        let Some(migration) = MIGRATIONS.get(done) else { return Ok(()) };
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", done + 1)?;
        transaction.commit()?;
        tracing::info!(schema = done + 1, "brought the database to schema version {}", done + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pragma(connection: &Connection, name: &str) -> String {
        let value = connection.pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0));
        match value.expect(name) {
            rusqlite::types::Value::Text(text) => text,
            rusqlite::types::Value::Integer(number) => number.to_string(),
            other => panic!("{name}: {other:?}"),
        }
    }

    #[test]
    fn the_writer_syncs_its_log_on_every_commit() {
        let folder = tempfile::tempdir().expect("a folder");
        let connection = open_writer(&folder.path().join(super::super::FILE)).expect("a database");
        assert_eq!(pragma(&connection, "journal_mode"), "wal");
        assert_eq!(pragma(&connection, "synchronous"), "2", "2 is FULL");
    }

    #[test]
    fn a_database_of_a_later_release_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(super::super::FILE);
        let connection = open_writer(&path).expect("a database");
        connection.pragma_update(None, "user_version", VERSION + 1).expect("a later version");
        drop(connection);
        let error = open_writer(&path).expect_err("a later release");
        assert!(matches!(error, OpenError::LaterRelease { found, .. } if found == VERSION + 1), "{error}");
        assert!(error.to_string().contains("later release"), "{error}");
    }

    #[test]
    fn a_file_that_is_no_registry_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let other = folder.path().join("other.db");
        Connection::open(&other).and_then(|it| it.execute_batch("CREATE TABLE t (x)")).expect("a database");
        let text = folder.path().join("text.db");
        std::fs::write(&text, "not a database at all, but long enough to be looked at as one ".repeat(20))
            .expect("a file");
        for path in [other, text] {
            let before = std::fs::read(&path).expect("the file");
            let error = open_writer(&path).expect_err("no registry");
            assert!(matches!(error, OpenError::Foreign { .. }), "{error:?}");
            assert_eq!(std::fs::read(&path).expect("the file"), before);
        }
    }

    #[test]
    fn a_database_of_the_first_release_keeps_what_it_knows() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(super::super::FILE);
        let first = Connection::open(&path).expect("a database");
        first.execute_batch(MIGRATIONS[0]).expect("its schema");
        first
            .execute_batch(
                "INSERT INTO contract (tenant, digest, document) VALUES ('t', 'd', x''), ('t', 'e', x''), ('u', 'd', x'');
                 INSERT INTO version VALUES ('t', 'a.b', '1.0.0', 'd', 'p', 'released', 'at'),
                                            ('t', 'a.b', '1.1.0', 'e', 'p', 'draft', 'at');",
            )
            .expect("its rows");
        first.pragma_update(None, "application_id", APPLICATION_ID).expect("its mark");
        first.pragma_update(None, "user_version", 1).expect("its version");
        drop(first);
        let now = open_writer(&path).expect("the same database");
        let released: i64 = now
            .query_row(
                "SELECT COUNT(*) FROM contract WHERE released AND tenant = 't' AND digest = 'd'",
                [],
                |row| row.get(0),
            )
            .expect("a count");
        let drafts: i64 = now
            .query_row("SELECT COUNT(*) FROM contract WHERE NOT released", [], |row| row.get(0))
            .expect("a count");
        assert_eq!((released, drafts, pragma(&now, "user_version")), (1, 2, VERSION.to_string()));
    }

    #[test]
    fn changes_of_the_release_before_are_events_with_their_numbers_and_later_ones_go_on_behind() {
        use super::super::super::{Event, EventKind, NewEvent, TenantId};
        use super::super::events;

        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(super::super::FILE);
        let before = Connection::open(&path).expect("a database");
        MIGRATIONS[..3].iter().for_each(|step| before.execute_batch(step).expect("its schema"));
        // The last change that was given a number is gone, and its number is not given again.
        before
            .execute_batch(
                "INSERT INTO change VALUES (3, 'default', 'a.b', '1.0.0', 'sha256:01', 'draft', '2026-01-02T03:04:05.000006Z'),
                    (5, 'default', 'a.c', '2.0.0-rc.1', 'sha256:02', 'released', '2026-01-02T03:04:06.000000Z'),
                    (9, 'other', 'a.d', '1.0.0', 'sha256:03', 'released', '2026-01-02T03:04:07.000000Z');
                 DELETE FROM change WHERE sequence = 9;",
            )
            .expect("its rows");
        before.pragma_update(None, "application_id", APPLICATION_ID).expect("its mark");
        before.pragma_update(None, "user_version", 3).expect("its version");
        drop(before);
        let now = open_writer(&path).expect("the same database");
        let next = NewEvent {
            kind: EventKind::LineRetired,
            subject: "a.b".to_owned(),
            address: None,
            data: serde_json::json!({}),
        };
        events::note(&now, "default", &next, "2026-01-02T03:04:08.000000Z").expect("written");
        let told = events::after(&now, &TenantId::default(), 0, 10).expect("events");
        let told = |index: usize| {
            let Event { sequence, kind, subject, address, data, at } = &told[index];
            let address = address.as_ref().map(ToString::to_string).unwrap_or_default();
            format!("{sequence} {kind} {subject} {address} {data} {}", at.timestamp_micros() % 100_000_000)
        };
        assert_eq!(
            [told(0), told(1), told(2)],
            [
                r#"3 mesh.version.published.v1 a.b@1.0.0 a.b {"digest":"sha256:01","stage":"draft","version":"1.0.0"} 45000006"#,
                r#"5 mesh.version.published.v1 a.c@2.0.0-rc.1 a.c {"digest":"sha256:02","stage":"released","version":"2.0.0-rc.1"} 46000000"#,
                "10 mesh.line.retired.v1 a.b  {} 48000000",
            ]
        );
    }

    #[test]
    fn a_reader_cannot_write() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(super::super::FILE);
        let _writer = open_writer(&path).expect("a database");
        let reader = open_reader(&path).expect("a reader");
        assert!(reader.execute("DELETE FROM product", []).is_err());
    }
}
