//! `mesh remove`: ends reading a product of another domain.

use std::path::{Path, PathBuf};

use clap::Args;
use mesh_contract::Address;
use mesh_runtime::files::DomainFiles;
use serde::Serialize;

use crate::domain_crate;
use crate::failure::Failure;
use crate::output::{GOOD, Output, STRONG, Verdict};
use crate::scaffold::{Binding, unbind};

/// End reading a product: take its pin, its committed contract and its place in the library away
///
/// The type that reads it is yours, and stays until you delete it.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  mesh remove sales.orders")]
pub(crate) struct Remove {
    /// The product
    product: Address,
    /// The domain crate [default: the one here]
    #[arg(long, short, value_name = "NAME")]
    package: Option<String>,
}

/// What was taken away, and what is left to do.
#[derive(Debug, Serialize)]
struct Removed {
    address: Address,
    contracts: Vec<PathBuf>,
    /// The sources that listed it.
    changed: Vec<PathBuf>,
    /// The source that still reads it.
    source: Option<PathBuf>,
    next: Vec<String>,
}

impl Remove {
    /// Takes it away.
    pub(crate) fn run(self, output: Output) -> Result<Verdict, Failure> {
        let folder = domain_crate::one(self.package.as_deref())?;
        let files = DomainFiles::at(&folder);
        let mut lock = files.lock()?;
        let pinned = lock.inputs.iter().filter(|pin| pin.address == self.product).count();
        let committed: Vec<_> =
            files.inputs()?.into_iter().filter(|found| found.contract.address == self.product).collect();
        if pinned == 0 && committed.is_empty() {
            let known: Vec<String> = lock.inputs.iter().map(|pin| format!("`{}`", pin.address)).collect();
            let known = if known.is_empty() {
                "it reads nothing".to_owned()
            } else {
                format!("it reads {}", known.join(", "))
            };
            return Err(Failure::new(format!("`{}` is not read by `{}`", self.product, folder.display()))
                .because(known));
        }
        lock.inputs.retain(|pin| pin.address != self.product);
        for found in &committed {
            files.remove_input(&self.product, &found.contract.version)?;
        }
        files.write_lock(&lock)?;
        let module = self.product.to_string().replace(['.', '-'], "_");
        let source = folder.join("src").join(format!("{module}.rs"));
        let source = source.is_file().then_some(source);
        let shown = |path: &Path| path.strip_prefix(&folder).unwrap_or(path).display().to_string();
        // A type of another name was put there by hand, and is taken away by hand.
        let unbound = if source.is_some() { unbind(&folder, &module)? } else { Binding::default() };
        let mut next = unbound.left;
        next.extend(
            source.iter().map(|source| format!("delete {}, if nothing else needs it", shown(source))),
        );
        let removed = Removed {
            address: self.product,
            contracts: committed.into_iter().map(|found| found.path).collect(),
            changed: unbound.changed,
            source,
            next,
        };
        output.answer(&removed, |out| {
            writeln!(out, "{GOOD}removed{GOOD:#} {}", removed.address)?;
            removed
                .changed
                .iter()
                .try_for_each(|path| writeln!(out, "{GOOD}changed{GOOD:#} {}", shown(path)))?;
            if !removed.next.is_empty() {
                writeln!(out, "\n{STRONG}Next{STRONG:#}")?;
            }
            removed.next.iter().try_for_each(|step| writeln!(out, "  {step}"))
        })?;
        Ok(Verdict::Clean)
    }
}
