//! `mesh waive`: somebody takes a finding of `mesh check` upon themselves, for a while.

use clap::Args;
use mesh_contract::Day;
use mesh_contract::judgement::{Finding, Standing, Waiver};

use crate::args::Global;
use crate::domain_crate;
use crate::failure::Failure;
use crate::judging::{Domain, Published, Today};
use crate::output::{GOOD, Output, Verdict};
use crate::registry;

/// Take a finding of `mesh check` upon yourself for a while
///
/// Writes a `[[waiver]]` to `mesh.toml`. The finding is told on as waived, with who answers for it and why, and counts again
/// the day after `--until`. A waiver that waives nothing any more is a finding of its own.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  mesh waive 28a8dde498164e0f --owner ann@example.com --reason \"nobody reads it yet\" --until 2027-01-31"
)]
pub(crate) struct Waive {
    /// What `mesh check` says behind the finding: `28a8dde498164e0f`
    fingerprint: String,
    /// Who answers for it: an address to write to
    #[arg(long, value_name = "WHO")]
    owner: String,
    /// Why it does no harm, or less harm than the alternative
    #[arg(long, value_name = "WHY")]
    reason: String,
    /// The last day on which it holds
    #[arg(long, value_name = "YYYY-MM-DD")]
    until: Day,
    /// The domain crate [default: the one here, or all of the workspace]
    #[arg(long, short, value_name = "NAME")]
    package: Option<String>,
    /// Ask no registry: look at what `mesh check --offline` finds
    #[arg(long)]
    offline: bool,
    #[command(flatten)]
    today: Today,
}

impl Waive {
    /// Writes the waiver, if there is such a finding.
    pub(crate) fn run(self, global: &Global, output: Output) -> Result<Verdict, Failure> {
        for (option, text) in [("--owner", &self.owner), ("--reason", &self.reason)] {
            if text.trim().is_empty() {
                return Err(Failure::new(format!("`{option}` says nothing"))
                    .next("a waiver needs somebody who answers for it, and why"));
            }
        }
        let today = self.today.day();
        if self.until < today {
            return Err(Failure::new(format!("{} is over, so the waiver would hold for no day", self.until)));
        }
        let mut others = Vec::new();
        for folder in domain_crate::some(self.package.as_deref())? {
            let domain = Domain::read(&folder, &folder)?;
            for candidate in domain.candidates() {
                let published = if self.offline {
                    Published::default()
                } else {
                    let client = registry::client(global, Some(&folder))?;
                    registry::block_on(super::check::published(&domain, candidate, &client))
                        .unwrap_or_default()
                };
                let judged = domain.judge(candidate, &published, today);
                let waived = |it: &Finding| matches!(it.standing, Standing::Waived { .. });
                let can = |it: &&Finding| (it.counts() || waived(it)) && !it.rule.starts_with("waiver-");
                if let Some(finding) = judged.findings.iter().find(|it| it.fingerprint == self.fingerprint) {
                    if !can(&finding) {
                        return Err(Failure::new(format!("there is nothing to waive: {}", finding.message))
                            .because("it does not count, or is about a waiver itself"));
                    }
                    let waiver = Waiver {
                        finding: self.fingerprint,
                        product: judged.address.clone(),
                        owner: self.owner,
                        reason: self.reason,
                        until: self.until,
                    };
                    domain.write_waiver(&waiver)?;
                    output.answer(&waiver, |out| {
                        let Waiver { product, owner, until, .. } = &waiver;
                        writeln!(out, "{GOOD}waived{GOOD:#} {product}: {}", finding.message)?;
                        writeln!(out, "  {owner} answers for it until {until}")
                    })?;
                    output.note("\nWritten to mesh.toml; commit it.");
                    return Ok(Verdict::Clean);
                }
                others.extend(judged.findings.iter().filter(can).map(|it| {
                    format!("{} {} [{}]: {}", it.fingerprint, judged.address, it.rule, it.message)
                }));
            }
        }
        let failure = Failure::new(format!("no finding has the fingerprint `{}`", self.fingerprint));
        Err(if others.is_empty() {
            failure.because("there is nothing to waive here")
        } else {
            failure.because(format!("there are\n{}", others.join("\n")))
        })
    }
}
