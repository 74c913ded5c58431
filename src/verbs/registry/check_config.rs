//! `mesh registry check-config`: what a registry would run with, and everything that is in its way.

use std::net::SocketAddr;

use clap::Args;
use mesh_registry::config::{Effective, Finding, Loaded, probe};
use serde::Serialize;

use super::settings::Place;
use super::wait_for;
use crate::failure::Failure;
use crate::output::{Output, Verdict};
use crate::table::{Lean, Table};

/// Show the settings that a registry would run with, and what is wrong with them
///
/// Each stands with who said it: the command line, the environment, the file, or nobody. Secrets are left out. Nothing is
/// started or changed. Exit status 1 if something is wrong; all of it is told at once.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  mesh registry check-config --config registry.toml\n  \
                  mesh registry check-config --config registry.toml --connect --format json")]
pub(super) struct CheckConfig {
    /// Where to listen; port 0 takes any that is free
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    #[command(flatten)]
    place: Place,
    /// See also whether the store can be used and the addresses are free; run where no registry does
    #[arg(long)]
    connect: bool,
}

/// What was found out.
#[derive(Debug, Serialize)]
struct Answer<'a> {
    settings: &'a [Effective],
    findings: &'a [Finding],
    warnings: &'a [Finding],
}

impl CheckConfig {
    pub(super) fn run(self, output: Output) -> Result<Verdict, Failure> {
        let Self { listen, place, connect } = self;
        let sources = place.sources().flag("listen", listen.map(|address| address.to_string()));
        let (settings, warnings, findings) = match sources.load() {
            Ok(Loaded { config, settings, warnings, .. }) => {
                let findings =
                    if connect { wait_for(async { Ok(probe(&config).await) })? } else { Vec::new() };
                (settings, warnings, findings)
            }
            Err(findings) => (Vec::new(), Vec::new(), findings),
        };
        let answer = Answer { settings: &settings, findings: &findings, warnings: &warnings };
        output.answer(&answer, |out| {
            if !settings.is_empty() {
                let mut table =
                    Table::new(&[("setting", Lean::Left), ("value", Lean::Left), ("from", Lean::Left)]);
                for Effective { setting, value, from, .. } in &settings {
                    let value = value.clone().unwrap_or_else(|| "not set".to_owned());
                    table.row([(*setting).to_owned(), value, from.name().to_owned()]);
                }
                table.write(out)?;
            }
            findings.iter().try_for_each(|finding| writeln!(out, "{finding}"))
        })?;
        warnings.iter().for_each(|warning| output.warn(warning));
        Ok(Verdict::of(!findings.is_empty()))
    }
}
