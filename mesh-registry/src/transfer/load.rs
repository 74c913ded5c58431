//! Into PostgreSQL: everything in one transaction, which is kept only when what is read back is what was sent.

use std::pin::pin;

use deadpool_postgres::Transaction;
use futures_util::TryStreamExt as _;
use rusqlite::Connection;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{ToSql, Type};

use super::table::{TABLES, Table};
use super::tally::Tally;
use super::value::{Kind, Value};
use super::words::{DOCUMENTS, Words};
use super::{TransferError, embedded};
use crate::store::postgres::search_index::{self, Said};
use crate::store::sqlite::Existing;
use crate::store_url::StoreUrl;

/// The tables that are filled beside [`TABLES`], follow from them, or are there for the release before.
const OTHERS: &str = "product_search, event_due, change, change_due, lease, position";
/// So many products are entered into the text index with one statement.
const ENTRIES: usize = 500;

/// Sees that the database is there for this alone, and that it is empty or may be emptied.
pub(super) async fn take(
    transaction: &Transaction<'_>,
    url: &StoreUrl,
    existing: Existing,
) -> Result<(), TransferError> {
    transaction
        .batch_execute(
            "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;
             LOCK TABLE product, version, contract, expectation, deployed, event_due, change_due IN EXCLUSIVE MODE",
        )
        .await?;
    // A registry that serves has read what is about to be replaced, and believes its memory.
    let served = transaction
        .query_one(
            "SELECT EXISTS (SELECT 1 FROM pg_stat_activity
                WHERE datname = current_database() AND application_name = current_setting('application_name')
                  AND pid <> pg_backend_pid())",
            &[],
        )
        .await?;
    if served.try_get(0)? {
        return Err(TransferError::InUse { url: url.clone() });
    }
    let names: Vec<_> = TABLES.iter().map(|table| table.name).collect();
    if existing == Existing::Replace {
        return Ok(transaction.batch_execute(&format!("TRUNCATE {}, {OTHERS}", names.join(", "))).await?);
    }
    for name in names.into_iter().chain(["event_due"]) {
        let filled = transaction.query_one(&format!("SELECT EXISTS (SELECT 1 FROM {name})"), &[]).await?;
        if filled.try_get(0)? {
            return Err(TransferError::NotEmpty { url: url.clone() });
        }
    }
    Ok(())
}

/// Fills an empty database from an embedded one. Gives what was sent, which is what arrived.
pub(super) async fn load(
    transaction: &Transaction<'_>,
    source: &Connection,
) -> Result<Vec<Tally>, TransferError> {
    let mut sent = Vec::with_capacity(TABLES.len());
    for table in &TABLES {
        sent.push(copy(transaction, source, table).await?);
    }
    enter_words(transaction, source).await?;
    transaction
        .batch_execute(
            "UPDATE feed SET last = (SELECT coalesce(max(sequence), 0) FROM event);
             INSERT INTO position (tenant, last) SELECT tenant, max(sequence) FROM event GROUP BY tenant;
             SELECT setval(pg_get_serial_sequence('audit', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM audit), false)",
        )
        .await?;
    for (table, sent) in TABLES.iter().zip(&sent) {
        let mut arrived = Tally::of(table);
        each(transaction, table, |row| {
            arrived.add(&row);
            Ok(())
        })
        .await?;
        if arrived != *sent {
            return Err(TransferError::Differs { table: table.name });
        }
    }
    Ok(sent)
}

async fn copy(
    transaction: &Transaction<'_>,
    source: &Connection,
    table: &Table,
) -> Result<Tally, TransferError> {
    let mut tally = Tally::of(table);
    let types: Vec<Type> = table.columns.iter().map(|(_, kind)| kind.of_postgres()).collect();
    let sink =
        transaction.copy_in(&format!("COPY {} ({}) FROM STDIN BINARY", table.name, table.list())).await?;
    let mut writer = pin!(BinaryCopyInWriter::new(sink, &types));
    let mut statement = source.prepare(&table.select())?;
    let mut rows = statement.query([])?;
    while let Some(next) = rows.next()? {
        let row = embedded::row(table, next)?;
        tally.add(&row);
        let values: Vec<&(dyn ToSql + Sync)> = row.iter().map(Value::for_postgres).collect();
        writer.as_mut().write(&values).await?;
    }
    writer.finish().await?;
    Ok(tally)
}

/// Reads a table row by row. Events that have no number yet get those that come next.
pub(super) async fn each(
    transaction: &Transaction<'_>,
    table: &Table,
    mut take: impl FnMut(Vec<Value>) -> Result<(), TransferError>,
) -> Result<(), TransferError> {
    let sql = if table.name == "event" {
        let list = table.list();
        let rest = list.replace("tenant, sequence, ", "");
        format!(
            "SELECT {list} FROM event UNION ALL
             SELECT tenant, greatest((SELECT p.last FROM position p WHERE p.tenant = d.tenant),
                    (SELECT max(e.sequence) FROM event e WHERE e.tenant = d.tenant), 0)
                 + row_number() OVER (PARTITION BY tenant ORDER BY id), {rest}
             FROM event_due d ORDER BY tenant, sequence"
        )
    } else {
        table.select()
    };
    let mut rows = pin!(transaction.query_raw(&sql, std::iter::empty::<&(dyn ToSql + Sync)>()).await?);
    while let Some(row) = rows.try_next().await? {
        let read = |(index, (_, kind)): (usize, &(&str, Kind))| kind.read_postgres(&row, index);
        take(table.columns.iter().enumerate().map(read).collect::<Result<_, _>>()?)?;
    }
    Ok(())
}

async fn enter_words(transaction: &Transaction<'_>, source: &Connection) -> Result<(), TransferError> {
    let mut statement = source.prepare(DOCUMENTS)?;
    let mut rows = statement.query([])?;
    let mut entries = [Vec::new(), Vec::new(), Vec::new()];
    loop {
        let next = rows.next()?;
        if next.is_none() || entries[0].len() == ENTRIES {
            let [tenants, addresses, words] = &entries;
            transaction
                .execute(
                    "INSERT INTO product_search (tenant, address, words)
                     SELECT e.tenant, e.address, e.words::tsvector
                     FROM unnest($1::text[], $2::text[], $3::text[]) AS e (tenant, address, words)",
                    &[tenants, addresses, words],
                )
                .await?;
            entries.iter_mut().for_each(Vec::clear);
        }
        let Some(row) = next else { return Ok(()) };
        let texts = [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?];
        let Words { tenant, address, description, tags, owner, fields } =
            Words::read(texts, row.get_ref(5)?.as_blob().map_err(rusqlite::Error::from)?);
        let said = Said {
            address: &address,
            tags: &tags,
            description: &description,
            owner: &owner,
            fields: &fields,
        };
        let words = search_index::vector(said);
        entries.iter_mut().zip([tenant, address, words]).for_each(|(list, entry)| list.push(entry));
    }
}
