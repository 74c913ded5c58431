//! Statements, prepared once for each connection; and transactions that see what was committed when each statement begins,
//! whatever the server's default is.

use deadpool_postgres::{Client, Transaction};
use tokio_postgres::types::ToSql;
use tokio_postgres::{IsolationLevel, Row};

use super::failure::Failure;

/// The parameters of a statement.
pub(super) type Parameters<'p> = &'p [&'p (dyn ToSql + Sync)];

pub(super) async fn begin(client: &mut Client) -> Result<Transaction<'_>, Failure> {
    let builder = client.build_transaction().isolation_level(IsolationLevel::ReadCommitted);
    builder.start().await.map_err(Failure::NotBegun)
}

pub(super) async fn query(
    client: &Client,
    sql: &str,
    parameters: Parameters<'_>,
) -> Result<Vec<Row>, Failure> {
    let statement = client.prepare_cached(sql).await.map_err(Failure::NotBegun)?;
    Ok(client.query(&statement, parameters).await?)
}

pub(super) async fn execute(client: &Client, sql: &str, parameters: Parameters<'_>) -> Result<u64, Failure> {
    let statement = client.prepare_cached(sql).await.map_err(Failure::NotBegun)?;
    Ok(client.execute(&statement, parameters).await?)
}

/// As [`query`], within a transaction, for at most one row.
pub(super) async fn one_within(
    transaction: &Transaction<'_>,
    sql: &str,
    parameters: Parameters<'_>,
) -> Result<Option<Row>, Failure> {
    let statement = transaction.prepare_cached(sql).await?;
    Ok(transaction.query_opt(&statement, parameters).await?)
}

/// As [`query`], within a transaction.
pub(super) async fn all_within(
    transaction: &Transaction<'_>,
    sql: &str,
    parameters: Parameters<'_>,
) -> Result<Vec<Row>, Failure> {
    let statement = transaction.prepare_cached(sql).await?;
    Ok(transaction.query(&statement, parameters).await?)
}

/// As [`execute`], within a transaction.
pub(super) async fn within(
    transaction: &Transaction<'_>,
    sql: &str,
    parameters: Parameters<'_>,
) -> Result<u64, Failure> {
    let statement = transaction.prepare_cached(sql).await?;
    Ok(transaction.execute(&statement, parameters).await?)
}

/// Waits until this transaction alone, of all in the database, works on what a name stands for.
pub(super) async fn alone(transaction: &Transaction<'_>, name: &str) -> Result<(), Failure> {
    one_within(transaction, "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", &[&name]).await.map(drop)
}
