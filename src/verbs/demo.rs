//! `mesh demo`: the example domains of this repository, to look at.

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use mesh_contract::wire::ProductSummary;
use mesh_contract::{Address, ContractVersion, Requirement};
use mesh_runtime::client::{Client, ClientConfig};
use serde::Serialize;

use super::dev::{Ends, serve, supervised};
use crate::domain_crate::current_folder;
use crate::failure::{Failure, OrFail};
use crate::fleet::{Fleet, Plan, Port, members};
use crate::misfits::{Misfit, misfits};
use crate::output::{Output, Verdict};
use crate::registry;
use crate::table::{Lean, Table, thousands};

/// Run the example domains of the mesh's own repository and look at them
///
/// The same as `mesh dev` on the examples, with a registry that forgets everything in the end. Needs a checkout of the
/// repository, nothing else.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  mesh demo\n  mesh demo --once --format json")]
pub(crate) struct Demo {
    /// Read every product through its port once, hold each record against its contract, and end
    #[arg(long)]
    once: bool,
    /// The registry's port [default: the usual one, or any that is free]
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
}

impl Demo {
    /// Runs until it is stopped, or once.
    pub(crate) fn run(self, output: Output) -> Result<Verdict, Failure> {
        let (root, members) = members(&examples()?, &[])?;
        let store = tempfile::Builder::new()
            .prefix("mesh-demo-")
            .tempdir()
            .or_fail(|| "cannot make a folder for the demo's registry".to_owned())?;
        let plan = Plan { root, members, data: store.path().to_owned(), port: Port::of(self.port) };
        let ends = if self.once { Ends::WhenDone } else { Ends::WhenStopped };
        registry::block_on(supervised(&plan, ends, output, async |fleet: &mut Fleet| {
            if self.once { read_once(fleet, output).await } else { serve(fleet, output).await }
        }))
    }
}

/// The repository that this program was built from, or the one that it is called in.
fn examples() -> Result<PathBuf, Failure> {
    let has_examples =
        |folder: &&Path| folder.join("mesh-runtime/Cargo.toml").is_file() && folder.join("domains").is_dir();
    let here = current_folder()?;
    let built = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = here.ancestors().find(has_examples).or_else(|| Some(built).filter(has_examples));
    found.map(Path::to_owned).ok_or_else(|| {
        Failure::new("the demo needs a checkout of the mesh's repository, and there is none here")
            .next("clone it and run `cargo run -- demo` there")
    })
}

/// What was read of one product.
#[derive(Debug, Serialize)]
struct Reading {
    address: Address,
    version: ContractVersion,
    records: usize,
    /// Lines that are no records.
    rejected: usize,
    /// Records that break their contract.
    misfits: Vec<Misfit>,
    /// Pointers under which personal data was masked.
    masked: Vec<String>,
    milliseconds: u128,
}

async fn read_once(fleet: &Fleet, output: Output) -> Result<Verdict, Failure> {
    let client = Client::new(ClientConfig::of_registry(fleet.url()?.clone()))
        .or_fail(|| "cannot make a client".to_owned())?;
    let progress = output.progress("reading every product");
    let mut readings = Vec::new();
    let registry = fleet.registry()?;
    for ProductSummary { address, version, .. } in registry::every_product(&registry).await? {
        progress.say(format_args!("reading {address}"));
        let start = Instant::now();
        let failed = || format!("{address} cannot be read");
        let requirement = Requirement::caret(&version);
        let product = client.values(&address, &requirement).await.or_fail(failed)?;
        let read = product.read_all().await.or_fail(failed)?;
        let contract = registry.contract(&read.address, &read.version).await.or_fail(failed)?;
        let misfits = misfits(&contract, &read.records, &read.masked)?;
        readings.push(Reading {
            address: read.address,
            version: read.version,
            records: read.records.len(),
            rejected: read.rejected.len(),
            misfits,
            masked: read.masked,
            milliseconds: start.elapsed().as_millis(),
        });
    }
    drop(progress);
    readings.iter().for_each(|reading| reading.warn(output));
    output.answer(&readings, |out| {
        let mut table = Table::new(&[
            ("product", Lean::Left),
            ("version", Lean::Left),
            ("records", Lean::Right),
            ("masked fields", Lean::Right),
            ("read in", Lean::Right),
        ]);
        for reading in &readings {
            table.row([
                reading.address.to_string(),
                reading.version.to_string(),
                thousands(reading.records as u64),
                reading.masked.len().to_string(),
                format!("{} ms", reading.milliseconds),
            ]);
        }
        table.write(out)
    })?;
    Ok(Verdict::of(readings.iter().any(Reading::has_findings)))
}

impl Reading {
    fn has_findings(&self) -> bool {
        self.rejected > 0 || !self.misfits.is_empty()
    }

    /// Tells of what does not fit: a few of them, since a mistake that one record has, most have.
    fn warn(&self, output: Output) {
        let Self { address, version, rejected, misfits, .. } = self;
        if *rejected > 0 {
            output.warn(format_args!("{address}: {rejected} lines are no records"));
        }
        for Misfit { record, violations } in misfits.iter().take(SHOWN) {
            output.warn(format_args!(
                "{address}: record {record} breaks the contract {version}: {}",
                violations.join("; ")
            ));
        }
        if let Some(more @ 1..) = misfits.len().checked_sub(SHOWN) {
            output.warn(format_args!("{address}: so do {more} more; `--format json` lists them"));
        }
    }
}

/// How many misfits of a product are told one by one.
const SHOWN: usize = 3;
