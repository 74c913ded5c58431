//! `mesh retire`: versions are not promised any more.

use clap::Args;
use mesh_contract::wire::Retire as Body;

use crate::args::Global;
use crate::failure::Failure;
use crate::near;
use crate::output::{GOOD, Output, Verdict, WARN};
use crate::registry;
use crate::version_spec::ScopeSpec;

/// End the promise of versions that were deprecated
///
/// Requirements come to them no more; their contracts stay readable. Refused while a reader that runs somewhere needs them
/// and before the day that readers were told. `--override` takes that upon the owner, with a reason, and it stays on record.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mesh retire sales.orders@1\n  mesh retire sales.orders@1.2.0 --override --reason \"holds data that must go\"\n  mesh retire sales.orders@1 --undo"
)]
pub(crate) struct Retire {
    /// The product and a line or a version of it, `sales.orders@1`
    #[arg(value_name = "PRODUCT@LINE|VERSION")]
    versions: ScopeSpec,
    /// Why; readers see it
    #[arg(long, value_name = "TEXT", conflicts_with = "undo")]
    reason: Option<String>,
    /// Retire them whatever stands in the way
    #[arg(long = "override", requires = "reason", conflicts_with = "undo")]
    overriding: bool,
    /// Promise them again
    #[arg(long)]
    undo: bool,
}

impl Retire {
    /// Retires.
    pub(crate) fn run(self, global: &Global, output: Output) -> Result<Verdict, Failure> {
        let Self { versions: ScopeSpec { address, scope }, reason, overriding, undo } = self;
        let registry = registry::client_here(global)?;
        let product = registry::block_on(async {
            let done = match undo {
                true => registry.restore(&address, &scope).await,
                false => registry.retire(&address, &scope, &Body { reason, overriding }).await,
            };
            match done {
                Ok(product) => Ok(product),
                Err(error) => Err(near::no_product(&registry, &address, error).await),
            }
        })?;
        let of_scope = product.versions.iter().filter(|it| scope.has(&it.version));
        let mut overridden: Vec<&String> =
            of_scope.filter_map(|it| it.retired.as_ref()).flat_map(|retired| &retired.overridden).collect();
        overridden.sort_unstable();
        overridden.dedup();
        output.answer(&product, |out| {
            if undo {
                return writeln!(out, "{GOOD}promised again{GOOD:#}  {address} {scope}");
            }
            writeln!(out, "{GOOD}retired{GOOD:#}  {address} {scope}")?;
            overridden.iter().try_for_each(|reason| writeln!(out, "  {WARN}overridden{WARN:#} {reason}"))
        })?;
        Ok(Verdict::Clean)
    }
}
