//! Out of PostgreSQL: everything as it stands at one moment, into a file of the embedded store.

use std::path::{Path, PathBuf};
use std::pin::pin;

use deadpool_postgres::{Client, Transaction};
use futures_util::TryStreamExt as _;
use rusqlite::{Connection, params};
use tokio_postgres::IsolationLevel;
use tokio_postgres::types::ToSql;

use super::load::each;
use super::table::TABLES;
use super::tally::Tally;
use super::words::{DOCUMENTS, Words};
use super::{TransferError, embedded};
use crate::store::sqlite::{open_writer, remove};

/// A file that is written, and goes away unless it is kept.
pub(super) struct Partial(PathBuf);

impl Partial {
    /// A place beside where the file will be.
    pub(super) fn beside(target: &Path) -> Result<Self, TransferError> {
        let mut name = target.file_name().unwrap_or_default().to_owned();
        name.push(".partial");
        let partial = Self(target.with_file_name(name));
        partial.clear().map_err(|source| TransferError::Write { path: partial.0.clone(), source })?;
        Ok(partial)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    fn clear(&self) -> std::io::Result<()> {
        ["", "-wal", "-shm"].iter().try_for_each(|suffix| {
            let mut path = self.0.clone().into_os_string();
            path.push(suffix);
            remove(Path::new(&path))
        })
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // Best effort: the error that is told is the one that matters.
        drop(self.clear());
    }
}

/// Writes all there is into a new file, and reads it back.
pub(super) async fn unload(client: &mut Client, path: &Path) -> Result<Vec<Tally>, TransferError> {
    let snapshot = client
        .build_transaction()
        .isolation_level(IsolationLevel::RepeatableRead)
        .read_only(true)
        .start()
        .await?;
    snapshot
        .batch_execute("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
        .await?;
    let mut target = open_writer(path)?;
    let sent = {
        let writing = target.transaction()?;
        let mut sent = Vec::with_capacity(TABLES.len());
        for table in &TABLES {
            let mut tally = Tally::of(table);
            each(&snapshot, table, |row| {
                tally.add(&row);
                embedded::insert(&writing, table, row)
            })
            .await?;
            sent.push(tally);
        }
        note_words(&snapshot, &writing).await?;
        writing.commit()?;
        sent
    };
    for (table, sent) in TABLES.iter().zip(&sent) {
        if embedded::tally(&target, table)? != *sent {
            return Err(TransferError::Differs { table: table.name });
        }
    }
    embedded::close(target, path)?;
    Ok(sent)
}

/// Notes the words of all products, as after a crash: the store enters them when it is opened.
async fn note_words(snapshot: &Transaction<'_>, target: &Connection) -> Result<(), TransferError> {
    let mut rows = pin!(snapshot.query_raw(DOCUMENTS, std::iter::empty::<&(dyn ToSql + Sync)>()).await?);
    while let Some(row) = rows.try_next().await? {
        let texts = [row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?, row.try_get(4)?];
        let Words { tenant, address, description, tags, owner, fields } = Words::read(texts, row.try_get(5)?);
        target
            .prepare_cached(
                "INSERT INTO search_due (id, address, description, fields, tags, owner)
                 SELECT id, address, ?3, ?4, ?5, ?6 FROM product WHERE tenant = ?1 AND address = ?2",
            )?
            .execute(params![tenant, address, description, fields, tags.join("\n"), owner])?;
    }
    Ok(())
}
