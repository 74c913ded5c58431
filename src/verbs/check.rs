//! `mesh check`: committed contracts against their versions, against what is frozen, and against what is published.

use std::path::Path;

use clap::Args;
use mesh_contract::Contract;
use mesh_runtime::client::RegistryClient;
use mesh_runtime::files::{Committed, DomainFiles, Lock};
use serde::Serialize;
use serde_json::Value;

use crate::args::Global;
use crate::domain_crate;
use crate::failure::Failure;
use crate::output::{BAD, FAINT, Output, STRONG, Verdict, WARN};
use crate::readers::{Readable, by_schema, by_unknown_readers};
use crate::registry;

/// Check the committed contracts of a domain crate
///
/// Reads files and never compiles: whether each contract stands where it belongs, whether what is frozen or pinned in
/// `mesh.lock` is untouched, and whether readers of earlier versions of a line can read the later ones. Where a registry
/// answers, the published versions and the registered readers are asked about, too.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  mesh check\n  mesh check --offline --format json")]
pub(crate) struct Check {
    /// The domain crate [default: the one here, or all of the workspace]
    #[arg(long, short, value_name = "NAME")]
    package: Option<String>,
    /// Ask no registry
    #[arg(long)]
    offline: bool,
}

/// Something that was found.
#[derive(Debug, Serialize)]
struct Finding {
    rule: &'static str,
    /// The product and version, or the file.
    place: String,
    message: String,
    /// A record that a new contract permits and an old reader refuses.
    #[serde(skip_serializing_if = "Option::is_none")]
    witness: Option<Value>,
    /// Whether it was proved, or only could not be refuted.
    proved: bool,
}

impl Finding {
    fn proved(rule: &'static str, place: impl ToString, message: String) -> Self {
        Self { rule, place: place.to_string(), message, witness: None, proved: true }
    }

    /// What a reader's answer has to say.
    fn of_reader(rule: &'static str, contract: &Contract, reader: &str, readable: Readable) -> Option<Self> {
        let place = format!("{} {}", contract.address, contract.version);
        match readable {
            Readable::Compatible => None,
            Readable::Broken { witness } => Some(Self {
                witness: Some(witness),
                ..Self::proved(
                    rule,
                    place,
                    format!("breaks {reader}; take the change back, or raise the major version"),
                )
            }),
            Readable::Unproven { reason } => Some(Self {
                proved: false,
                ..Self::proved(rule, place, format!("could not be proved safe for {reader}: {reason}"))
            }),
        }
    }
}

impl Check {
    /// Checks, and exits with 1 when something was found.
    pub(crate) fn run(self, global: &Global, output: Output) -> Result<Verdict, Failure> {
        let mut findings = Vec::new();
        let mut contracts = 0;
        for folder in domain_crate::some(self.package.as_deref())? {
            let files = DomainFiles::at(&folder);
            let committed = files.contracts()?;
            let lock = files.lock()?;
            contracts += committed.len();
            against_lock(&committed, &lock, &folder, &mut findings);
            inputs(&files, &lock, &mut findings)?;
            against_committed(&committed, &mut findings);
            if !self.offline {
                let registry = registry::client(global, Some(&folder))?;
                let asked = registry::block_on(against_published(&committed, &registry, &mut findings));
                if let Err(failure) = asked {
                    output.warn(format_args!("not compared with what is published: {failure}"));
                }
            }
        }
        output.answer(&findings, |out| {
            for Finding { rule, place, message, witness, proved } in &findings {
                let (style, word) = if *proved { (BAD, "error") } else { (WARN, "unproven") };
                writeln!(
                    out,
                    "{style}{word}{style:#} {STRONG}{place}{STRONG:#}: {message} {FAINT}[{rule}]{FAINT:#}"
                )?;
                if let Some(witness) = witness {
                    writeln!(out, "  for example {witness}")?;
                }
            }
            Ok(())
        })?;
        output.status("Checked", format_args!("{contracts} contracts, {} findings", findings.len()));
        Ok(Verdict::of(!findings.is_empty()))
    }
}

/// What is frozen is untouched, and what has a later version beside it is frozen.
fn against_lock(committed: &[Committed], lock: &Lock, folder: &Path, findings: &mut Vec<Finding>) {
    for found in committed {
        let Contract { address, version, .. } = &found.contract;
        let file = found.path.strip_prefix(folder).unwrap_or(&found.path).display().to_string();
        match lock.released(address, version) {
            Some(released) if released.digest != found.digest => findings.push(Finding::proved(
                "frozen-version-changed",
                file,
                format!(
                    "{address} {version} is released with the digest {} and now has {}; take the change back, or raise the version",
                    released.digest.short(),
                    found.digest.short()
                ),
            )),
            None if committed.iter().any(|later| is_later(&later.contract, &found.contract)) => {
                findings.push(Finding::proved(
                    "version-not-frozen",
                    file,
                    format!("{address} {version} has a later version beside it and is not frozen; run `mesh contract`"),
                ));
            }
            _ => {}
        }
    }
}

/// Each input is pinned, and its contract is the one that is pinned.
fn inputs(files: &DomainFiles, lock: &Lock, findings: &mut Vec<Finding>) -> Result<(), Failure> {
    let committed = files.inputs()?;
    for pin in &lock.inputs {
        let place = format!("{} {}", pin.address, pin.version);
        let found = committed
            .iter()
            .find(|found| found.contract.address == pin.address && found.contract.version == pin.version);
        match found {
            None => findings.push(Finding::proved(
                "input-missing",
                place,
                format!(
                    "mesh.lock pins it, and its contract is not committed; run `mesh add {}@{}`",
                    pin.address, pin.requirement
                ),
            )),
            Some(found) if found.digest != pin.digest => findings.push(Finding::proved(
                "input-changed",
                place,
                format!(
                    "its committed contract is not the one that mesh.lock pins; run `mesh update {}`",
                    pin.address
                ),
            )),
            Some(_) if !pin.requirement.matches(&pin.version) => findings.push(Finding::proved(
                "input-out-of-range",
                place,
                format!(
                    "mesh.lock pins a version that `{}` does not take; run `mesh update {}`",
                    pin.requirement, pin.address
                ),
            )),
            Some(_) => {}
        }
    }
    Ok(())
}

/// Whether one contract is of a later version of the same line.
fn is_later(later: &Contract, earlier: &Contract) -> bool {
    later.address == earlier.address
        && later.version > earlier.version
        && later.version.same_line(&earlier.version)
}

/// Readers of every earlier version of a line read the later ones.
fn against_committed(committed: &[Committed], findings: &mut Vec<Finding>) {
    for new in committed {
        for old in committed.iter().filter(|old| is_later(&new.contract, &old.contract)) {
            let reader = format!("readers of {}", old.contract.version);
            let readable = by_unknown_readers(&old.contract, &new.contract);
            findings.extend(Finding::of_reader("readers-break", &new.contract, &reader, readable));
        }
    }
}

/// Published versions have the same content here; readers of published versions, and registered readers, read what is not
/// published yet.
async fn against_published(
    committed: &[Committed],
    registry: &RegistryClient,
    findings: &mut Vec<Finding>,
) -> Result<(), Failure> {
    for new in committed {
        let Contract { address, version, .. } = &new.contract;
        let published = match registry.versions(address).await {
            Ok(published) => published,
            Err(error) if error.problem().is_some_and(|problem| problem.status == 404) => continue,
            Err(error) => return Err(error.into()),
        };
        if let Some(same) = published.iter().find(|known| known.version == *version) {
            if same.digest != new.digest && !same.draft {
                findings.push(Finding::proved(
                    "published-version-changed",
                    format!("{address} {version}"),
                    format!(
                        "it is published with other content ({}); raise the version",
                        same.digest.short()
                    ),
                ));
            }
            continue;
        }
        for known in published.iter().filter(|known| !known.draft) {
            let here = committed.iter().any(|old| old.digest == known.digest);
            if here || known.version > *version || !known.version.same_line(version) {
                continue;
            }
            let old = registry.contract(address, &known.version).await?;
            let reader = format!("readers of the published {}", known.version);
            let readable = by_unknown_readers(&old, &new.contract);
            findings.extend(Finding::of_reader("readers-break", &new.contract, &reader, readable));
        }
        for consumer in registry.consumers(address).await? {
            let expectation = &consumer.expectation;
            if expectation.requirement.matches(version) {
                let readable = by_schema(&expectation.schema, &new.contract);
                let reader = format!("`{}`", expectation.consumer);
                findings.extend(Finding::of_reader("expectation-broken", &new.contract, &reader, readable));
            }
        }
    }
    Ok(())
}
