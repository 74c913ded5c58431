//! Between columns and the words of the mesh.

use std::str::FromStr;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio_postgres::Row;

use super::super::Stage;
use super::failure::Failure;

/// A column that holds something's text.
pub(super) fn parsed<T>(row: &Row, column: &str) -> Result<T, Failure>
where
    T: FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    row.try_get::<_, &str>(column)?.parse().map_err(Failure::unreadable)
}

/// A column that holds something's text, or nothing.
pub(super) fn maybe_parsed<T>(row: &Row, column: &str) -> Result<Option<T>, Failure>
where
    T: FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let text: Option<&str> = row.try_get(column)?;
    text.map(str::parse).transpose().map_err(Failure::unreadable)
}

/// A column that holds JSON.
pub(super) fn json<T: DeserializeOwned>(row: &Row, column: &str) -> Result<T, Failure> {
    serde_json::from_str(row.try_get(column)?).map_err(Failure::unreadable)
}

/// A column that holds JSON, or nothing.
pub(super) fn maybe_json<T: DeserializeOwned>(row: &Row, column: &str) -> Result<Option<T>, Failure> {
    let text: Option<&str> = row.try_get(column)?;
    text.map(serde_json::from_str).transpose().map_err(Failure::unreadable)
}

/// A column that holds a number that never sinks below zero.
pub(super) fn number<T: TryFrom<i64>>(row: &Row, column: &str) -> Result<T, Failure>
where
    T::Error: std::error::Error + Send + Sync + 'static,
{
    T::try_from(row.try_get::<_, i64>(column)?).map_err(Failure::unreadable)
}

/// A column that holds how far a version has come.
pub(super) fn stage(row: &Row, column: &str) -> Result<Stage, Failure> {
    match row.try_get(column)? {
        "draft" => Ok(Stage::Draft),
        "released" => Ok(Stage::Released),
        other => Err(Failure::unreadable(format!("`{other}` is no stage"))),
    }
}

pub(super) fn stage_text(stage: Stage) -> &'static str {
    match stage {
        Stage::Draft => "draft",
        Stage::Released => "released",
    }
}

/// JSON for a column.
pub(super) fn json_text(value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(Failure::unreadable)
}

/// As many as PostgreSQL counts.
pub(super) fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A number for a column, which none outgrows in the life of a registry.
pub(super) fn big(number: u64) -> Result<i64, Failure> {
    i64::try_from(number).map_err(Failure::unreadable)
}

/// Free text for a column. PostgreSQL keeps every character but the one that ends a text in C; the document, which is kept
/// as bytes, has it still.
pub(super) fn plain(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}
