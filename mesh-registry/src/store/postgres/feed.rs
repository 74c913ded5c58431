//! Change events in the order in which they became visible.
//!
//! A number taken within the transaction that makes a change may become visible after a later one, and a follower that has
//! passed it by never sees it. A number taken under a lock that is held to the end of that transaction keeps the order, and
//! makes every publish wait for the sync of the one before. So a change waits without a number, and whoever reads the feed
//! first gives out the numbers, one reader at a time: what has a number by then was visible before, and what has none was
//! not shown to anybody.

use deadpool_postgres::Client;
use tokio_postgres::Row;

use super::super::{Change, TenantId};
use super::failure::Failure;
use super::row::{big, count, number, parsed, stage};
use super::statement::{begin, one_within, query, within};

/// So many changes get their numbers in one transaction.
const BATCH: i64 = 10_000;

pub(super) async fn after(
    client: &mut Client,
    tenant: &TenantId,
    after: u64,
    limit: usize,
) -> Result<Vec<Change>, Failure> {
    give_numbers(client).await?;
    let rows = query(
        client,
        "SELECT sequence, address, version, digest, stage, at FROM change
         WHERE tenant = $1 AND sequence > $2 ORDER BY sequence LIMIT $3",
        &[&tenant.as_str(), &big(after).unwrap_or(i64::MAX), &count(limit)],
    )
    .await?;
    rows.iter().map(change).collect()
}

pub(super) async fn latest(
    client: &mut Client,
    tenant: &TenantId,
    limit: usize,
) -> Result<Vec<Change>, Failure> {
    give_numbers(client).await?;
    let rows = query(
        client,
        "SELECT sequence, address, version, digest, stage, at FROM change
         WHERE tenant = $1 ORDER BY sequence DESC LIMIT $2",
        &[&tenant.as_str(), &count(limit)],
    )
    .await?;
    rows.iter().map(change).collect()
}

/// Gives a number to every change that was committed before. Changes of one product keep their order: each took its place
/// in the queue while it held the product.
pub(super) async fn give_numbers(client: &mut Client) -> Result<(), Failure> {
    while !query(client, "SELECT 1 FROM change_due LIMIT 1", &[]).await?.is_empty() {
        let transaction = begin(client).await?;
        // The next statement begins when this one has the row, so it sees whatever the holder before has done.
        one_within(&transaction, "SELECT 1 FROM feed FOR UPDATE", &[]).await?;
        within(
            &transaction,
            "WITH due AS (
                DELETE FROM change_due WHERE id IN (SELECT id FROM change_due ORDER BY id LIMIT $1) RETURNING *
             ), numbered AS (
                INSERT INTO change (tenant, sequence, address, version, digest, stage, at)
                SELECT tenant, (SELECT last FROM feed) + row_number() OVER (ORDER BY id),
                    address, version, digest, stage, at
                FROM due
             )
             UPDATE feed SET last = last + (SELECT count(*) FROM due)",
            &[&BATCH],
        )
        .await?;
        transaction.commit().await?;
    }
    Ok(())
}

fn change(row: &Row) -> Result<Change, Failure> {
    Ok(Change {
        sequence: number(row, "sequence")?,
        address: parsed(row, "address")?,
        version: parsed(row, "version")?,
        digest: parsed(row, "digest")?,
        stage: stage(row, "stage")?,
        at: row.try_get("at")?,
    })
}
