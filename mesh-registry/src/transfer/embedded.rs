//! The embedded store's side: a SQLite file that nobody else has open.

use std::path::Path;

use rusqlite::{Connection, params_from_iter};

use super::TransferError;
use super::table::Table;
use super::tally::Tally;
use super::value::{Kind, Value};

pub(super) fn row(table: &Table, row: &rusqlite::Row<'_>) -> Result<Vec<Value>, TransferError> {
    let read = |(index, (_, kind)): (usize, &(&str, Kind))| {
        kind.read_embedded(row.get_ref(index)?)
            .map_err(|source| TransferError::Unreadable { table: table.name, source })
    };
    table.columns.iter().enumerate().map(read).collect()
}

/// Reads a table and forgets its rows.
pub(super) fn tally(connection: &Connection, table: &Table) -> Result<Tally, TransferError> {
    let mut tally = Tally::of(table);
    let mut statement = connection.prepare(&table.select())?;
    let mut rows = statement.query([])?;
    while let Some(next) = rows.next()? {
        tally.add(&row(table, next)?);
    }
    Ok(tally)
}

pub(super) fn insert(connection: &Connection, table: &Table, row: Vec<Value>) -> Result<(), TransferError> {
    let places = vec!["?"; row.len()].join(", ");
    connection
        .prepare_cached(&format!("INSERT INTO {} ({}) VALUES ({places})", table.name, table.list()))?
        .execute(params_from_iter(row.into_iter().map(Value::for_embedded)))?;
    Ok(())
}

/// Makes one file of the database and its log.
pub(super) fn close(connection: Connection, path: &Path) -> Result<(), TransferError> {
    connection.pragma_update(None, "journal_mode", "delete")?;
    connection.close().map_err(|(_, error)| TransferError::from(error))?;
    std::fs::File::open(path)
        .and_then(|file| file.sync_all())
        .map_err(|source| TransferError::Write { path: path.to_owned(), source })
}
