//! Policies as a checkout has them: the platform's, committed as it was fetched, and what the domain asks of itself.
//!
//! `mesh.policies.toml` is the registry's document, byte for byte, at the root of the repository or beside one domain; it is
//! looked for from the domain upwards. `policies.toml` beside `mesh.toml` is the domain's own. Nothing here asks a registry.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use mesh_contract::contract::Input;
use mesh_contract::wire::PolicyFinding;
use mesh_contract::wire::PolicyOutcome;
use mesh_contract::{Address, Contract, ContractVersion, Day, Digest};
use mesh_policy::{InputFacts, PolicyErrors, PolicySet, ProductFacts, Verdict};
use mesh_runtime::files::Committed;
use mesh_runtime::verdict::{Level, Location, Report, Source};

use crate::failure::{Failure, OrFail};
use crate::judging::Domain;

/// The platform's policies in a checkout.
pub(crate) const PLATFORM: &str = "mesh.policies.toml";
/// A domain's own, beside its `mesh.toml`.
pub(crate) const OWN: &str = "policies.toml";

/// What has become of versions of inputs: deprecated, retired.
pub(crate) type States = BTreeMap<(Address, ContractVersion), (bool, bool)>;

/// What a domain's products are held to.
#[derive(Debug)]
pub(crate) struct Held {
    set: PolicySet,
    /// The digest of the platform's document; that of no text where none is committed.
    pub(crate) digest: Digest,
}

/// The committed document of the platform: where it is, or is to be, and what it says.
pub(crate) fn platform(folder: &Path) -> Result<(PathBuf, Option<String>), Failure> {
    let mut root = folder;
    for above in folder.ancestors() {
        if let Some(text) = text_of(&above.join(PLATFORM))? {
            return Ok((above.join(PLATFORM), Some(text)));
        }
        root = above;
        if above.join(".git").exists() {
            break;
        }
    }
    // Without a repository it belongs to the domain.
    let root = if root.join(".git").exists() { root } else { folder };
    Ok((root.join(PLATFORM), None))
}

fn text_of(path: &Path) -> Result<Option<String>, Failure> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).or_fail(|| format!("cannot read `{}`", path.display())),
    }
}

/// A document with mistakes, as a failure.
pub(crate) fn mistaken(path: &Path, errors: PolicyErrors) -> Failure {
    Failure::new(format!("the policies in `{}` cannot be read", path.display()))
        .because(errors)
        .next("mend the lines that are named; docs/policies.md says what may stand there")
}

impl Held {
    /// What is committed for a domain.
    pub(crate) fn read(domain: &Domain) -> Result<Self, Failure> {
        let folder = domain.files.folder();
        let (path, text) = platform(folder)?;
        let text = text.unwrap_or_default();
        let digest = Digest::of_bytes(text.as_bytes());
        let mut set = match text.is_empty() {
            true => PolicySet::default(),
            false => PolicySet::platform(&text).map_err(|errors| mistaken(&path, errors))?,
        };
        let path = folder.join(OWN);
        let name = domain.committed.first().map(|it| &it.contract.domain.name);
        if let (Some(name), Some(text)) = (name, text_of(&path)?) {
            set = set.stricter(name, &text).map_err(|errors| mistaken(&path, errors))?;
        }
        Ok(Self { set, digest })
    }

    /// Whether nothing is asked.
    pub(crate) fn is_empty(&self) -> bool {
        self.set.is_empty()
    }

    /// What the policies say of a contract.
    pub(crate) fn verdict(
        &self,
        domain: &Domain,
        contract: &Contract,
        inputs: &[Committed],
        states: &States,
        today: Day,
    ) -> Verdict {
        if self.is_empty() {
            return Verdict::default();
        }
        let facts = contract.inputs.iter().map(|input| {
            let known = input_contract(domain, input, inputs);
            let state = known.and_then(|it| states.get(&(it.address.clone(), it.version.clone())));
            let (deprecated, retired) = state.copied().unwrap_or_default();
            InputFacts::of(input, known, deprecated, retired)
        });
        self.set.product(&ProductFacts::of(contract), &facts.collect::<Vec<_>>(), today)
    }
}

/// The contract of an input: the pinned one, or the highest of the domain's own that will do.
pub(crate) fn input_contract<'c>(
    domain: &'c Domain,
    input: &Input,
    inputs: &'c [Committed],
) -> Option<&'c Contract> {
    let pin = domain.lock.inputs.iter().find(|pin| pin.address == input.address);
    let pinned = pin.and_then(|pin| {
        inputs.iter().map(|it| &it.contract).find(|it| it.address == pin.address && it.version == pin.version)
    });
    pinned.or_else(|| {
        let own = domain.committed.iter().map(|it| &it.contract);
        own.filter(|it| it.address == input.address && input.requirement.matches(&it.version))
            .max_by(|one, other| one.version.cmp(&other.version))
    })
}

/// Tells what was found of a committed contract.
pub(crate) fn report(domain: &Domain, about: &Committed, verdict: &Verdict, report: &mut Report) {
    let Contract { address, version, .. } = &about.contract;
    for finding in &verdict.findings {
        let level = match (finding.refuses(), finding.outcome) {
            (true, PolicyOutcome::Undecided) => Level::Unproven,
            (true, _) => Level::Error,
            (false, _) => Level::Note,
        };
        let PolicyFinding { rule, subject, message, fix, .. } = finding;
        let reads = if *subject == address.to_string() { "" } else { subject.as_str() };
        let gap = if reads.is_empty() { "" } else { ": " };
        let place = Location::file(domain.shown(&about.path), Source::Contract);
        let told = serde_json::to_value(finding).unwrap_or_default();
        let message = format!("{reads}{gap}{message}; {fix}");
        report.add_policy(rule, level, format!("{address} {version}"), place, message, told);
    }
}
