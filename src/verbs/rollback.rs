//! `mesh rollback`: moves the pointer of a line to another version.

use clap::Args;
use mesh_contract::wire::MoveLine;
use mesh_contract::{Address, ContractVersion, Line};

use crate::args::Global;
use crate::failure::Failure;
use crate::near;
use crate::output::{GOOD, Output, Verdict};
use crate::registry;

/// Move the pointer of a line of versions back to one of them
///
/// Requirements of the line come to this version from now on. What is above it is held back: it stays published and whoever
/// asks for exactly it gets it, and readers of the old version notice nothing. The next version that is released takes the
/// pointer along, and `mesh rollback --to` the highest version moves it forward again.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mesh rollback sales.orders --to 1.2.0 --reason \"1.3.0 rounds wrongly\""
)]
pub(crate) struct Rollback {
    /// The product
    product: Address,
    /// The version that its line comes to
    #[arg(long, value_name = "VERSION")]
    to: ContractVersion,
    /// Why; readers see it
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

impl Rollback {
    /// Rolls back.
    pub(crate) fn run(self, global: &Global, output: Output) -> Result<Verdict, Failure> {
        let Self { product: address, to, reason } = self;
        let line = Line::of(&to);
        let body = MoveLine { version: to.clone(), reason };
        let registry = registry::client_here(global)?;
        let product = registry::block_on(async {
            match registry.move_line(&address, line, &body).await {
                Ok(product) => Ok(product),
                Err(error) => Err(near::no_product(&registry, &address, error).await),
            }
        })?;
        let held = product.versions.iter().filter(|it| it.held_back.is_some() && line.has(&it.version));
        let held: Vec<_> = held.map(|it| it.version.to_string()).collect();
        output.answer(&product, |out| {
            writeln!(out, "{GOOD}moved{GOOD:#}  {address} {line} comes to {to}")?;
            match held.is_empty() {
                true => Ok(()),
                false => writeln!(out, "  held back: {}", held.join(", ")),
            }
        })?;
        Ok(Verdict::Clean)
    }
}
