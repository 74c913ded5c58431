//! `mesh yank`: nobody new is to bind to a version.

use clap::Args;
use mesh_contract::wire::Yank as Body;

use crate::args::Global;
use crate::failure::Failure;
use crate::near;
use crate::output::{GOOD, Output, Verdict};
use crate::registry;
use crate::version_spec::VersionSpec;

/// Say that nobody new is to bind to a version
///
/// Whoever has bound to it reads on: its contract and what is pinned to it stay as they are. A requirement comes to another
/// version where there is one that it takes. `mesh yank --undo` offers the version again.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mesh yank sales.orders@1.3.0 --reason \"totals leave out VAT\"\n  mesh yank sales.orders@1.3.0 --undo"
)]
pub(crate) struct Yank {
    /// The product and its version, `sales.orders@1.3.0`
    #[arg(value_name = "PRODUCT@VERSION")]
    version: VersionSpec,
    /// Why; readers see it
    #[arg(long, value_name = "TEXT", conflicts_with = "undo")]
    reason: Option<String>,
    /// Offer the version again
    #[arg(long)]
    undo: bool,
}

impl Yank {
    /// Yanks.
    pub(crate) fn run(self, global: &Global, output: Output) -> Result<Verdict, Failure> {
        let Self { version: VersionSpec { address, version }, reason, undo } = self;
        let registry = registry::client_here(global)?;
        let product = registry::block_on(async {
            let done = match undo {
                true => registry.unyank(&address, &version).await,
                false => registry.yank(&address, &version, &Body { reason }).await,
            };
            match done {
                Ok(product) => Ok(product),
                Err(error) => Err(near::no_product(&registry, &address, error).await),
            }
        })?;
        let line = product.lines.iter().find(|line| line.line.has(&version));
        let current = line.and_then(|line| line.current.as_ref());
        output.answer(&product, |out| {
            if undo {
                return writeln!(out, "{GOOD}offered again{GOOD:#}  {address} {version}");
            }
            write!(out, "{GOOD}yanked{GOOD:#}  {address} {version}; whoever has bound to it reads on")?;
            match current {
                Some(current) => writeln!(out, ", and others come to {current}"),
                None => {
                    writeln!(out, ", and nothing of its line is left for others; publish another version")
                }
            }
        })?;
        Ok(Verdict::Clean)
    }
}
