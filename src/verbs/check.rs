//! `mesh check`: what is to be released next against everything that was promised, and whether files are as they should be.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;
use futures_util::future::try_join_all;
use mesh_contract::{Contract, ContractVersion, ProductName};
use mesh_runtime::client::RegistryClient;
use mesh_runtime::files::Committed;
use mesh_runtime::verdict::{FileRule, Location, Report, Source};

use crate::against_data;
use crate::args::Global;
use crate::domain_crate;
use crate::failure::Failure;
use crate::judging::{Domain, Published, Today};
use crate::output::{Output, Verdict};
use crate::policies::{self, Held, States};
use crate::registry;
use crate::verdict::{self, MessageFormat};

/// Check what is to be released next against everything that was promised
///
/// Reads files and never compiles. Judges the newest contract of each line against the committed and published versions before
/// it and against its registered readers: whether its version warns whom it hurts. Waivers, claims about meaning and policy
/// stand in `mesh.toml`. Also tells whether what is frozen or pinned in `mesh.lock` is untouched.
///
/// With `--against-data`, tells instead how many records of a file the newest contract of a product would refuse.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mesh check\n  mesh check --offline --message-format sarif > mesh.sarif\n  mesh read sales.orders | mesh check --product orders --against-data -"
)]
pub(crate) struct Check {
    /// The domain crate [default: the one here, or all of the workspace]
    #[arg(long, short, value_name = "NAME")]
    package: Option<String>,
    /// Ask no registry: judge against what is committed
    #[arg(long)]
    offline: bool,
    /// The form of the verdict [default: as `--format` says]
    #[arg(long, value_enum, value_name = "FORM")]
    message_format: Option<MessageFormat>,
    /// Run what the newest contract accepts over the records of this file, one JSON value a line; `-` is standard input
    #[arg(long, value_name = "FILE")]
    against_data: Option<PathBuf>,
    /// Whose records they are, where the domain has several products
    #[arg(long, value_name = "NAME", requires = "against_data")]
    product: Option<ProductName>,
    #[command(flatten)]
    today: Today,
}

impl Check {
    /// Checks, and exits with 1 when something was found.
    pub(crate) fn run(self, global: &Global, output: Output) -> Result<Verdict, Failure> {
        let form = MessageFormat::or_of(self.message_format, output);
        let here = domain_crate::current_folder()?;
        let folders = domain_crate::some(self.package.as_deref())?;
        let mut report = Report::default();
        let (mut contracts, mut judged) = (0, 0);
        let mut domains = Vec::new();
        for folder in &folders {
            domains.push(Domain::read(folder, &told_from(form, folder, &here))?);
        }
        if let Some(data) = &self.against_data {
            let told = against_data::check(&domains, self.product.as_ref(), data, &mut report)?;
            verdict::write(&report, form)?;
            output.status("Checked", told);
            return Ok(Verdict::of(!report.is_clean()));
        }
        // Domains usually ask the same registry, and one word about its silence is enough.
        let mut told_of = BTreeSet::new();
        for domain in &domains {
            contracts += domain.committed.len();
            against_lock(domain, &mut report);
            inputs(domain, &mut report)?;
            let candidates = domain.candidates();
            let held = Held::read(domain)?;
            let mut states = States::new();
            let mut published = vec![Some(Published::default()); candidates.len()];
            if !self.offline && !candidates.is_empty() {
                let registry = registry::client(global, Some(domain.files.folder()))?;
                match against_registry(domain, &candidates, &registry, &mut report, output) {
                    Ok(known) => {
                        published = known;
                        states = policy_news(domain, &candidates, &held, &registry, output)?;
                    }
                    Err(failure) => {
                        let why = failure.to_string();
                        if !told_of.contains(&why) {
                            output.warn(format_args!("not compared with what is published: {why}"));
                            told_of.insert(why);
                        }
                    }
                }
            }
            let inputs = if held.is_empty() { Vec::new() } else { domain.files.inputs()? };
            for (candidate, published) in candidates.iter().zip(&published) {
                let today = self.today.day();
                let verdict = held.verdict(domain, &candidate.contract, &inputs, &states, today);
                policies::report(domain, candidate, &verdict, &mut report);
                if let Some(published) = published {
                    judged += 1;
                    let judgement = domain.judge(candidate, published, today);
                    domain.report(candidate, published, &judgement, &mut report);
                }
            }
        }
        verdict::write(&report, form)?;
        let clean = if report.is_clean() { "no objections" } else { "see above" };
        output.status(
            "Checked",
            format_args!("{contracts} contracts, {judged} of them still to be released: {clean}"),
        );
        Ok(Verdict::of(!report.is_clean()))
    }
}

/// People look from where they are; code hosts look from the root of the repository.
fn told_from(form: MessageFormat, folder: &Path, here: &Path) -> PathBuf {
    let root = match form {
        MessageFormat::Sarif | MessageFormat::Github | MessageFormat::Markdown => {
            folder.ancestors().find(|above| above.join(".git").exists())
        }
        MessageFormat::Text | MessageFormat::Json => None,
    };
    root.unwrap_or(here).to_owned()
}

/// Adds something about a committed contract.
fn add(report: &mut Report, rule: &str, domain: &Domain, about: &Committed, message: String) {
    let Contract { address, version, .. } = &about.contract;
    let place = Location::file(domain.shown(&about.path), Source::Contract);
    add_at(report, rule, format!("{address} {version}"), place, message);
}

fn add_at(report: &mut Report, rule: &str, about: String, place: Location, message: String) {
    let rule =
        FileRule::find(rule).expect("the rules that this file names stand in the table; a test tries each");
    report.add_file(rule, about, place, message);
}

/// What is frozen is untouched, and what has a later version beside it is frozen.
fn against_lock(domain: &Domain, report: &mut Report) {
    for found in &domain.committed {
        let Contract { address, version, .. } = &found.contract;
        match domain.lock.released(address, version) {
            Some(released) if released.digest != found.digest => {
                let (before, now) = (released.digest.short(), found.digest.short());
                let message = format!(
                    "{address} {version} is released with the digest {before} and now has {now}; take the change back, or raise the version"
                );
                add(report, "frozen-version-changed", domain, found, message);
            }
            None if domain.committed.iter().any(|later| is_later(&later.contract, &found.contract)) => {
                let message = format!(
                    "{address} {version} has a later version beside it and is not frozen; run `mesh contract`"
                );
                add(report, "version-not-frozen", domain, found, message);
            }
            _ => {}
        }
    }
}

/// Whether one contract is of a later version of the same line.
fn is_later(later: &Contract, earlier: &Contract) -> bool {
    later.address == earlier.address
        && later.version > earlier.version
        && later.version.same_line(&earlier.version)
}

/// Each input is pinned, and its contract is the one that is pinned.
fn inputs(domain: &Domain, report: &mut Report) -> Result<(), Failure> {
    let committed = domain.files.inputs()?;
    for pin in &domain.lock.inputs {
        let (address, version) = (&pin.address, &pin.version);
        let found = committed
            .iter()
            .find(|found| found.contract.address == *address && found.contract.version == *version);
        let (rule, message) = match found {
            None => (
                "input-missing",
                format!(
                    "mesh.lock pins it, and its contract is not committed; run `mesh add {address}@{}`",
                    pin.requirement
                ),
            ),
            Some(found) if found.digest != pin.digest => (
                "input-not-as-pinned",
                format!(
                    "its committed contract is not the one that mesh.lock pins; run `mesh update {address}`"
                ),
            ),
            Some(_) if !pin.requirement.matches(version) => (
                "input-out-of-range",
                format!(
                    "mesh.lock pins a version that `{}` does not take; run `mesh update {address}`",
                    pin.requirement
                ),
            ),
            Some(_) => continue,
        };
        let place = match found.filter(|_| rule == "input-not-as-pinned") {
            Some(found) => Location::file(domain.shown(&found.path), Source::Contract),
            None => Location::file(domain.shown(&domain.files.lock_path()), Source::Domain),
        };
        add_at(report, rule, format!("{address} {version}"), place, message);
    }
    Ok(())
}

/// What each candidate is to be judged against, as the registry knows it; nothing for one that is published already. Tells which
/// readers the committed files do not have: without a registry, the judgement is another one until they are written down.
pub(crate) fn against_registry(
    domain: &Domain,
    candidates: &[&Committed],
    registry: &RegistryClient,
    report: &mut Report,
    output: Output,
) -> Result<Vec<Option<Published>>, Failure> {
    let asked = try_join_all(candidates.iter().map(|it| ask(domain, it, registry)));
    let answers = registry::block_on(asked)?;
    let published: Vec<_> = answers
        .into_iter()
        .zip(candidates)
        .map(|(known, candidate)| known.settle(domain, candidate, report))
        .collect();
    let missing = domain.readers_not_committed(published.iter().flatten());
    if missing > 0 {
        let (readers, are) = if missing == 1 { ("reader", "is") } else { ("readers", "are") };
        let folder = domain.shown(&domain.files.readers_path());
        output.note(format_args!("{missing} {readers} {are} not in {folder}; run `mesh update`"));
    }
    Ok(published)
}

/// What has become of the inputs of the candidates, for policies. Tells whether the committed policies are the registry's newest.
fn policy_news(
    domain: &Domain,
    candidates: &[&Committed],
    held: &Held,
    registry: &RegistryClient,
    output: Output,
) -> Result<States, Failure> {
    let inputs = if held.is_empty() { Vec::new() } else { domain.files.inputs()? };
    registry::block_on(async {
        match registry.policies().await {
            Ok(newest) if newest.digest != held.digest => output.note(format_args!(
                "{} is not what the registry holds products to (revision {}); run `mesh policy pull`",
                policies::PLATFORM,
                newest.revision
            )),
            Ok(_) => {}
            // An earlier release has no policies.
            Err(error) if error.problem().is_some_and(|problem| problem.status == 404) => {}
            Err(error) => return Err(error.into()),
        }
        let mut states = States::new();
        if held.is_empty() {
            return Ok(states);
        }
        for input in candidates.iter().flat_map(|it| &it.contract.inputs) {
            let Some(contract) = policies::input_contract(domain, input, &inputs) else { continue };
            let known = match registry.versions(&contract.address).await {
                Ok(versions) => versions,
                Err(error) if error.problem().is_some_and(|problem| problem.status == 404) => continue,
                Err(error) => return Err(error.into()),
            };
            if let Some(found) = known.into_iter().find(|it| it.version == contract.version) {
                let state = (found.deprecated.is_some(), found.retired.is_some());
                states.insert((contract.address.clone(), contract.version.clone()), state);
            }
        }
        Ok(states)
    })
}

/// What the registry says of a candidate.
struct Known {
    /// The candidate's own version, where it is published with other content: the short digest of that.
    other: Option<String>,
    /// Whether exactly this is published.
    is_published: bool,
    published: Published,
}

impl Known {
    /// What is to be judged against; nothing where the version is published already.
    fn settle(self, domain: &Domain, candidate: &Committed, report: &mut Report) -> Option<Published> {
        if let Some(digest) = self.other {
            let message = format!("it is published with other content ({digest}); raise the version");
            add(report, "published-version-changed", domain, candidate, message);
            return None;
        }
        (!self.is_published).then_some(self.published)
    }
}

/// What the registry knows of a candidate.
pub(crate) async fn published(
    domain: &Domain,
    candidate: &Committed,
    registry: &RegistryClient,
) -> Result<Published, Failure> {
    Ok(ask(domain, candidate, registry).await?.published)
}

async fn ask(domain: &Domain, candidate: &Committed, registry: &RegistryClient) -> Result<Known, Failure> {
    let Contract { address, version, .. } = &candidate.contract;
    let mut known = Known { other: None, is_published: false, published: Published::default() };
    let released = match registry.versions(address).await {
        Ok(versions) => versions,
        Err(error) if error.problem().is_some_and(|problem| problem.status == 404) => return Ok(known),
        Err(error) => return Err(error.into()),
    };
    if let Some(same) = released.iter().find(|it| it.version == *version && !it.draft) {
        known.is_published = same.digest == candidate.digest;
        known.other = (!known.is_published).then(|| same.digest.short().to_string());
        return Ok(known);
    }
    let here = |version: &ContractVersion| {
        domain.committed.iter().any(|it| it.contract.address == *address && it.contract.version == *version)
    };
    let missing = released.iter().filter(|it| !it.draft && it.version < *version && !here(&it.version));
    let contracts =
        missing.map(|it| async { Ok::<_, Failure>(registry.contract(address, &it.version).await?) });
    known.published.versions = try_join_all(contracts).await?;
    let retired = released.iter().filter(|it| it.retired.is_some());
    known.published.retired = retired.map(|it| it.version.clone()).collect();
    let readers = registry.consumers(address).await?;
    known.published.readers = Some(readers.into_iter().map(|it| it.expectation).collect());
    Ok(known)
}
