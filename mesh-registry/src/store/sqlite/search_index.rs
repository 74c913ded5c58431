//! The text index, which follows behind publishing: entering the words of a product costs as much as all the rest of its
//! publish, and nobody who publishes waits for it.
//!
//! A publish notes its words in the same transaction, so no crash loses them. The writer moves notes into the index once
//! nothing else is to be written, and a search asks for that first, so it finds everything that was acknowledged before.

use rusqlite::{Connection, params};

use super::super::Head;

/// Notes what a product says from now on, in place of what it said before.
pub(super) fn note(connection: &Connection, id: i64, address: &str, head: &Head) -> rusqlite::Result<()> {
    let Head { description, fields, tags, domain, .. } = head;
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO search_due (id, address, description, fields, tags, owner)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![id, address, description, fields, tags.join("\n"), domain.owner])
        .map(drop)
}

/// Moves up to so many notes into the index, within the open transaction. Gives how many there were.
pub(super) fn catch_up(connection: &Connection, most: usize) -> rusqlite::Result<usize> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO product_search (rowid, address, description, fields, tags, owner)
             SELECT id, address, description, fields, tags, owner FROM search_due ORDER BY id LIMIT ?1",
        )?
        .execute([most])?;
    connection
        .prepare_cached(
            "DELETE FROM search_due WHERE id IN (SELECT id FROM search_due ORDER BY id LIMIT ?1)",
        )?
        .execute([most])
}

/// Whether words wait to be entered, as they do after a crash.
pub(super) fn is_behind(connection: &Connection) -> rusqlite::Result<bool> {
    connection.prepare_cached("SELECT 1 FROM search_due LIMIT 1")?.exists([])
}
