//! The records that the shop's own systems left: CSV files, read strictly.
//!
//! The files are built into the binary, so it serves wherever it is deployed. `MESH_DATA` names a folder to read them from
//! instead, `$MESH_DATA/tracks.csv` and so on, so that new data needs no new build.

use std::fs;
use std::path::PathBuf;
use std::str::FromStr;

use csv::{Position, ReaderBuilder, StringRecord, Trim};
use mesh_runtime::host::Context;

/// One file of the domain's data.
#[derive(Debug, Clone, Copy)]
pub(crate) struct File {
    name: &'static str,
    built_in: &'static str,
}

pub(crate) const TRACKS: File = File { name: "tracks.csv", built_in: include_str!("../data/tracks.csv") };
pub(crate) const CUSTOMERS: File =
    File { name: "customers.csv", built_in: include_str!("../data/customers.csv") };
pub(crate) const INVOICES: File =
    File { name: "invoices.csv", built_in: include_str!("../data/invoices.csv") };
pub(crate) const INVOICE_LINES: File =
    File { name: "invoice_lines.csv", built_in: include_str!("../data/invoice_lines.csv") };

impl File {
    /// An error about a column of one of the file's lines.
    pub(crate) fn bad(self, line: u64, column: &'static str, reason: impl ToString) -> DataError {
        DataError::BadField { file: self.name, line, column, reason: reason.to_string() }
    }
}

/// Why the domain's data cannot be read. It names the place and never the content, which may be personal data.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// `MESH_DATA` names a folder without the file.
    #[error("cannot read {}; put the file there, or unset MESH_DATA to serve the data built in", path.display())]
    Unreadable {
        /// The file that was looked for.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file is not CSV, or a row has too few or too many fields.
    #[error("{file} is not well-formed CSV")]
    Malformed {
        /// The file's name.
        file: &'static str,
        /// The reader's words, which name the line.
        source: csv::Error,
    },
    /// The header line lacks a column.
    #[error("{file}, line 1: no column is named `{column}`")]
    NoColumn {
        /// The file's name.
        file: &'static str,
        /// The column that was looked for.
        column: &'static str,
    },
    /// A field does not hold what its column promises, or what other rows ask of it.
    #[error("{file}, line {line}, column `{column}`: {reason}")]
    BadField {
        /// The file's name.
        file: &'static str,
        /// The line, counted from 1 for the header.
        line: u64,
        /// The column's name.
        column: &'static str,
        /// What is wrong, without the field's content.
        reason: String,
    },
}

/// Where the domain's data is read from.
#[derive(Debug, Clone, Default)]
pub struct Data {
    folder: Option<PathBuf>,
}

impl Data {
    /// The data that was built into the binary.
    pub fn built_in() -> Self {
        Self::default()
    }

    /// The data of the folder that the host was given, or what was built in where it was given none.
    pub fn of(context: &Context) -> Self {
        Self { folder: context.data_given().map(PathBuf::from) }
    }

    /// The data of a folder that holds the files themselves.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self { folder: Some(folder.into()) }
    }

    /// Reads every row of a file with `read`, in the order of the file.
    pub(crate) fn rows<T>(
        &self,
        file: File,
        mut read: impl FnMut(&Row<'_>) -> Result<T, DataError>,
    ) -> Result<Vec<T>, DataError> {
        let File { name, built_in } = file;
        let read_in;
        let bytes = match &self.folder {
            None => built_in.as_bytes(),
            Some(folder) => {
                let path = folder.join(name);
                read_in = fs::read(&path).map_err(|source| DataError::Unreadable { path, source })?;
                &read_in
            }
        };
        let malformed = |source| DataError::Malformed { file: name, source };
        // One city of the source ends in a space; names that differ by a space are one name.
        let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(bytes);
        let header = reader.headers().map_err(malformed)?.clone();
        let mut rows = Vec::new();
        for fields in reader.records() {
            let fields = fields.map_err(malformed)?;
            rows.push(read(&Row { file, header: &header, fields: &fields })?);
        }
        Ok(rows)
    }
}

/// One row of a file.
pub(crate) struct Row<'f> {
    file: File,
    header: &'f StringRecord,
    fields: &'f StringRecord,
}

impl Row<'_> {
    /// The line that the row starts on.
    pub(crate) fn line(&self) -> u64 {
        self.fields.position().map_or(0, Position::line)
    }

    /// The text of a column; none where the field is empty.
    pub(crate) fn optional(&self, column: &'static str) -> Result<Option<String>, DataError> {
        Ok(Some(self.raw(column)?).filter(|text| !text.is_empty()).map(str::to_owned))
    }

    /// The text of a column that is never empty.
    pub(crate) fn text(&self, column: &'static str) -> Result<String, DataError> {
        self.optional(column)?.ok_or_else(|| self.bad(column, "is empty, and every row must have one"))
    }

    /// The value of a column in the notation of its type.
    pub(crate) fn value<T>(&self, column: &'static str) -> Result<T, DataError>
    where
        T: FromStr<Err: std::fmt::Display>,
    {
        self.raw(column)?.parse().map_err(|error: T::Err| self.bad(column, error))
    }

    /// An error about a column of this row.
    pub(crate) fn bad(&self, column: &'static str, reason: impl ToString) -> DataError {
        self.file.bad(self.line(), column, reason)
    }

    fn raw(&self, column: &'static str) -> Result<&str, DataError> {
        let index = self.header.iter().position(|name| name == column);
        index
            .and_then(|index| self.fields.get(index))
            .ok_or(DataError::NoColumn { file: self.file.name, column })
    }
}
