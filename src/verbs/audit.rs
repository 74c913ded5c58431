//! `mesh audit`: who did what, and whether the record of it still holds together.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use mesh_contract::Digest;
use mesh_contract::wire::{AuditBatch, AuditRecord, Outcome};
use mesh_runtime::client::RegistryClient;
use serde_json::json;

use crate::args::Global;
use crate::failure::{Failure, OrFail as _};
use crate::output::{GOOD, Output, Verdict};
use crate::registry;
use crate::table::{Lean, Table};

/// See who did what to a registry, take it away, and verify it
///
/// Decisions are sealed in batches, each of which holds the digest of the one before. Whoever remembers the last seal can tell
/// whether anything before it was changed, put in or taken away since.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mesh audit list --refused\n  mesh audit export > audit.jsonl\n  mesh audit verify\n  mesh audit verify audit.jsonl --seal sha256:5e88..."
)]
pub(crate) struct Audit {
    #[command(subcommand)]
    verb: AuditVerb,
}

#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
enum AuditVerb {
    /// List decisions in their order
    List {
        /// Only what was refused
        #[arg(long)]
        refused: bool,
        /// Only of this principal
        #[arg(long, value_name = "PRINCIPAL")]
        of: Option<String>,
    },
    /// Write every batch as a line of JSON
    Export {},
    /// Hold the chain together: of the registry, or of a file that `export` wrote
    Verify {
        /// The file
        file: Option<PathBuf>,
        /// A seal that was seen before and must be in the chain
        #[arg(long, value_name = "DIGEST")]
        seal: Option<Digest>,
    },
}

impl Audit {
    /// Lists, exports or verifies.
    pub(crate) fn run(self, global: &Global, output: Output) -> Result<Verdict, Failure> {
        match self.verb {
            AuditVerb::List { refused, of } => {
                let batches = every_batch(&registry::client_here(global)?)?;
                let records = batches.into_iter().flat_map(|batch| batch.records).filter(|record| {
                    (!refused || record.outcome == Outcome::Refused)
                        && of.as_ref().is_none_or(|of| record.principal == *of)
                });
                let records: Vec<AuditRecord> = records.collect();
                output.answer(&records, |out| table(&records).write(out))?;
            }
            AuditVerb::Export {} => {
                let batches = every_batch(&registry::client_here(global)?)?;
                let mut lines = String::new();
                for batch in &batches {
                    let line = serde_json::to_string(batch).or_fail(|| "a batch is no JSON".to_owned())?;
                    lines.push_str(&line);
                    lines.push('\n');
                }
                output.answer(&batches, |out| out.write_all(lines.as_bytes()))?;
                output.note(format_args!("{} batches", batches.len()));
            }
            AuditVerb::Verify { file, seal } => {
                let batches = match file {
                    Some(file) => read(&file)?,
                    None => every_batch(&registry::client_here(global)?)?,
                };
                return verify(&batches, seal, output);
            }
        }
        Ok(Verdict::Clean)
    }
}

fn verify(batches: &[AuditBatch], seal: Option<Digest>, output: Output) -> Result<Verdict, Failure> {
    let mut before = None;
    for batch in batches {
        if let Err(broken) = batch.verify(before) {
            output.answer(&json!({ "holds": false, "broken": broken.to_string() }), |out| {
                writeln!(out, "the chain does not hold: {broken}")
            })?;
            return Ok(Verdict::Findings);
        }
        before = Some((batch.number, batch.seal));
    }
    if let Some(seal) = seal.filter(|seal| !batches.iter().any(|batch| batch.seal == *seal)) {
        output.answer(&json!({ "holds": false, "missing": seal }), |out| {
            writeln!(
                out,
                "the chain holds, but {seal} is not in it: what was sealed by it has been taken away"
            )
        })?;
        return Ok(Verdict::Findings);
    }
    let records: usize = batches.iter().map(|batch| batch.records.len()).sum();
    let last = before.map(|(_, seal)| seal);
    output.answer(
        &json!({ "holds": true, "batches": batches.len(), "records": records, "seal": last }),
        |out| {
            writeln!(out, "{GOOD}holds{GOOD:#}  {records} records in {} batches", batches.len())?;
            last.iter().try_for_each(|seal| writeln!(out, "{seal}"))
        },
    )?;
    if last.is_some() {
        output.note("keep the seal elsewhere, and hold the chain against it the next time with `--seal`");
    }
    Ok(Verdict::Clean)
}

fn every_batch(registry: &RegistryClient) -> Result<Vec<AuditBatch>, Failure> {
    registry::block_on(async { Ok(registry.audit_batches().await?) })
}

fn read(file: &std::path::Path) -> Result<Vec<AuditBatch>, Failure> {
    let text = std::fs::read_to_string(file).or_fail(|| format!("cannot read `{}`", file.display()))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(place, line)| {
            serde_json::from_str(line).map_err(|error| {
                Failure::new(format!("line {} of `{}` is no batch of an audit", place + 1, file.display()))
                    .because(error)
                    .next("give a file that `mesh audit export` wrote")
            })
        })
        .collect()
}

fn table(records: &[AuditRecord]) -> Table {
    let columns = ["when", "who", "action", "domain", "decision", "times", "request"];
    let mut table = Table::new(&columns.map(|name| (name, Lean::Left)));
    for AuditRecord { at, principal, action, domain, request, outcome, count, .. } in records {
        let outcome = match outcome {
            Outcome::Allowed => "allowed",
            Outcome::Refused => "refused",
        };
        let domain = domain.as_ref().map(ToString::to_string).unwrap_or_default();
        table.row([
            at.clone(),
            principal.clone(),
            action.clone(),
            domain,
            outcome.to_owned(),
            count.to_string(),
            request.clone(),
        ]);
    }
    table
}
