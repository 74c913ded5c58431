//! Backups: a copy of the whole database as it stood at one moment, taken while it serves, and its way back.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::FILE;
use super::schema::{self, OpenError};

/// What to do when there is something already where a copy goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// Leave it alone and say so.
    Keep,
    /// Put the copy in its place.
    Replace,
}

/// Why a backup was not made or not brought back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// There is nothing to copy.
    #[error("there is no database at `{}`; name the registry's data folder or a backup of it", path.display())]
    Missing {
        /// Where one was looked for.
        path: PathBuf,
    },
    /// Something is there already.
    #[error("`{}` exists already; choose another place, or say that it may be replaced", path.display())]
    Exists {
        /// What is there.
        path: PathBuf,
    },
    /// A registry runs on the folder.
    #[error(transparent)]
    Held(#[from] crate::lock::LockError),
    /// What was to be copied is damaged.
    #[error("`{}` is damaged: {problem}; use an earlier backup", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite's own check found first.
        problem: String,
    },
    /// What was to be copied is not this release's.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database could not be read.
    #[error("cannot copy the database `{}`", path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: rusqlite::Error,
    },
    /// A file could not be written.
    #[error("cannot write `{}`", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// Copies the database of a data folder into one file, as it stands at one moment; a registry may serve and write meanwhile.
/// The copy was read back and synced when this returns.
///
/// # Errors
/// When there is no database, when the target exists, or when reading or writing fails. Nothing is left half-written.
pub fn backup(folder: &Path, target: &Path) -> Result<(), SnapshotError> {
    let source = folder.join(FILE);
    if target.exists() {
        return Err(SnapshotError::Exists { path: target.to_owned() });
    }
    copy(&source, target, Existing::Keep, || Ok(()))
}

/// Puts a backup into a data folder that no registry holds.
///
/// # Errors
/// When the backup is missing, damaged or of a later release, when a registry holds the folder, or when there is a database
/// already and it may not be replaced.
pub fn restore(backup: &Path, folder: &Path, existing: Existing) -> Result<(), SnapshotError> {
    verify(backup)?;
    std::fs::create_dir_all(folder)
        .map_err(|source| SnapshotError::Write { path: folder.to_owned(), source })?;
    let _held = crate::lock::FolderLock::take(folder)?;
    let target = folder.join(FILE);
    if existing == Existing::Keep && target.exists() {
        return Err(SnapshotError::Exists { path: target });
    }
    // The log of the database that goes belongs to that one alone. It goes before the name changes hands: a new database
    // with a foreign log would be none at all.
    copy(backup, &target, existing, || {
        ["-wal", "-shm"].iter().try_for_each(|suffix| {
            let path = folder.join(format!("{FILE}{suffix}"));
            remove(&path).map_err(|source| SnapshotError::Write { path, source })
        })
    })
}

/// Removes a file if it is there.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Copies a backup, which is left as it is, to where the copy may be brought to this release.
///
/// # Errors
/// When the backup is missing, damaged or of a later release.
#[cfg(feature = "postgres")]
pub(crate) fn unpack(backup: &Path, target: &Path) -> Result<(), SnapshotError> {
    verify(backup)?;
    copy(backup, target, Existing::Keep, || Ok(()))
}

/// Copies by SQLite's own means into a file beside the target, checks the copy, syncs it, and only then gives it its name.
fn copy(
    source: &Path,
    target: &Path,
    existing: Existing,
    clear: impl FnOnce() -> Result<(), SnapshotError>,
) -> Result<(), SnapshotError> {
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    let partial = target.with_file_name(name);
    let write = |path: &Path| {
        let path = path.to_owned();
        move |source| SnapshotError::Write { path, source }
    };
    remove(&partial).map_err(write(&partial))?;
    let result = (|| {
        let connection = open_source(source)?;
        let text = partial.to_str().ok_or_else(|| {
            write(&partial)(io::Error::new(io::ErrorKind::InvalidInput, "the path is not UTF-8"))
        })?;
        connection
            .execute("VACUUM INTO ?1", [text])
            .map_err(|error| SnapshotError::Sqlite { path: source.to_owned(), source: error })?;
        verify(&partial)?;
        File::open(&partial).and_then(|file| file.sync_all()).map_err(write(&partial))?;
        if existing == Existing::Keep && target.exists() {
            return Err(SnapshotError::Exists { path: target.to_owned() });
        }
        clear()?;
        std::fs::rename(&partial, target).map_err(write(target))?;
        sync_folder(target).map_err(write(target))
    })();
    if result.is_err() {
        // Best effort: the error that is told is the one that matters.
        drop(std::fs::remove_file(&partial));
    }
    result
}

/// Makes a new name as lasting as the file that has it.
pub(crate) fn sync_folder(file: &Path) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Folders cannot be opened on every system; where they cannot, names are lasting without it.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

fn open_source(path: &Path) -> Result<Connection, SnapshotError> {
    if !path.is_file() {
        return Err(SnapshotError::Missing { path: path.to_owned() });
    }
    let sqlite = |source| SnapshotError::Sqlite { path: path.to_owned(), source };
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(sqlite)?;
    connection.busy_timeout(std::time::Duration::from_secs(10)).map_err(sqlite)?;
    schema::check(&connection, path)?;
    Ok(connection)
}

/// Checks that a file is a whole database of a registry that this release reads.
pub(crate) fn verify(path: &Path) -> Result<(), SnapshotError> {
    let connection = open_source(path)?;
    let damaged = |problem: String| SnapshotError::Damaged { path: path.to_owned(), problem };
    let problem: String = connection
        .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
        .map_err(|error| damaged(error.to_string()))?;
    if problem != "ok" {
        return Err(damaged(problem));
    }
    Ok(())
}
