//! What was moved, counted and digested on both sides.

use mesh_contract::Digest;

use super::table::Table;
use super::value::Value;

/// A table as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// Its name.
    pub table: &'static str,
    /// How many rows it has.
    pub rows: u64,
    /// The digest of all rows in order of their keys.
    pub digest: Digest,
}

impl Tally {
    pub(super) fn of(table: &Table) -> Self {
        Self { table: table.name, rows: 0, digest: Digest::of_bytes(table.list().as_bytes()) }
    }

    /// Counts one more row.
    pub(super) fn add(&mut self, row: &[Value]) {
        let mut bytes = self.digest.to_string().into_bytes();
        row.iter().for_each(|value| value.write(&mut bytes));
        self.digest = Digest::of_bytes(&bytes);
        self.rows += 1;
    }
}
