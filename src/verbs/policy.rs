//! `mesh policy`: what the platform asks of every product.

use std::fs;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use mesh_contract::wire::{PoliciesTrial, PolicySeverity, SetPolicies};
use mesh_policy::{PolicySet, PolicyView, starters};
use serde::Serialize;

use crate::args::Global;
use crate::domain_crate;
use crate::failure::{Failure, OrFail};
use crate::output::{BAD, FAINT, GOOD, Output, STRONG, Verdict, WARN};
use crate::policies::{self, PLATFORM};
use crate::registry;
use crate::table::{Lean, Table};

/// See, try and set what holds for every product
///
/// The platform writes policies once, as data. `mesh check` applies those that are committed in `mesh.policies.toml`, the registry
/// those that it was told, when something is published; `mesh policy pull` makes them the same.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mesh policy set --starters\n  mesh policy pull\n  mesh policy test my-policies.toml\n  mesh policy explain personal-data-needs-purpose"
)]
pub(crate) struct Policy {
    #[command(subcommand)]
    verb: PolicyVerb,
}

#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
enum PolicyVerb {
    /// List the policies that the registry holds products to
    List,
    /// Show the document that the registry has
    Show {
        /// Show the policies that ship with the project instead
        #[arg(long)]
        starters: bool,
    },
    /// Try policies over every product, and name those that would be refused
    Test(Chosen),
    /// Set policies: publishes are held to them from now on
    Set {
        #[command(flatten)]
        chosen: Chosen,
        /// The revision that they are to replace [default: the one that the registry has now]
        #[arg(long, value_name = "NUMBER")]
        revision: Option<u64>,
    },
    /// Write the registry's policies to `mesh.policies.toml`, for `mesh check`
    Pull,
    /// Explain a policy: why it is there, and what it says
    Explain {
        /// The policy, as it stands in a finding: `product-has-owner`
        id: String,
    },
}

/// A document of policies.
#[derive(Debug, Args)]
struct Chosen {
    /// The file
    #[arg(required_unless_present = "starters", conflicts_with = "starters")]
    file: Option<PathBuf>,
    /// The policies that ship with the project
    #[arg(long)]
    starters: bool,
}

impl Chosen {
    /// The document, read and proved.
    fn document(&self) -> Result<String, Failure> {
        let Some(file) = &self.file else { return Ok(starters::document()) };
        let text = fs::read_to_string(file).or_fail(|| format!("cannot read `{}`", file.display()))?;
        let wrong = |errors| policies::mistaken(file, errors);
        PolicySet::platform(&text).map_err(wrong)?.prove().map_err(wrong)?;
        Ok(text)
    }
}

impl Policy {
    /// Shows, tries or sets.
    pub(crate) fn run(self, global: &Global, output: Output) -> Result<Verdict, Failure> {
        match self.verb {
            PolicyVerb::List => list(global, output),
            PolicyVerb::Show { starters: true } => {
                let document = starters::document();
                output.answer(&document, |out| write!(out, "{document}"))?;
                Ok(Verdict::Clean)
            }
            PolicyVerb::Show { starters: false } => show(global, output),
            PolicyVerb::Test(chosen) => test(&chosen, global, output),
            PolicyVerb::Set { chosen, revision } => set(&chosen, revision, global, output),
            PolicyVerb::Pull => pull(global, output),
            PolicyVerb::Explain { id } => explain(&id, global, output),
        }
    }
}

/// The registry's policies, read. One that a later release has written may be beyond this one.
fn of_registry(document: &str) -> Result<PolicySet, Failure> {
    if document.is_empty() {
        return Ok(PolicySet::default());
    }
    PolicySet::platform(document)
        .or_fail(|| "the registry's policies cannot be read by this release".to_owned())
}

fn list(global: &Global, output: Output) -> Result<Verdict, Failure> {
    let client = registry::client_here(global)?;
    let standing = registry::block_on(async { Ok(client.policies().await?) })?;
    let set = of_registry(&standing.document)?;
    let all: Vec<_> = set.policies().collect();
    output.answer(&all, |out| {
        if all.is_empty() {
            return writeln!(out, "the registry asks nothing; `mesh policy set --starters` is a start");
        }
        let columns = [("policy", Lean::Left), ("when broken", Lean::Left), ("asks", Lean::Left)];
        let mut table = Table::new(&columns);
        for policy in &all {
            table.row([policy.id.to_owned(), policy.severity.as_str().to_owned(), policy.title.to_owned()]);
        }
        table.write(out)
    })?;
    Ok(Verdict::Clean)
}

fn show(global: &Global, output: Output) -> Result<Verdict, Failure> {
    let client = registry::client_here(global)?;
    let standing = registry::block_on(async { Ok(client.policies().await?) })?;
    output.answer(&standing, |out| write!(out, "{}", standing.document))?;
    match (&standing.set_by, &standing.set_at) {
        (Some(by), Some(at)) => {
            output.note(format_args!("revision {}, set by {by} at {at}", standing.revision));
        }
        _ => output.note("nobody has set policies; `mesh policy set --starters` is a start"),
    }
    Ok(Verdict::Clean)
}

fn test(chosen: &Chosen, global: &Global, output: Output) -> Result<Verdict, Failure> {
    let document = chosen.document()?;
    let client = registry::client_here(global)?;
    let trial = registry::block_on(async { Ok(client.test_policies(&document).await?) })?;
    output.answer(&trial, |out| trial_text(&trial, out))?;
    Ok(Verdict::of(trial.refused > 0))
}

fn trial_text(trial: &PoliciesTrial, out: &mut dyn std::io::Write) -> std::io::Result<()> {
    for product in &trial.findings {
        let (address, version) = (&product.address, &product.version);
        let refused = product.findings.iter().any(|finding| finding.refuses());
        let (style, word) = if refused { (BAD, "refused") } else { (WARN, "told") };
        writeln!(out, "{style}{word}{style:#} {STRONG}{address}{STRONG:#} {version}")?;
        for finding in &product.findings {
            let word = match finding.refuses() {
                true => finding.outcome.as_str(),
                false => finding.severity.as_str(),
            };
            let reads = if finding.subject == address.to_string() { "" } else { finding.subject.as_str() };
            let gap = if reads.is_empty() { "" } else { ": " };
            writeln!(out, "  {word} [{}] {reads}{gap}{}", finding.rule, finding.message)?;
            writeln!(out, "    {FAINT}{}{FAINT:#}", finding.fix)?;
        }
    }
    let PoliciesTrial { products, refused, .. } = trial;
    writeln!(out, "{products} products looked at, {refused} would be refused")
}

fn set(chosen: &Chosen, revision: Option<u64>, global: &Global, output: Output) -> Result<Verdict, Failure> {
    let document = chosen.document()?;
    let client = registry::client_here(global)?;
    let standing = registry::block_on(async {
        let revision = match revision {
            Some(revision) => revision,
            None => client.policies().await?.revision,
        };
        Ok(client.set_policies(&SetPolicies { document, revision }).await?)
    })?;
    let asked = of_registry(&standing.document)?.policies().count();
    output.answer(&standing, |out| {
        writeln!(out, "{GOOD}set{GOOD:#} {asked} policies, revision {}", standing.revision)
    })?;
    output.note("\nNext: mesh policy pull, and commit the file for `mesh check`");
    Ok(Verdict::Clean)
}

/// What was pulled.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Pulled {
    file: String,
    revision: u64,
    changed: bool,
}

fn pull(global: &Global, output: Output) -> Result<Verdict, Failure> {
    let here = domain_crate::current_folder()?;
    let folder = domain_crate::above(&here).unwrap_or(here);
    let client = registry::client_here(global)?;
    let standing = registry::block_on(async { Ok(client.policies().await?) })?;
    of_registry(&standing.document)?;
    let (path, before) = policies::platform(&folder)?;
    let changed = before.as_deref().unwrap_or_default() != standing.document;
    if changed {
        fs::write(&path, &standing.document).or_fail(|| format!("cannot write `{}`", path.display()))?;
    }
    let pulled = Pulled { file: path.display().to_string(), revision: standing.revision, changed };
    output.answer(&pulled, |out| match (changed, standing.revision) {
        (true, revision) => writeln!(out, "{GOOD}wrote{GOOD:#} {} (revision {revision})", path.display()),
        (false, 0) => writeln!(out, "the registry asks nothing, and so does the checkout"),
        (false, revision) => {
            writeln!(out, "{} is the registry's newest (revision {revision})", path.display())
        }
    })?;
    if changed {
        output.note(format_args!("\nNext: mesh check, and commit {PLATFORM}"));
    }
    Ok(Verdict::Clean)
}

fn explain(id: &str, global: &Global, output: Output) -> Result<Verdict, Failure> {
    let mut sets = Vec::new();
    let here = domain_crate::current_folder()?;
    let folder = domain_crate::above(&here).unwrap_or(here);
    // What is committed is asked first, so that this needs no registry where `mesh check` needed none.
    if let (path, Some(text)) = policies::platform(&folder)? {
        sets.push(PolicySet::platform(&text).map_err(|errors| policies::mistaken(&path, errors))?);
    }
    let path = folder.join(policies::OWN);
    if let (Some((domain, _)), Ok(text)) = (id.split_once('/'), fs::read_to_string(&path)) {
        let domain = domain.parse().or_fail(|| format!("`{domain}` is no domain"))?;
        let own = PolicySet::default().stricter(&domain, &text);
        sets.push(own.map_err(|errors| policies::mistaken(&path, errors))?);
    }
    let found = |sets: &[PolicySet]| sets.iter().any(|set| set.policies().any(|policy| policy.id == id));
    if !found(&sets) {
        let client = registry::client_here(global)?;
        // Whoever has no registry may still ask what ships.
        if let Ok(standing) = registry::block_on(async { Ok(client.policies().await?) }) {
            sets.push(of_registry(&standing.document)?);
        }
        sets.push(of_registry(&starters::document())?);
    }
    let policy =
        sets.iter().flat_map(PolicySet::policies).find(|policy| policy.id == id).ok_or_else(|| {
            Failure::new(format!("there is no policy `{id}`")).next("`mesh policy list` lists them all")
        })?;
    output.answer(&policy, |out| explained(&policy, out))?;
    Ok(Verdict::Clean)
}

fn explained(policy: &PolicyView<'_>, out: &mut dyn std::io::Write) -> std::io::Result<()> {
    let PolicyView { id, title, why, applies, when, must, message: _, fix, severity, exempt } = policy;
    let broken = match severity {
        PolicySeverity::Refuse => "refused when broken",
        PolicySeverity::Warn => "told when broken",
    };
    let of: Vec<_> = applies.iter().map(|subject| subject.as_str()).collect();
    writeln!(out, "{STRONG}{id}{STRONG:#} {FAINT}({broken}, asked of {}){FAINT:#}\n", of.join(", "))?;
    writeln!(out, "{title}. {why}\n")?;
    if let Some(when) = when {
        writeln!(out, "  when {}", when.trim())?;
    }
    writeln!(out, "  must {}\n\nWhat to do: {fix}", must.trim())?;
    for exempt in *exempt {
        writeln!(out, "{} is let be until {}: {}", exempt.address, exempt.until, exempt.reason)?;
    }
    Ok(())
}
