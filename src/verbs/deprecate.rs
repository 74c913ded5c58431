//! `mesh deprecate`: says until when versions stay, and shows who still reads them.

use std::io::{self, Write};

use clap::Args;
use mesh_contract::Day;
use mesh_contract::wire::{Campaign, CampaignReader, Deprecate as Body, PairVerdict, ReaderState, Successor};

use crate::args::Global;
use crate::failure::Failure;
use crate::near;
use crate::output::{BAD, FAINT, GOOD, Output, STRONG, Verdict, WARN};
use crate::registry;
use crate::table::{Lean, Table};
use crate::version_spec::ScopeSpec;

/// Say until when versions stay, and see who still reads them
///
/// A line takes its later versions along. Readers are reminded in the feed as the day comes near, and `mesh retire` ends it.
/// With `--status` nothing changes: exit status 1 says that something stands in the way of retiring the versions.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mesh deprecate sales.orders@1 --until 2030-06-30 --successor 2.0.0\n  mesh deprecate sales.orders@1 --status\n  mesh deprecate --status\n  mesh deprecate sales.orders@1 --undo"
)]
pub(crate) struct Deprecate {
    /// The product and a line or a version of it, `sales.orders@1`
    #[arg(value_name = "PRODUCT@LINE|VERSION", required_unless_present = "status")]
    versions: Option<ScopeSpec>,
    /// The day from which they may be gone
    #[arg(long, value_name = "DAY", required_unless_present_any = ["status", "undo"])]
    until: Option<Day>,
    /// What to use instead: a version of the product, or another product
    #[arg(long, value_name = "VERSION|PRODUCT")]
    successor: Option<Successor>,
    /// Why; readers see it
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Show who still reads them, or every deprecation where no product is named
    #[arg(long, conflicts_with_all = ["until", "successor", "reason"])]
    status: bool,
    /// Say that they stay after all
    #[arg(long, conflicts_with_all = ["until", "successor", "reason", "status"])]
    undo: bool,
}

impl Deprecate {
    /// Deprecates.
    pub(crate) fn run(self, global: &Global, output: Output) -> Result<Verdict, Failure> {
        let Self { versions, until, successor, reason, status: _, undo } = self;
        let registry = registry::client_here(global)?;
        let Some(ScopeSpec { address, scope }) = versions else {
            let campaigns = registry::block_on(async { Ok(registry.campaigns().await?) })?;
            output.answer(&campaigns, |out| overview(&campaigns, out))?;
            return Ok(Verdict::Clean);
        };
        if undo {
            let product = registry::block_on(async { Ok(registry.undeprecate(&address, &scope).await?) })?;
            output
                .answer(&product, |out| writeln!(out, "{GOOD}stays{GOOD:#}  {address} {}", scope.words()))?;
            return Ok(Verdict::Clean);
        }
        let body = until.map(|until| Body { until, successor, reason });
        let campaign = registry::block_on(async {
            let campaign = match &body {
                Some(body) => registry.deprecate(&address, &scope, body).await,
                None => registry.campaign(&address, &scope).await,
            };
            match campaign {
                Ok(campaign) => Ok(campaign),
                Err(error) => Err(near::no_product(&registry, &address, error).await),
            }
        })?;
        output.answer(&campaign, |out| tell(&campaign, out))?;
        Ok(Verdict::of(body.is_none() && !campaign.in_the_way.is_empty()))
    }
}

fn tell(campaign: &Campaign, out: &mut dyn Write) -> io::Result<()> {
    let Campaign { address, scope, versions, deprecated, days_left, readers, serving, in_the_way } = campaign;
    let instead = deprecated.successor.as_ref().map(|next| format!("; use {next}")).unwrap_or_default();
    writeln!(
        out,
        "{WARN}deprecated{WARN:#}  {STRONG}{address} {}{STRONG:#} stays until {} ({}){instead}",
        scope.words(),
        deprecated.until,
        days(*days_left)
    )?;
    if let Some(reason) = &deprecated.reason {
        writeln!(out, "  {reason}")?;
    }
    let versions: Vec<_> = versions.iter().map(ToString::to_string).collect();
    writeln!(out, "  {FAINT}{}, served by {serving} deployments{FAINT:#}", versions.join(", "))?;
    if readers.is_empty() {
        writeln!(out, "\nNobody has registered as a reader of it.")?;
    } else {
        writeln!(out)?;
        let mut table = Table::new(&[
            ("reader", Lean::Left),
            ("version", Lean::Left),
            ("needs", Lean::Left),
            ("state", Lean::Left),
            ("where", Lean::Left),
            ("successor", Lean::Left),
        ]);
        for CampaignReader {
            consumer, consumer_version, requirement, environments, state, successor, ..
        } in readers
        {
            let places: Vec<_> = environments.iter().map(ToString::to_string).collect();
            table.row([
                consumer.to_string(),
                consumer_version.clone().unwrap_or_default(),
                requirement.to_string(),
                state.as_str().to_owned(),
                places.join(", "),
                successor.map(takes).unwrap_or_default().to_owned(),
            ]);
        }
        table.write(out)?;
    }
    if in_the_way.is_empty() {
        return writeln!(out, "\n{GOOD}Nothing stands in the way:{GOOD:#} mesh retire {address}@{scope}");
    }
    writeln!(out, "\n{BAD}In the way of retiring it{BAD:#}")?;
    in_the_way.iter().try_for_each(|reason| writeln!(out, "  {reason}"))
}

/// Whether a reader takes the successor as it is.
fn takes(verdict: PairVerdict) -> &'static str {
    match verdict {
        PairVerdict::Compatible => "taken as it is",
        PairVerdict::Unproven => "unproven",
        PairVerdict::Broken => "refused",
    }
}

fn days(left: i64) -> String {
    match left {
        0 => "today".to_owned(),
        1 => "1 day left".to_owned(),
        left if left > 0 => format!("{left} days left"),
        -1 => "1 day ago".to_owned(),
        left => format!("{} days ago", -left),
    }
}

fn overview(campaigns: &[Campaign], out: &mut dyn Write) -> io::Result<()> {
    if campaigns.is_empty() {
        return writeln!(out, "Nothing is deprecated.");
    }
    let mut table = Table::new(&[
        ("product", Lean::Left),
        ("versions", Lean::Left),
        ("until", Lean::Left),
        ("", Lean::Left),
        ("readers left", Lean::Right),
        ("moved", Lean::Right),
        ("successor", Lean::Left),
    ]);
    for Campaign { address, scope, deprecated, days_left, readers, .. } in campaigns {
        let moved = readers.iter().filter(|reader| reader.state == ReaderState::Moved).count();
        table.row([
            address.to_string(),
            scope.to_string(),
            deprecated.until.to_string(),
            days(*days_left),
            (readers.len() - moved).to_string(),
            moved.to_string(),
            deprecated.successor.as_ref().map(ToString::to_string).unwrap_or_default(),
        ]);
    }
    table.write(out)
}
