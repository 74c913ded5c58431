//! `mesh publish`: registers what a domain offers.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use mesh_contract::wire::Problem;
use mesh_contract::{Address, Contract, ContractVersion, Digest};
use mesh_runtime::client::{Beside, ClientError, RegistryClient, Stage};
use mesh_runtime::files::{DomainFiles, Released};
use mesh_runtime::verdict::Report;
use serde::Serialize;

use super::check::against_registry;
use super::contract;
use crate::args::Global;
use crate::beside;
use crate::domain_crate;
use crate::failure::Failure;
use crate::judging::{Domain, Today};
use crate::output::{BAD, FAINT, GOOD, Output, Verdict, tell};
use crate::registry;
use crate::verdict::painted;

/// Publish the committed contracts of a domain crate
///
/// Judges what is committed and runs the contract tests first, as `cargo publish` builds first. Publishes every version that is not published yet, lower
/// ones first; publishing again changes nothing. A released version is frozen in `mesh.lock`: commit that file.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mesh publish\n  mesh publish --draft\n  mesh publish --registry http://registry.example:7474"
)]
pub(crate) struct Publish {
    /// The domain crate [default: the one here, or all of the workspace]
    #[arg(long, short, value_name = "NAME")]
    package: Option<String>,
    /// Publish the newest version of each product as a draft: readers may bind to it and comment, nothing serves it yet
    #[arg(long)]
    draft: bool,
    /// Skip the judgement and the contract tests, because they have just run
    #[arg(long)]
    no_verify: bool,
}

/// What came of one contract.
#[derive(Debug, Serialize)]
struct Outcome {
    address: Address,
    version: ContractVersion,
    digest: Digest,
    #[serde(flatten)]
    state: State,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
enum State {
    /// Published now.
    Published { page: String },
    /// Published before, with the same content.
    UpToDate,
    /// Refused by the registry.
    Refused { problem: Problem },
}

impl Publish {
    /// Tests and publishes.
    pub(crate) fn run(self, global: &Global, output: Output) -> Result<Verdict, Failure> {
        let folders = domain_crate::some(self.package.as_deref())?;
        // A registry that does not answer is told before minutes go into building.
        for folder in &folders {
            let registry = registry::client(global, Some(folder))?;
            registry::block_on(async { Ok(registry.ready().await?) })?;
        }
        if !self.no_verify && !judged(&folders, global, output)? {
            return Ok(Verdict::Findings);
        }
        let mut outcomes = Vec::new();
        for folder in &folders {
            if !self.no_verify && contract::test(folder, output, &[])? == Verdict::Findings {
                return Err(Failure::new(format!(
                    "the contract tests of `{}` fail, so nothing was published",
                    folder.display()
                ))
                .next("mend what they say above, then publish again"));
            }
            let registry = registry::client(global, Some(folder))?;
            outcomes.extend(registry::block_on(self.publish(folder, &registry, output))?);
        }
        output.answer(&outcomes, |out| {
            for Outcome { address, version, digest, state } in &outcomes {
                let digest = digest.short();
                match state {
                    State::Published { page } => {
                        writeln!(
                            out,
                            "{GOOD}published{GOOD:#}   {address} {version} {FAINT}{digest}{FAINT:#} {page}"
                        )?;
                    }
                    State::UpToDate => {
                        writeln!(out, "up to date  {address} {version} {FAINT}{digest}{FAINT:#}")?
                    }
                    State::Refused { problem } => {
                        writeln!(out, "{BAD}refused{BAD:#}     {address} {version} {}", told(problem))?;
                    }
                }
            }
            Ok(())
        })?;
        Ok(Verdict::of(outcomes.iter().any(|outcome| matches!(outcome.state, State::Refused { .. }))))
    }

    async fn publish(
        &self,
        folder: &Path,
        registry: &RegistryClient,
        output: Output,
    ) -> Result<Vec<Outcome>, Failure> {
        let files = DomainFiles::at(folder);
        let committed = files.contracts()?;
        if committed.is_empty() {
            return Err(Failure::new(format!("`{}` has no committed contracts", folder.display()))
                .next("write them with `mesh contract`, and commit them"));
        }
        let beside = beside::of_products(&files)?;
        let mut lock = files.lock()?;
        let mut known: BTreeMap<Address, BTreeMap<ContractVersion, (Digest, bool)>> = BTreeMap::new();
        let mut outcomes = Vec::new();
        let progress = output.progress("publishing");
        for (index, found) in committed.iter().enumerate() {
            let Contract { address, version, .. } = &found.contract;
            let newest = committed.get(index + 1).is_none_or(|next| next.contract.address != *address);
            if self.draft && !newest {
                continue;
            }
            progress.say(format_args!("publishing {address} {version}"));
            if !known.contains_key(address) {
                known.insert(address.clone(), published(registry, address).await?);
            }
            let stands = known.get(address).and_then(|versions| versions.get(version));
            let state = match stands {
                // A draft that is released now has the same content and another stage.
                Some((digest, draft)) if *digest == found.digest && *draft == self.draft => State::UpToDate,
                _ => self.send(&found.contract, &beside, registry, output).await?,
            };
            if !self.draft && !matches!(state, State::Refused { .. }) {
                let digest = found.digest;
                lock.freeze(Released {
                    address: address.clone(),
                    version: version.clone(),
                    digest,
                    retired: false,
                });
            }
            outcomes.push(Outcome {
                address: address.clone(),
                version: version.clone(),
                digest: found.digest,
                state,
            });
        }
        if !self.draft {
            files.write_lock(&lock)?;
        }
        Ok(outcomes)
    }

    async fn send(
        &self,
        contract: &Contract,
        beside: &BTreeMap<Address, Beside>,
        registry: &RegistryClient,
        output: Output,
    ) -> Result<State, Failure> {
        let stage = if self.draft { Stage::Draft } else { Stage::Released };
        let beside = beside.get(&contract.address).cloned().unwrap_or_default();
        match registry.publish_with(contract, stage, &beside).await {
            Ok(published) if published.created => {
                for finding in &published.policies {
                    output.warn(finding);
                }
                let page = format!(
                    "{}/products/{}",
                    registry.base().as_str().trim_end_matches('/'),
                    contract.address
                );
                Ok(State::Published { page })
            }
            Ok(_) => Ok(State::UpToDate),
            Err(ClientError::Refused { problem, .. }) if matches!(problem.status, 409 | 422) => {
                Ok(State::Refused { problem: *problem })
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Whether what is to be released hurts nobody, as far as the committed files and the registry tell: that is known before
/// anything is built, and `mesh check` tells the same. The contract tests and the registry ask the same judge, the one about
/// the types, the other once more when it is sent.
fn judged(folders: &[PathBuf], global: &Global, output: Output) -> Result<bool, Failure> {
    let mut report = Report::default();
    let here = domain_crate::current_folder()?;
    for folder in folders {
        let domain = Domain::read(folder, &here)?;
        let candidates = domain.candidates();
        let registry = registry::client(global, Some(folder))?;
        let known = against_registry(&domain, &candidates, &registry, &mut report, output)?;
        for (candidate, published) in candidates.into_iter().zip(&known) {
            let Some(published) = published else { continue };
            let judged = domain.judge(candidate, published, Today::default().day());
            if judged.objections().next().is_some() {
                domain.report(candidate, published, &judged, &mut report);
            }
        }
    }
    if report.is_clean() {
        return Ok(true);
    }
    tell(&painted(&report).trim_end());
    let none: [Outcome; 0] = [];
    output.answer(&none, |_| Ok(()))?;
    output.warn("nothing was published; mend what is said above, or waive it, and publish again");
    Ok(false)
}

/// The versions of a product that a registry has; none of a product that it does not know.
async fn published(
    registry: &RegistryClient,
    address: &Address,
) -> Result<BTreeMap<ContractVersion, (Digest, bool)>, Failure> {
    match registry.versions(address).await {
        Ok(versions) => {
            Ok(versions.into_iter().map(|known| (known.version, (known.digest, known.draft))).collect())
        }
        Err(error) if error.problem().is_some_and(|problem| problem.status == 404) => Ok(BTreeMap::new()),
        Err(error) => Err(error.into()),
    }
}

fn told(problem: &Problem) -> &str {
    if problem.detail.is_empty() { &problem.title } else { &problem.detail }
}
