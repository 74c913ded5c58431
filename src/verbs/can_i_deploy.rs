//! `mesh can-i-deploy`: whether a version may go where others rely on it.

use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;

use clap::Args;
use mesh_contract::wire::{CanDeploy, DeployAnswer, PairFinding, PairVerdict, ReaderPair};
use mesh_contract::{ConsumerName, EnvironmentName};

use crate::args::Global;
use crate::failure::Failure;
use crate::output::{BAD, FAINT, GOOD, Output, Verdict, WARN};
use crate::registry;

/// Ask whether a version may be deployed
///
/// A product may when every reader that runs there takes what it emits; a reader may when it takes what runs there. The
/// answer comes from what readers have registered and what runs where. Exit status 0 is yes, 1 is no, and 2 says that
/// something has to be known first.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mesh can-i-deploy sales.orders@1.3.0 --to production\n  mesh can-i-deploy billing@2.1 --to production --format json"
)]
pub(crate) struct CanIDeploy {
    /// A product or a reader, and its version
    #[arg(value_name = "NAME@VERSION")]
    what: Versioned,
    /// Where it is to run
    #[arg(long, value_name = "ENVIRONMENT")]
    to: EnvironmentName,
}

/// Something at a version, written `billing@2.1`.
#[derive(Debug, Clone)]
struct Versioned {
    subject: ConsumerName,
    version: String,
}

impl FromStr for Versioned {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (subject, version) = text
            .split_once('@')
            .filter(|(_, version)| !version.is_empty())
            .ok_or("write a name and a version, e.g. `sales.orders@1.3.0`")?;
        let subject = subject.parse().map_err(|error: mesh_contract::NameError| error.to_string())?;
        Ok(Self { subject, version: version.to_owned() })
    }
}

impl CanIDeploy {
    /// Asks the registry.
    pub(crate) fn run(self, global: &Global, output: Output) -> Result<Verdict, Failure> {
        let Self { what: Versioned { subject, version }, to } = self;
        let registry = registry::client_here(global)?;
        let answer = registry::block_on(async { Ok(registry.can_deploy(&subject, &version, &to).await?) })?;
        output.answer(&answer, |out| tell(out, &answer))?;
        match answer.answer {
            DeployAnswer::Yes => Ok(Verdict::Clean),
            DeployAnswer::No => Ok(Verdict::Findings),
            DeployAnswer::Unknown => Ok(Verdict::Unsettled),
        }
    }
}

fn tell(out: &mut dyn Write, answer: &CanDeploy) -> io::Result<()> {
    let CanDeploy { subject, version, environment, answer: word, judge: _, pairs, missing } = answer;
    for pair in pairs {
        let ReaderPair { product, product_version, verdict, findings, .. } = pair;
        let (style, mark) = match verdict {
            PairVerdict::Compatible => (GOOD, "takes"),
            PairVerdict::Unproven => (WARN, "may not take"),
            PairVerdict::Broken => (BAD, "does not take"),
        };
        writeln!(out, "{} {style}{mark}{style:#} {product} {product_version}", Named(pair))?;
        for PairFinding { rule, pointer, message } in findings {
            let place = if pointer.is_empty() { "the record" } else { pointer };
            writeln!(out, "    {place}: {message} {FAINT}({rule}){FAINT:#}")?;
        }
    }
    match word {
        DeployAnswer::Yes => writeln!(out, "{GOOD}yes{GOOD:#}: {subject} {version} may go to {environment}"),
        DeployAnswer::No => {
            writeln!(out, "{BAD}no{BAD:#}: {subject} {version} would break what runs in {environment}")
        }
        DeployAnswer::Unknown => {
            writeln!(
                out,
                "{WARN}unknown{WARN:#}: whether {subject} {version} may go to {environment} waits for this"
            )?;
            if missing.is_empty() {
                writeln!(
                    out,
                    "    a pair above could be neither proved nor refuted; say what the reader expects there in simpler terms"
                )?;
            }
            missing.iter().try_for_each(|missing| writeln!(out, "    {missing}"))
        }
    }
}

/// A reader by its name, version and purpose.
struct Named<'p>(&'p ReaderPair);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ReaderPair { consumer, consumer_version, purpose, .. } = self.0;
        write!(f, "{consumer}")?;
        if let Some(version) = consumer_version {
            write!(f, " {version}")?;
        }
        match purpose {
            Some(purpose) => write!(f, " ({purpose})"),
            None => Ok(()),
        }
    }
}
