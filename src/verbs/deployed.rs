//! `mesh deployed`: tells the registry what runs where.

use clap::Args;
use mesh_contract::{Address, ConsumerName, EnvironmentName};
use mesh_runtime::client::RegistryClient;

use crate::args::Global;
use crate::failure::Failure;
use crate::near;
use crate::output::{GOOD, Output, Verdict};
use crate::registry;

/// Record that a product or a reader runs somewhere
///
/// A pipeline calls this after it has deployed. A record replaces the one of the same line: majors of a product run side by
/// side, a reader runs at one version. `mesh can-i-deploy` answers from these records, so a name that is neither a published
/// product nor a registered reader is refused.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mesh deployed sales.orders 1.3.0 --to production\n  mesh deployed billing 2.1 --to production\n  mesh deployed billing 2.0 --to test --undo"
)]
pub(crate) struct Deployed {
    /// A product by its address, or a reader by its name
    #[arg(value_name = "PRODUCT|CONSUMER")]
    subject: ConsumerName,
    /// Its version
    version: String,
    /// Where it runs
    #[arg(long, value_name = "ENVIRONMENT")]
    to: EnvironmentName,
    /// Take the record back: it does not run there any more
    #[arg(long)]
    undo: bool,
    /// Record a reader that registers later what it reads
    #[arg(long, conflicts_with = "undo")]
    unregistered: bool,
}

impl Deployed {
    /// Records it, or takes it back.
    pub(crate) fn run(self, global: &Global, output: Output) -> Result<Verdict, Failure> {
        let Self { subject, version, to, undo, unregistered } = self;
        let registry = registry::client_here(global)?;
        if undo {
            registry::block_on(async { Ok(registry.forget_deployed(&subject, &version, &to).await?) })?;
            let answer = serde_json::json!({ "subject": subject, "version": version, "environment": to });
            output.answer(&answer, |out| {
                writeln!(out, "{GOOD}taken back{GOOD:#}  {subject} {version} does not run in {to}")
            })?;
            return Ok(Verdict::Clean);
        }
        let recorded = registry::block_on(async {
            if !unregistered && !is_known(&registry, &subject).await? {
                return Err(unknown(&registry, &subject).await);
            }
            Ok(registry.record_deployed(&subject, &version, &to).await?)
        })?;
        output.answer(&recorded, |out| {
            writeln!(
                out,
                "{GOOD}recorded{GOOD:#}  {subject} {version} runs in {to} since {}",
                recorded.recorded_at
            )
        })?;
        Ok(Verdict::Clean)
    }
}

/// Whether there is a published product or a registered reader of this name.
async fn is_known(registry: &RegistryClient, subject: &ConsumerName) -> Result<bool, Failure> {
    if let Ok(address) = subject.as_str().parse::<Address>() {
        match registry.versions(&address).await {
            Ok(_) => return Ok(true),
            Err(error) if error.problem().is_some_and(|problem| problem.status == 404) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(!registry.expectations_of(subject).await?.is_empty())
}

/// A slip of the hand would stand in the records as a reader that nobody knows, and what really runs would be missing.
async fn unknown(registry: &RegistryClient, subject: &ConsumerName) -> Failure {
    let failure = Failure::new(format!("`{subject}` is neither a published product nor a registered reader"));
    let register = format!(
        "register what a reader relies on with `mesh expect --consumer {subject}`, or say `--unregistered` if it does so later"
    );
    match near::subject(registry, subject.as_str()).await {
        Ok(Some(meant)) => failure.next(format!("did you mean `{meant}`? Else {register}")),
        Ok(None) => failure.next(register),
        Err(silent) => failure.because(silent.to_string()).next(register),
    }
}
