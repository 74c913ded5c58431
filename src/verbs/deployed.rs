//! `mesh deployed`: tells the registry what runs where.

use clap::Args;
use mesh_contract::{ConsumerName, EnvironmentName};

use crate::args::Global;
use crate::failure::Failure;
use crate::output::{GOOD, Output, Verdict};
use crate::registry;

/// Record that a product or a reader runs somewhere
///
/// A pipeline calls this after it has deployed. A record replaces the one of the same line: majors of a product run side by
/// side, a reader runs at one version. `mesh can-i-deploy` answers from these records.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mesh deployed sales.orders 1.3.0 --to production\n  mesh deployed billing 2.1 --to production\n  mesh deployed billing 2.0 --to test --undo"
)]
pub(crate) struct Deployed {
    /// A product by its address, or a reader by its name
    #[arg(value_name = "PRODUCT|CONSUMER")]
    subject: ConsumerName,
    /// Its version
    version: String,
    /// Where it runs
    #[arg(long, value_name = "ENVIRONMENT")]
    to: EnvironmentName,
    /// Take the record back: it does not run there any more
    #[arg(long)]
    undo: bool,
}

impl Deployed {
    /// Records it, or takes it back.
    pub(crate) fn run(self, global: &Global, output: Output) -> Result<Verdict, Failure> {
        let Self { subject, version, to, undo } = self;
        let registry = registry::client_here(global)?;
        if undo {
            registry::block_on(async { Ok(registry.forget_deployed(&subject, &version, &to).await?) })?;
            let answer = serde_json::json!({ "subject": subject, "version": version, "environment": to });
            output.answer(&answer, |out| {
                writeln!(out, "{GOOD}taken back{GOOD:#}  {subject} {version} does not run in {to}")
            })?;
            return Ok(Verdict::Clean);
        }
        let recorded =
            registry::block_on(async { Ok(registry.record_deployed(&subject, &version, &to).await?) })?;
        output.answer(&recorded, |out| {
            writeln!(
                out,
                "{GOOD}recorded{GOOD:#}  {subject} {version} runs in {to} since {}",
                recorded.recorded_at
            )
        })?;
        Ok(Verdict::Clean)
    }
}
