//! `mesh update`: moves what is pinned to newer versions, and writes down who reads the domain's own products.

use clap::Args;
use mesh_contract::{Address, ConsumerName, Contract, ContractVersion, Requirement};
use mesh_runtime::client::RegistryClient;
use mesh_runtime::files::{DomainFiles, LockedInput};
use serde::Serialize;

use crate::args::Global;
use crate::changes::{self, Change, changes};
use crate::domain_crate;
use crate::failure::{Failure, OrFail};
use crate::output::{BAD, FAINT, GOOD, Output, STRONG, Verdict, WARN};
use crate::readable::{Readable, by_schema, by_unknown_readers};
use crate::registry;

/// Move pinned inputs to the newest versions that their requirements take
///
/// Shows what changed in each contract, and whether what this domain reads is still promised: by its registered expectation,
/// or, where none is registered, by everything that the old contract promised. Exit status 1 says that something read is
/// no longer promised, or that this could not be proved. Run `cargo test` afterwards: it holds the types in `src/` against the new contracts.
///
/// What the registered readers of this domain's own products rely on is written to `contracts/readers/`. Commit it: the
/// contract tests name whom a change hurts without asking a registry. Which of its versions are retired is noted in `mesh.lock`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  mesh update\n  mesh update sales.orders --dry-run")]
pub(crate) struct Update {
    /// The products to move [default: all of them]
    products: Vec<Address>,
    /// Show what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// The domain crate [default: the one here]
    #[arg(long, short, value_name = "NAME")]
    package: Option<String>,
}

/// What came of one input.
#[derive(Debug, Serialize)]
struct Moved {
    address: Address,
    requirement: Requirement,
    from: ContractVersion,
    to: ContractVersion,
    changes: Vec<Change>,
    /// Whether what is read is still promised; absent when nothing moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    readable: Option<Readable>,
}

/// Who reads one of the domain's own products.
#[derive(Debug, Serialize)]
struct ReadersOf {
    address: Address,
    /// How many readers are registered.
    known: usize,
    /// The files that were written or removed.
    changed: Vec<String>,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Updated {
    inputs: Vec<Moved>,
    readers: Vec<ReadersOf>,
}

impl Update {
    /// Moves.
    pub(crate) fn run(self, global: &Global, output: Output) -> Result<Verdict, Failure> {
        let folder = domain_crate::one(self.package.as_deref())?;
        let files = DomainFiles::at(&folder);
        let lock = files.lock()?;
        if let Some(unknown) = self.products.iter().find(|address| lock.input(address).is_none()) {
            let known: Vec<String> = lock.inputs.iter().map(|pin| format!("`{}`", pin.address)).collect();
            return Err(Failure::new(format!("`{unknown}` is not read by `{}`", folder.display()))
                .because(format!(
                    "mesh.lock pins {}",
                    if known.is_empty() { "nothing".to_owned() } else { known.join(", ") }
                ))
                .next(format!("read it with `mesh add {unknown}`")));
        }
        let registry = registry::client(global, Some(&folder))?;
        let inputs = registry::block_on(self.all(&files, &registry, output))?;
        let readers = registry::block_on(self.readers(&files, &registry))?;
        let updated = Updated { inputs, readers };
        let Updated { inputs: moved, readers } = &updated;
        output.answer(&updated, |out| {
            for Moved { address, requirement, from, to, changes, readable } in moved {
                let Some(readable) = readable else {
                    writeln!(out, "{STRONG}{address}{STRONG:#} {from} {FAINT}is the newest that {requirement} takes{FAINT:#}")?;
                    continue;
                };
                writeln!(out, "{GOOD}{address}{GOOD:#} {from} -> {to}")?;
                changes::write(changes, out)?;
                match readable {
                    Readable::Compatible => writeln!(out, "  {GOOD}what is read is still promised{GOOD:#}")?,
                    Readable::Broken { witness } => {
                        writeln!(out, "  {BAD}what is read is no longer promised{BAD:#}, for example with {witness}")?;
                    }
                    Readable::Unproven { reason } => {
                        writeln!(out, "  {WARN}unproven whether what is read is still promised{WARN:#}: {reason}")?;
                    }
                }
            }
            for ReadersOf { address, known, changed } in readers.iter().filter(|it| it.known + it.changed.len() > 0) {
                let state = if changed.is_empty() { "as they were" } else { "changed" };
                writeln!(out, "{STRONG}{address}{STRONG:#} {FAINT}has {known} registered readers, {state}{FAINT:#}")?;
                changed.iter().try_for_each(|file| writeln!(out, "  {file}"))?;
            }
            Ok(())
        })?;
        let went = moved.iter().filter(|moved| moved.readable.is_some()).count();
        if went > 0 && !self.dry_run {
            output.note("\nNext: cargo test");
        }
        let doubt =
            |moved: &Moved| moved.readable.as_ref().is_some_and(|readable| *readable != Readable::Compatible);
        Ok(Verdict::of(moved.iter().any(doubt)))
    }

    /// Writes down who reads the domain's own products, unless only some inputs are asked about.
    async fn readers(
        &self,
        files: &DomainFiles,
        registry: &RegistryClient,
    ) -> Result<Vec<ReadersOf>, Failure> {
        let mut all = Vec::new();
        if !self.products.is_empty() || self.dry_run {
            return Ok(all);
        }
        let mut products: Vec<Address> =
            files.contracts()?.into_iter().map(|it| it.contract.address).collect();
        products.dedup();
        let mut lock = files.lock()?;
        for address in products {
            let versions = match registry.versions(&address).await {
                Ok(versions) => versions,
                Err(error) if error.problem().is_some_and(|problem| problem.status == 404) => Vec::new(),
                Err(error) => return Err(error.into()),
            };
            let mut turned = false;
            for known in &versions {
                turned |= lock.retire(&address, &known.version, known.retired.is_some());
            }
            if turned {
                files.write_lock(&lock)?;
            }
            let readers = match registry.consumers(&address).await {
                Ok(readers) => readers.into_iter().map(|it| it.expectation).collect(),
                // Nobody can have registered for what was never published.
                Err(error) if error.problem().is_some_and(|problem| problem.status == 404) => Vec::new(),
                Err(error) => return Err(error.into()),
            };
            let changed = files.write_readers(address.product(), &readers)?;
            let shown = |path: &std::path::PathBuf| {
                path.strip_prefix(files.folder()).unwrap_or(path).display().to_string()
            };
            all.push(ReadersOf {
                known: readers.len(),
                changed: changed.iter().map(shown).collect(),
                address,
            });
        }
        Ok(all)
    }

    async fn all(
        &self,
        files: &DomainFiles,
        registry: &RegistryClient,
        output: Output,
    ) -> Result<Vec<Moved>, Failure> {
        let mut lock = files.lock()?;
        let committed = files.inputs()?;
        let consumer = files.contracts()?.first().map(|own| ConsumerName::from(&own.contract.domain.name));
        let mut all = Vec::new();
        let progress = output.progress("asking for newer versions");
        for pin in lock.inputs.clone() {
            if !self.products.is_empty() && !self.products.contains(&pin.address) {
                continue;
            }
            progress.say(format_args!("asking for newer versions of {}", pin.address));
            let LockedInput { address, requirement, version, .. } = pin;
            let released: Vec<_> = registry
                .versions(&address)
                .await?
                .into_iter()
                .filter(|known| known.is_offered() && known.held_back.is_none())
                .map(|known| known.version)
                .collect();
            let newest = requirement.best(&released).filter(|newest| **newest > version).cloned();
            let Some(to) = newest else {
                all.push(Moved {
                    address,
                    requirement,
                    to: version.clone(),
                    from: version,
                    changes: Vec::new(),
                    readable: None,
                });
                continue;
            };
            let new = registry.contract(&address, &to).await?;
            let known = committed
                .iter()
                .find(|found| found.contract.address == address && found.contract.version == version);
            let old = match known {
                Some(found) => found.contract.clone(),
                None => registry.contract(&address, &version).await?,
            };
            let readable = readable(registry, consumer.as_ref(), &old, &new).await?;
            if !self.dry_run {
                let digest = new.digest().or_fail(|| "the new contract has no digest".to_owned())?;
                files.write_input(&new)?;
                lock.pin(LockedInput {
                    address: address.clone(),
                    requirement: requirement.clone(),
                    version: to.clone(),
                    digest,
                });
                // Another requirement may still be pinned to the version that this one leaves.
                if !lock.inputs.iter().any(|other| other.address == address && other.version == version) {
                    files.remove_input(&address, &version)?;
                }
                files.write_lock(&lock)?;
            }
            all.push(Moved {
                changes: changes(&old, &new),
                address,
                requirement,
                from: version,
                to,
                readable: Some(readable),
            });
        }
        Ok(all)
    }
}

async fn readable(
    registry: &RegistryClient,
    consumer: Option<&ConsumerName>,
    old: &Contract,
    new: &Contract,
) -> Result<Readable, Failure> {
    let registered = registry.consumers(&old.address).await?;
    let mine: Vec<_> = registered
        .iter()
        .map(|reader| &reader.expectation)
        .filter(|expected| Some(&expected.consumer) == consumer)
        .collect();
    if mine.is_empty() {
        return Ok(by_unknown_readers(old, new));
    }
    let answers = mine.into_iter().map(|expected| by_schema(&expected.schema, new));
    Ok(answers.into_iter().find(|answer| *answer != Readable::Compatible).unwrap_or(Readable::Compatible))
}
