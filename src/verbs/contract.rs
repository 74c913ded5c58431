//! `mesh contract`: writes the committed contracts from the types.

use std::path::Path;
use std::process::Stdio;

use clap::Args;
use mesh_contract::judgement::{Claim, Says, Standing, rules};
use serde_json::json;

use crate::cargo::cargo;
use crate::domain_crate;
use crate::failure::{Failure, OrFail};
use crate::judging::{Domain, Published, Today};
use crate::output::{Output, Verdict};
use crate::settings_file::SettingsFile;

/// The test binary that every domain crate has.
pub(crate) const TEST: &str = "contract";

/// Write the contracts of a domain crate from its types
///
/// Runs the crate's contract tests in update mode: schemas exist only once the types are compiled. Review and commit what
/// it writes to `contracts/`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mesh contract\n  mesh contract --package sales\n  mesh contract --meaning same --field /total"
)]
pub(crate) struct Contract {
    /// The domain crate [default: the one here, or all of the workspace]
    #[arg(long, short, value_name = "NAME")]
    package: Option<String>,
    /// Say of words that changed whether they still mean the same: writes that to `mesh.toml`, and compiles nothing
    #[arg(long, value_enum, value_name = "SAYS")]
    meaning: Option<Meaning>,
    /// Only of the words at this place: `/total`, or `/description` for the product's own; may stand there several times
    #[arg(long, value_name = "POINTER", requires = "meaning")]
    field: Vec<String>,
    #[command(flatten)]
    today: Today,
}

/// Whether words mean what they meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Meaning {
    /// The same, told better.
    Same,
    /// Something else: readers have to act.
    Changed,
}

impl Contract {
    /// Updates every domain crate that is meant.
    pub(crate) fn run(self, output: Output) -> Result<Verdict, Failure> {
        if let Some(meaning) = self.meaning {
            return self.claim(meaning, output);
        }
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

    /// Writes what the author says of each finding that asks for it.
    fn claim(&self, meaning: Meaning, output: Output) -> Result<Verdict, Failure> {
        let says = match meaning {
            Meaning::Same => Says::Same,
            Meaning::Changed => Says::Changed,
        };
        let mut claims = Vec::new();
        for folder in domain_crate::some(self.package.as_deref())? {
            let domain = Domain::read(&folder, &folder)?;
            let mut of_domain = Vec::new();
            for candidate in domain.candidates() {
                let judged = domain.judge(candidate, &Published::default(), self.today.day());
                let asks = judged.objections().filter(|it| it.rule == rules::MEANING_CHANGED);
                let asks = asks.filter(|it| matches!(it.standing, Standing::Unproven { .. }));
                let places = asks.map(|it| it.place.pointer().to_owned());
                let meant = places.filter(|place| self.field.is_empty() || self.field.contains(place));
                of_domain.extend(meant.map(|place| Claim {
                    product: judged.address.clone(),
                    version: judged.version.clone(),
                    field: Some(place),
                    says,
                }));
            }
            if !of_domain.is_empty() {
                let mut settings = SettingsFile::read(domain.files.settings_path())?;
                for claim in &of_domain {
                    settings.claim(claim)?;
                }
                settings.write()?;
            }
            claims.extend(of_domain);
        }
        if claims.is_empty() {
            let failure = Failure::new("no words that changed wait for an answer");
            return Err(
                failure.next("run `mesh contract` first where types changed, and look at `mesh check`")
            );
        }
        output.answer(&claims, |out| {
            for Claim { product, version, field, .. } in &claims {
                let place = field.as_deref().unwrap_or_default();
                let word = if says == Says::Same { "the same" } else { "something else" };
                writeln!(out, "{product} {version} `{place}` means {word}")?;
            }
            Ok(())
        })?;
        output.note("\nWritten to mesh.toml; commit it. Next: mesh check");
        Ok(Verdict::Clean)
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
