//! Everything that a registry keeps, from one store to the other.
//!
//! A backup of either store is a file of the embedded one: it needs no server to be looked into, it checks itself, and it
//! is restored into whichever store one likes. Moving to PostgreSQL is restoring a data folder. Both ways are all or
//! nothing, and what has arrived is read back and compared, row by row, with what was sent.

mod embedded;
mod load;
mod table;
mod tally;
mod unload;
mod value;
mod words;

use std::path::{Path, PathBuf};

use crate::lock::{FolderLock, LockError};
use crate::store::StoreError;
use crate::store::postgres::{self, connect, give_numbers};
use crate::store::sqlite::{self, Existing, FILE, SnapshotError, open_writer, sync_folder, unpack, verify};
use crate::store_url::StoreUrl;

pub use tally::Tally;

/// Why nothing was moved.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransferError {
    /// The PostgreSQL database cannot be used.
    #[error(transparent)]
    Postgres(#[from] postgres::OpenError),
    /// The embedded database cannot be used.
    #[error(transparent)]
    Embedded(#[from] sqlite::OpenError),
    /// A registry runs on the data folder.
    #[error(transparent)]
    Held(#[from] LockError),
    /// The file cannot be read or written.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// There is a registry in the database already.
    #[error("`{url}` holds a registry already; name a new database, or say that it may be replaced")]
    NotEmpty {
        /// The database.
        url: StoreUrl,
    },
    /// A registry serves the database.
    #[error("a registry is connected to `{url}`; stop every one that is first")]
    InUse {
        /// The database.
        url: StoreUrl,
    },
    /// What has arrived is not what was sent.
    #[error(
        "the rows of `{table}` did not arrive as they were sent, so nothing was kept; report this with the versions of both stores"
    )]
    Differs {
        /// The table.
        table: &'static str,
    },
    /// A row is none of a registry's.
    #[error("a row of `{table}` cannot be read; use an earlier backup")]
    Unreadable {
        /// The table.
        table: &'static str,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// PostgreSQL failed.
    #[error("PostgreSQL failed on the way, so nothing was kept; try again")]
    Database(#[from] tokio_postgres::Error),
    /// The store failed.
    #[error("PostgreSQL failed on the way, so nothing was kept; try again")]
    Store(#[from] StoreError),
    /// SQLite failed.
    #[error(
        "the embedded database failed on the way, so nothing was kept; see that it is whole and has room"
    )]
    Sqlite(#[from] rusqlite::Error),
    /// A file could not be written.
    #[error("cannot write `{}`; see that there is room", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// Moves everything in a data folder, on which no registry runs, into an empty PostgreSQL database. The folder stays as it is.
///
/// # Errors
/// When the folder has no registry, one runs on it, the database is not empty, or it fails. Then nothing has arrived.
pub async fn migrate(folder: &Path, to: &StoreUrl) -> Result<Vec<Tally>, TransferError> {
    let path = folder.join(FILE);
    if !path.is_file() {
        return Err(SnapshotError::Missing { path }.into());
    }
    let _held = FolderLock::take(folder)?;
    verify(&path)?;
    load(&path, to, Existing::Keep).await
}

/// Puts a backup of either store into a PostgreSQL database that no registry serves.
///
/// # Errors
/// When the backup is missing, damaged or of a later release, when a registry serves the database, when it holds one and it
/// may not be replaced, or when it fails. Then the database is as it was.
pub async fn restore(backup: &Path, to: &StoreUrl, existing: Existing) -> Result<Vec<Tally>, TransferError> {
    let folder =
        tempfile::tempdir().map_err(|source| TransferError::Write { path: std::env::temp_dir(), source })?;
    // A copy may be brought to this release's schema; a backup is never changed.
    let path = folder.path().join(FILE);
    unpack(backup, &path)?;
    load(&path, to, existing).await
}

async fn load(path: &Path, to: &StoreUrl, existing: Existing) -> Result<Vec<Tally>, TransferError> {
    let source = open_writer(path)?;
    let mut client = connect(to, true).await?;
    let transaction = client.transaction().await?;
    load::take(&transaction, to, existing).await?;
    let tallies = load::load(&transaction, &source).await?;
    transaction.commit().await?;
    // What the planner knows of empty tables would make the first requests slow.
    client.batch_execute("ANALYZE").await?;
    Ok(tallies)
}

/// Copies everything in a PostgreSQL database into one file, as it stands at one moment; registries may serve and write
/// meanwhile. The copy was read back and synced when this returns.
///
/// # Errors
/// When there is no registry, when the file exists, or when reading or writing fails. Nothing is left half-written.
pub async fn backup(from: &StoreUrl, target: &Path) -> Result<Vec<Tally>, TransferError> {
    let vacant = || match target.exists() {
        true => Err(SnapshotError::Exists { path: target.to_owned() }),
        false => Ok(()),
    };
    vacant()?;
    let mut client = connect(from, false).await?;
    give_numbers(&mut client).await?;
    let partial = unload::Partial::beside(target)?;
    let tallies = unload::unload(&mut client, partial.path()).await?;
    verify(partial.path())?;
    vacant()?;
    std::fs::rename(partial.path(), target)
        .and_then(|()| sync_folder(target))
        .map_err(|source| TransferError::Write { path: target.to_owned(), source })?;
    Ok(tallies)
}
