//! Everything in a registry's PostgreSQL database, copied, brought back, or moved there from the embedded store.

use std::path::Path;

use mesh_registry::{Existing, StoreUrl};

#[cfg(feature = "postgres")]
use {
    super::{explain, wait_for},
    mesh_registry::transfer::{self, Tally, TransferError},
    serde_json::{Value, json},
};

use crate::failure::Failure;
use crate::output::{Output, Verdict};

/// Copies the database into one file.
#[cfg(feature = "postgres")]
pub(super) fn backup(from: &StoreUrl, file: &Path, output: Output) -> Result<Verdict, Failure> {
    let progress = output.progress("copying the store");
    let tallies = wait_for(async { transfer::backup(from, file).await.map_err(explain) })?;
    drop(progress);
    let answer = json!({ "backup": file, "tables": tables(&tallies) });
    output.answer(&answer, |out| writeln!(out, "{}", file.display()))?;
    Ok(Verdict::Clean)
}

/// Puts such a file, or one that the embedded store was copied into, into the database.
#[cfg(feature = "postgres")]
pub(super) fn restore(
    file: &Path,
    to: &StoreUrl,
    existing: Existing,
    output: Output,
) -> Result<Verdict, Failure> {
    let progress = output.progress("bringing the copy back");
    let tallies = wait_for(async { transfer::restore(file, to, existing).await.map_err(refused) })?;
    drop(progress);
    let answer = json!({ "store": to.to_string(), "tables": tables(&tallies) });
    output.answer(&answer, |out| writeln!(out, "{to}"))?;
    Ok(Verdict::Clean)
}

/// Moves a data folder into the database.
#[cfg(feature = "postgres")]
pub(super) fn migrate(from: &Path, to: &StoreUrl, output: Output) -> Result<Verdict, Failure> {
    let progress = output.progress("moving the store");
    let tallies = wait_for(async { transfer::migrate(from, to).await.map_err(only_new) })?;
    drop(progress);
    let answer = json!({ "store": to.to_string(), "tables": tables(&tallies) });
    output.answer(&answer, |out| {
        for Tally { table, rows, digest } in &tallies {
            writeln!(out, "{table:<12} {rows:>9}  {digest}")?;
        }
        Ok(())
    })?;
    output
        .note(format!("all of it arrived as it was sent; serve it with `mesh registry serve --store {to}`"));
    Ok(Verdict::Clean)
}

#[cfg(feature = "postgres")]
fn only_new(error: TransferError) -> Failure {
    match error {
        TransferError::NotEmpty { url } => {
            Failure::new(format!("`{url}` holds a registry already")).next("name a new database with `--to`")
        }
        error => explain(error),
    }
}

#[cfg(feature = "postgres")]
fn refused(error: TransferError) -> Failure {
    match error {
        TransferError::NotEmpty { url } => Failure::new(format!("`{url}` holds a registry already"))
            .next("name a new database with `--store`, or replace what is there with `--force`"),
        error => explain(error),
    }
}

#[cfg(feature = "postgres")]
fn tables(tallies: &[Tally]) -> Vec<Value> {
    let table =
        |Tally { table, rows, digest }: &Tally| json!({ "table": table, "rows": rows, "digest": digest });
    tallies.iter().map(table).collect()
}

#[cfg(not(feature = "postgres"))]
fn without(url: &StoreUrl) -> Failure {
    Failure::new(format!("this build cannot use `{url}`")).next("build it with the feature `postgres`")
}

#[cfg(not(feature = "postgres"))]
pub(super) fn backup(from: &StoreUrl, _: &Path, _: Output) -> Result<Verdict, Failure> {
    Err(without(from))
}

#[cfg(not(feature = "postgres"))]
pub(super) fn restore(_: &Path, to: &StoreUrl, _: Existing, _: Output) -> Result<Verdict, Failure> {
    Err(without(to))
}

#[cfg(not(feature = "postgres"))]
pub(super) fn migrate(_: &Path, to: &StoreUrl, _: Output) -> Result<Verdict, Failure> {
    Err(without(to))
}
