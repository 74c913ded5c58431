//! `mesh contract`: writes the committed contracts from the types.

use std::path::Path;
use std::process::Stdio;

use clap::Args;
use serde_json::json;

use crate::cargo::cargo;
use crate::domain_crate;
use crate::failure::{Failure, OrFail};
use crate::output::{Output, Verdict};

/// The test binary that every domain crate has.
pub(crate) const TEST: &str = "contract";

/// Write the contracts of a domain crate from its types
///
/// Runs the crate's contract tests in update mode: schemas exist only once the types are compiled. Review and commit what
/// it writes to `contracts/`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  mesh contract\n  mesh contract --package sales")]
pub(crate) struct Contract {
    /// The domain crate [default: the one here, or all of the workspace]
    #[arg(long, short, value_name = "NAME")]
    package: Option<String>,
}

impl Contract {
    /// Updates every domain crate that is meant.
    pub(crate) fn run(self, output: Output) -> Result<Verdict, Failure> {
        let mut lines = Vec::new();
        let mut verdict = Verdict::Clean;
        for folder in domain_crate::some(self.package.as_deref())? {
            let (said, outcome) = update(&folder, output)?;
            lines.extend(said.into_iter().map(|line| (folder.clone(), line)));
            if outcome == Verdict::Findings {
                verdict = Verdict::Findings;
            }
        }
        let files: Vec<_> = lines
            .iter()
            .filter_map(|(folder, line)| {
                let (what, file) = line.split_once(' ')?;
                Some(json!({ "what": what, "file": folder.join(file) }))
            })
            .collect();
        output.answer(&files, |out| lines.iter().try_for_each(|(_, line)| writeln!(out, "{line}")))?;
        Ok(verdict)
    }
}

/// Runs the contract tests of a crate in update mode and gives the lines they write.
fn update(folder: &Path, output: Output) -> Result<(Vec<String>, Verdict), Failure> {
    output.status("Updating", format_args!("the contracts of {}", folder.display()));
    let mut command = cargo();
    command.args(["test", "--quiet", "--test", TEST]).env("MESH_CONTRACT", "update").current_dir(folder);
    let done = command.stderr(Stdio::inherit()).output().or_fail(|| "cannot run cargo".to_owned())?;
    let said = String::from_utf8_lossy(&done.stdout);
    // Cargo ends with 101 when the crate does not build; the contract tests end with 1 when they refuse a product.
    match done.status.code() {
        Some(0) => Ok((said.lines().map(ToOwned::to_owned).collect(), Verdict::Clean)),
        Some(1) => Ok((said.lines().map(ToOwned::to_owned).collect(), Verdict::Findings)),
        _ => Err(Failure::new(format!("the contracts of `{}` could not be written", folder.display()))
            .next("mend what is said above, then run `mesh contract` again")),
    }
}

/// Runs the contract tests of a crate. What they write goes to standard error.
pub(crate) fn test(folder: &Path, output: Output, only: &[&str]) -> Result<Verdict, Failure> {
    output.status("Testing", format_args!("the contracts of {}", folder.display()));
    let mut command = cargo();
    command.args(["test", "--quiet", "--test", TEST, "--"]).args(only).current_dir(folder);
    let done = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).output();
    let done = done.or_fail(|| "cannot run cargo".to_owned())?;
    if done.status.success() {
        return Ok(Verdict::Clean);
    }
    output.note(String::from_utf8_lossy(&done.stdout).trim_end());
    Ok(Verdict::Findings)
}
