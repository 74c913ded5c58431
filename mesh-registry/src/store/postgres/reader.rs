//! Changes of one reader wait for each other. Else a record that the reader runs somewhere could miss an expectation that is
//! being registered, and the product of that expectation would not be told that it is in force now.

use deadpool_postgres::Transaction;
use mesh_contract::ConsumerName;

use super::super::TenantId;
use super::failure::Failure;
use super::statement::alone;

/// Waits until this transaction alone changes what a reader relies on and where it runs.
pub(super) async fn alone_with(
    transaction: &Transaction<'_>,
    tenant: &TenantId,
    reader: &ConsumerName,
) -> Result<(), Failure> {
    alone(transaction, &format!("mesh reader {tenant} {reader}")).await
}
