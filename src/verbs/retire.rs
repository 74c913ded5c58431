//! `mesh retire`: versions are not promised any more.

use clap::Args;
use mesh_contract::wire::{ProductDetail, Retire as Body};
use mesh_runtime::client::ClientError;
use mesh_runtime::files::DomainFiles;

use crate::args::Global;
use crate::domain_crate;
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

/// What stands in the way, a line for each.
fn obstacles(error: &ClientError) -> Option<String> {
    let problem = error.problem().filter(|problem| problem.kind.ends_with(":in-the-way"))?;
    let told = problem.findings.iter().filter_map(|finding| finding["message"].as_str());
    Some(told.collect::<Vec<_>>().join("\n"))
}

/// Writes into the `mesh.lock` of the domain that one stands in which of its versions are retired. Tells whether it changed.
fn note(product: &ProductDetail) -> Result<bool, Failure> {
    let Some(folder) = domain_crate::above(&domain_crate::current_folder()?) else { return Ok(false) };
    let files = DomainFiles::at(&folder);
    let mut lock = files.lock()?;
    let address = &product.summary.address;
    let mut changed = false;
    for version in &product.versions {
        changed |= lock.retire(address, &version.version, version.retired.is_some());
    }
    if changed {
        files.write_lock(&lock)?;
    }
    Ok(changed)
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
                Err(error) => match obstacles(&error) {
                    Some(told) => {
                        Err(Failure::new(format!("{} of `{address}` cannot be retired", scope.words()))
                            .because(told)
                            .next("override that with `--override --reason`, which stays on record"))
                    }
                    None => Err(near::no_product(&registry, &address, error).await),
                },
            }
        })?;
        let noted = note(&product)?;
        let of_scope = product.versions.iter().filter(|it| scope.has(&it.version));
        let mut overridden: Vec<&String> =
            of_scope.filter_map(|it| it.retired.as_ref()).flat_map(|retired| &retired.overridden).collect();
        overridden.sort_unstable();
        overridden.dedup();
        output.answer(&product, |out| {
            if undo {
                return writeln!(out, "{GOOD}promised again{GOOD:#}  {address} {}", scope.words());
            }
            writeln!(out, "{GOOD}retired{GOOD:#}  {address} {}", scope.words())?;
            overridden.iter().try_for_each(|reason| writeln!(out, "  {WARN}overridden{WARN:#} {reason}"))
        })?;
        if noted {
            output.note("mesh.lock says so; commit it, and `mesh check` knows without a registry");
        }
        Ok(Verdict::Clean)
    }
}
