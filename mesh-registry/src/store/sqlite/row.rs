//! Between columns and the words of the mesh.

use std::str::FromStr;

use chrono::{DateTime, SecondsFormat, Utc};
use rusqlite::Row;
use rusqlite::types::Type;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::super::Stage;

/// A column that holds something's text.
pub(super) fn parsed<T>(row: &Row<'_>, column: &str) -> rusqlite::Result<T>
where
    T: FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let index = row.as_ref().column_index(column)?;
    let text = row.get_ref(index)?.as_str().map_err(|error| unreadable(index, error))?;
    text.parse().map_err(|error| unreadable(index, error))
}

/// A column that holds something's text, or nothing.
pub(super) fn maybe_parsed<T>(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<T>>
where
    T: FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let there = row.get_ref(column)?.as_str_or_null()?.is_some();
    there.then(|| parsed(row, column)).transpose()
}

/// A column that holds JSON.
pub(super) fn json<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> rusqlite::Result<T> {
    let index = row.as_ref().column_index(column)?;
    let text = row.get_ref(index)?.as_str().map_err(|error| unreadable(index, error))?;
    serde_json::from_str(text).map_err(|error| unreadable(index, error))
}

/// A column that holds JSON, or nothing.
pub(super) fn maybe_json<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<T>> {
    let there = row.get_ref(column)?.as_str_or_null()?.is_some();
    there.then(|| json(row, column)).transpose()
}

/// A column that holds a point in time.
pub(super) fn time(row: &Row<'_>, column: &str) -> rusqlite::Result<DateTime<Utc>> {
    parsed::<DateTime<chrono::FixedOffset>>(row, column).map(|time| time.with_timezone(&Utc))
}

/// A column that holds a point in time, or nothing.
pub(super) fn maybe_time(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<DateTime<Utc>>> {
    Ok(maybe_parsed::<DateTime<chrono::FixedOffset>>(row, column)?.map(|time| time.with_timezone(&Utc)))
}

/// A column that holds how far a version has come.
pub(super) fn stage(row: &Row<'_>, column: &str) -> rusqlite::Result<Stage> {
    let index = row.as_ref().column_index(column)?;
    match row.get_ref(index)?.as_str().map_err(|error| unreadable(index, error))? {
        "draft" => Ok(Stage::Draft),
        "released" => Ok(Stage::Released),
        other => Err(unreadable(index, format!("`{other}` is no stage"))),
    }
}

fn unreadable(index: usize, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(index, Type::Text, error.into())
}

pub(super) fn stage_text(stage: Stage) -> &'static str {
    match stage {
        Stage::Draft => "draft",
        Stage::Released => "released",
    }
}

pub(super) fn time_text(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// JSON for a column, or the reason why there is none, as an error of the database that it cannot enter.
pub(super) fn json_text(value: &impl Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}
