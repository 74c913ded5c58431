//! A value of a row between the stores, and what each of them calls its kind.

use chrono::{DateTime, SecondsFormat, Utc};
use rusqlite::types::{Value as Embedded, ValueRef};
use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

/// The kind of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    /// Text, or nothing.
    Maybe,
    Number,
    Flag,
    Bytes,
    Time,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Text(Option<String>),
    Number(i64),
    Flag(bool),
    Bytes(Vec<u8>),
    Time(DateTime<Utc>),
}

type Unreadable = Box<dyn std::error::Error + Send + Sync>;

impl Kind {
    pub(super) fn of_postgres(self) -> Type {
        match self {
            Self::Text | Self::Maybe => Type::TEXT,
            Self::Number => Type::INT8,
            Self::Flag => Type::BOOL,
            Self::Bytes => Type::BYTEA,
            Self::Time => Type::TIMESTAMPTZ,
        }
    }

    pub(super) fn read_postgres(self, row: &Row, index: usize) -> Result<Value, tokio_postgres::Error> {
        Ok(match self {
            Self::Text => Value::Text(Some(row.try_get(index)?)),
            Self::Maybe => Value::Text(row.try_get(index)?),
            Self::Number => Value::Number(row.try_get(index)?),
            Self::Flag => Value::Flag(row.try_get(index)?),
            Self::Bytes => Value::Bytes(row.try_get(index)?),
            Self::Time => Value::Time(row.try_get(index)?),
        })
    }

    pub(super) fn read_embedded(self, value: ValueRef<'_>) -> Result<Value, Unreadable> {
        // The one character that PostgreSQL does not keep in a text is replaced on the way, as publishing does it.
        let text = || Ok::<_, Unreadable>(value.as_str()?.replace('\0', "\u{fffd}"));
        Ok(match self {
            Self::Maybe if value == ValueRef::Null => Value::Text(None),
            Self::Text | Self::Maybe => Value::Text(Some(text()?)),
            Self::Number => Value::Number(value.as_i64()?),
            Self::Flag => Value::Flag(value.as_i64()? != 0),
            Self::Bytes => Value::Bytes(value.as_blob()?.to_vec()),
            Self::Time => Value::Time(DateTime::parse_from_rfc3339(value.as_str()?)?.with_timezone(&Utc)),
        })
    }
}

impl Value {
    pub(super) fn for_postgres(&self) -> &(dyn ToSql + Sync) {
        match self {
            Self::Text(text) => text,
            Self::Number(number) => number,
            Self::Flag(flag) => flag,
            Self::Bytes(bytes) => bytes,
            Self::Time(time) => time,
        }
    }

    pub(super) fn for_embedded(self) -> Embedded {
        match self {
            Self::Text(text) => text.map_or(Embedded::Null, Embedded::Text),
            Self::Number(number) => Embedded::Integer(number),
            Self::Flag(flag) => Embedded::Integer(i64::from(flag)),
            Self::Bytes(bytes) => Embedded::Blob(bytes),
            Self::Time(time) => Embedded::Text(time.to_rfc3339_opts(SecondsFormat::Micros, true)),
        }
    }

    /// Writes the value so that no two rows of the same kinds are written alike.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        let mut put = |bytes: &[u8]| {
            out.extend((bytes.len() as u64).to_be_bytes());
            out.extend(bytes);
        };
        match self {
            Self::Text(None) => out.extend(u64::MAX.to_be_bytes()),
            Self::Text(Some(text)) => put(text.as_bytes()),
            Self::Number(number) => put(&number.to_be_bytes()),
            Self::Flag(flag) => put(&[u8::from(*flag)]),
            Self::Bytes(bytes) => put(bytes),
            Self::Time(time) => put(&time.timestamp_micros().to_be_bytes()),
        }
    }
}
