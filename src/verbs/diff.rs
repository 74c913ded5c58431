//! `mesh diff`: what changed from one version of a contract to another.

use clap::Args;
use mesh_contract::{Contract, ContractVersion};
use mesh_runtime::files::{Committed, DomainFiles};
use serde::Serialize;

use crate::args::Global;
use crate::changes::{self, Change, changes};
use crate::domain_crate;
use crate::failure::Failure;
use crate::output::{BAD, GOOD, Output, STRONG, Verdict, WARN};
use crate::product_spec::ProductSpec;
use crate::readable::{Readable, by_unknown_readers};
use crate::registry;

/// Show what changed from one version of a contract to another
///
/// Without a product, compares each contract of this domain crate with the committed version before it. With one, compares
/// two published versions; without the second, the first with the newest. Exit status 1 says that something changed.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  mesh diff\n  mesh diff sales.orders@1.0.0 1.1.0")]
pub(crate) struct Diff {
    /// A published product and the version to compare from: `sales.orders@1.0.0`
    from: Option<ProductSpec>,
    /// The version to compare with [default: the newest]
    to: Option<ContractVersion>,
    /// The domain crate, when no product is named
    #[arg(long, short, value_name = "NAME")]
    package: Option<String>,
}

/// What changed in one product.
#[derive(Debug, Serialize)]
struct Difference {
    product: String,
    from: ContractVersion,
    to: ContractVersion,
    changes: Vec<Change>,
    readers: Readable,
}

impl Difference {
    fn of(old: &Contract, new: &Contract) -> Self {
        Self {
            product: new.address.to_string(),
            from: old.version.clone(),
            to: new.version.clone(),
            changes: changes(old, new),
            readers: by_unknown_readers(old, new),
        }
    }
}

impl Diff {
    /// Compares.
    pub(crate) fn run(self, global: &Global, output: Output) -> Result<Verdict, Failure> {
        let differences = match &self.from {
            Some(from) => vec![self.published(from, global)?],
            None => self.committed()?,
        };
        output.answer(&differences, |out| {
            for Difference { product, from, to, changes, readers } in &differences {
                writeln!(out, "{STRONG}{product}{STRONG:#} {from} -> {to}")?;
                if changes.is_empty() {
                    writeln!(out, "  nothing changed")?;
                }
                changes::write(changes, out)?;
                match readers {
                    Readable::Compatible => writeln!(out, "  {GOOD}readers of {from} read {to}{GOOD:#}")?,
                    Readable::Broken { witness } => {
                        writeln!(out, "  {BAD}breaks readers of {from}{BAD:#}, for example with {witness}")?;
                    }
                    Readable::Unproven { reason } => {
                        writeln!(
                            out,
                            "  {WARN}unproven whether readers of {from} read {to}{WARN:#}: {reason}"
                        )?;
                    }
                }
            }
            Ok(())
        })?;
        if differences.is_empty() {
            output.note("no contract has a committed version before it");
        }
        Ok(Verdict::of(differences.iter().any(|difference| !difference.changes.is_empty())))
    }

    fn published(&self, from: &ProductSpec, global: &Global) -> Result<Difference, Failure> {
        let registry = registry::client_here(global)?;
        registry::block_on(async {
            let address = &from.address;
            let versions: Vec<ContractVersion> =
                registry.versions(address).await?.into_iter().map(|known| known.version).collect();
            let requirement = from.requirement_or_any();
            // `sales.orders@1.0.0` means that very version here, not the newest that is compatible with it.
            let exact = requirement.to_string().trim_start_matches(['^', '=']).parse::<ContractVersion>();
            let old = exact.ok().filter(|version| versions.contains(version));
            let old =
                old.or_else(|| versions.iter().filter(|version| requirement.matches(version)).min().cloned());
            let new = self.to.clone().or_else(|| versions.iter().max().cloned());
            match (old, new) {
                (Some(old), Some(new)) => {
                    let old = registry.contract(address, &old).await?;
                    let new = registry.contract(address, &new).await?;
                    Ok(Difference::of(&old, &new))
                }
                _ => Err(Failure::new(format!("no version of `{address}` satisfies `{requirement}`"))
                    .next(format!("see `mesh info {address}` for the versions there are"))),
            }
        })
    }

    fn committed(&self) -> Result<Vec<Difference>, Failure> {
        let mut differences = Vec::new();
        for folder in domain_crate::some(self.package.as_deref())? {
            let all = DomainFiles::at(&folder).contracts()?;
            for pair in all.windows(2) {
                let [Committed { contract: old, .. }, Committed { contract: new, .. }] = pair else {
                    continue;
                };
                if old.address == new.address {
                    differences.push(Difference::of(old, new));
                }
            }
        }
        Ok(differences)
    }
}
