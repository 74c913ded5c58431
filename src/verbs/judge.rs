//! `mesh judge`: whether a change from one JSON Schema or contract to another is safe, and which version step it needs.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use mesh_contract::Contract;
use mesh_contract::judge::{Draft, Formats, Options, SchemaError, Steps, Validator};
use mesh_contract::judgement::{
    self, BUDGET, Policy, Reading, SchemaFinding, SchemaJudgement, Sided, Step, judge_schemas,
};
use mesh_runtime::verdict::Report;
use serde::Serialize;
use serde_json::Value;

use super::contains::{DRAFTS, Document, draft};
use crate::batch::{self, Question};
use crate::failure::Failure;
use crate::output::{BAD, FAINT, GOOD, Output, STRONG, Verdict, WARN};
use crate::verdict::{self, MessageFormat};

/// Judge the change from one contract or JSON Schema to another
///
/// Two contracts are judged as `mesh check` judges them, with nothing waived. Two plain schemas are judged as what a
/// product writes: readers of the old schema must take what the new one permits, and the new one what the old one
/// permitted. Exit status 1 says that somebody is hurt, 2 that nobody can tell.
///
/// With `--batch`, reads JSON lines `{"id", "old", "new", "draft"?}` of plain schemas from standard input and answers each
/// with a line `{"id", "step", "readers", "replay", "findings"}`, in order and at once; a bad line with `{"id", "error"}`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mesh judge contracts/orders/1.2.0.json contracts/orders/1.3.0.json\n  mesh judge old.schema.json new.schema.json --policy as-written\n  mesh judge --batch < changes.jsonl"
)]
pub(crate) struct Judge {
    /// The earlier contract or schema
    #[arg(required_unless_present = "batch")]
    old: Option<PathBuf>,
    /// The new one
    #[arg(required_unless_present = "batch")]
    new: Option<PathBuf>,
    /// Answer JSON lines from standard input
    #[arg(long, conflicts_with_all = ["old", "new"])]
    batch: bool,
    /// How plain schemas are read
    #[arg(long, value_enum, default_value_t = SchemaPolicy::TolerantReader)]
    policy: SchemaPolicy,
    /// The draft of schemas without `$schema`: draft4, draft6, draft7, draft2019-09 or draft2020-12 [default: draft2020-12]
    #[arg(long, value_name = "DRAFT", value_parser = draft)]
    draft: Option<Draft>,
    /// Take the formats of Rust's integers, of dates, times and UUIDs as promises, not as notes
    #[arg(long)]
    assert_formats: bool,
    /// The budget of an answer in steps of work, which are the same on every machine
    #[arg(long, value_name = "NUMBER")]
    steps: Option<u64>,
    /// The form in which the verdict about contracts is told [default: as `--format` says]
    #[arg(long, value_enum, value_name = "FORM", conflicts_with = "batch")]
    message_format: Option<MessageFormat>,
}

/// How plain schemas are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum SchemaPolicy {
    /// What is written names all its members, and readers ignore what they do not know.
    TolerantReader,
    /// Both schemas as they stand.
    AsWritten,
}

impl From<SchemaPolicy> for Reading {
    fn from(policy: SchemaPolicy) -> Self {
        match policy {
            SchemaPolicy::TolerantReader => Self::TolerantReader,
            SchemaPolicy::AsWritten => Self::AsWritten,
        }
    }
}

/// An answer, as programs read it.
#[derive(Debug, Serialize)]
struct Answer {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Value>,
    #[serde(flatten)]
    told: Told,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Told {
    Judged { step: &'static str, readers: Side, replay: Side, findings: Vec<Found> },
    Error { error: String },
}

#[derive(Debug, Serialize)]
struct Side {
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    witness: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Debug, Serialize)]
struct Found {
    rule: &'static str,
    step: Step,
    pointer: String,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    witness: Option<Value>,
}

impl From<Sided> for Side {
    fn from(Sided { verdict, witness, reason }: Sided) -> Self {
        Self { verdict: word(verdict), witness, reason }
    }
}

/// The word for the answer about a side, which is a containment.
fn word(verdict: judgement::Verdict) -> &'static str {
    match verdict {
        judgement::Verdict::Compatible => "contained",
        judgement::Verdict::Broken => "not-contained",
        // A side is never waived; it would not be proved either.
        judgement::Verdict::Unproven | judgement::Verdict::Waived => "unproven",
    }
}

impl From<SchemaJudgement> for Told {
    fn from(SchemaJudgement { step, readers, replay, findings, steps: _ }: SchemaJudgement) -> Self {
        let found = |SchemaFinding { rule, step, pointer, message, witness }| Found {
            rule,
            step,
            pointer,
            message,
            witness,
        };
        Self::Judged {
            step: step.map_or("unproven", Step::as_str),
            readers: readers.into(),
            replay: replay.into(),
            findings: findings.into_iter().map(found).collect(),
        }
    }
}

impl Judge {
    /// Answers for two files, or for all the lines there are.
    pub(crate) fn run(self, output: Output) -> Result<Verdict, Failure> {
        let (Some(old), Some(new)) = (&self.old, &self.new) else {
            batch::answer_lines(|question, read| self.line(question, read))?;
            return Ok(Verdict::Clean);
        };
        let (old, new) = (Document::read(old)?, Document::read(new)?);
        batch::on_a_large_stack(|| match (is_contract(&old.value), is_contract(&new.value)) {
            (true, true) => self.contracts(&old, &new, output),
            (false, false) => self.schemas(&old, &new, output),
            (of_old, _) => {
                let (contract, schema) = if of_old { (&old, &new) } else { (&new, &old) };
                Err(Failure::new(format!(
                    "`{}` is a contract and `{}` is none, so they cannot be compared",
                    contract.path, schema.path
                ))
                .next("name two contracts, or two JSON Schemas"))
            }
        })?
    }

    fn contracts(&self, old: &Document, new: &Document, output: Output) -> Result<Verdict, Failure> {
        let (old, new) = (contract(old)?, contract(new)?);
        if old.address != new.address {
            return Err(Failure::new(format!("`{}` and `{}` are two products", old.address, new.address))
                .next("name two versions of one product"));
        }
        if old.version > new.version {
            return Err(Failure::new(format!("{} is a later version than {}", old.version, new.version))
                .next("name the earlier one first"));
        }
        let budget = self.steps.map_or(BUDGET, Steps);
        let judged = judgement::judge(std::slice::from_ref(&old), &new, &[], &Policy::default(), budget);
        let mut report = Report::default();
        report.add(&judged, &[&old, &new], &());
        verdict::write(&report, MessageFormat::or_of(self.message_format, output))?;
        Ok(Verdict::of(!report.is_clean()))
    }

    fn schemas(&self, old: &Document, new: &Document, output: Output) -> Result<Verdict, Failure> {
        if self.message_format.is_some() {
            return Err(Failure::new("`--message-format` is for contracts, and these are plain schemas")
                .next("take `--format json` for programs"));
        }
        let options = self.options(None).map_err(Failure::new)?;
        for document in [old, new] {
            is_schema(&document.value, &options).map_err(|error| {
                Failure::new(format!("`{}` is no schema that can be judged", document.path)).because(error)
            })?;
        }
        let judged = self.judge(&old.value, &new.value, &options);
        let end = match judged.readers.verdict.max(judged.replay.verdict) {
            judgement::Verdict::Compatible => Verdict::Clean,
            judgement::Verdict::Unproven | judgement::Verdict::Waived => Verdict::Unsettled,
            judgement::Verdict::Broken => Verdict::Findings,
        };
        let text = judged.clone();
        output.answer(&Told::from(judged), |out| write_text(out, &text))?;
        Ok(end)
    }

    fn line(&self, question: &Question, read: Result<(), String>) -> Answer {
        let told = read.and_then(|()| {
            let options = self.options(question.members.get("draft"))?;
            let (old, new) = (question.document("old")?, question.document("new")?);
            for (name, schema) in [("old", old), ("new", new)] {
                is_schema(schema, &options).map_err(|error| format!("{name}: {error}"))?;
            }
            Ok(self.judge(old, new, &options))
        });
        let told = told.map_or_else(|error| Told::Error { error }, Told::from);
        Answer { id: Some(question.id.clone()), told }
    }

    /// A schema's own `$schema` wins over the draft of its line, and that over the one of the command line.
    fn options(&self, of_line: Option<&Value>) -> Result<Options, String> {
        let draft = match of_line {
            None | Some(Value::Null) => self.draft.unwrap_or_default(),
            Some(Value::String(name)) => draft(name)?,
            Some(other) => return Err(format!("`draft` is {other}, and no name of one; there are {DRAFTS}")),
        };
        let options = Options::default().with_draft(draft);
        Ok(if self.assert_formats { options.with_formats(Formats::Asserted) } else { options })
    }

    fn judge(&self, old: &Value, new: &Value, options: &Options) -> SchemaJudgement {
        judge_schemas(old, new, self.policy.into(), options, self.steps.map_or(BUDGET, Steps))
    }
}

fn is_contract(document: &Value) -> bool {
    document.get("mesh").is_some() && document.get("address").is_some()
}

fn contract(document: &Document) -> Result<Contract, Failure> {
    Contract::read(&document.value.to_string())
        .map_err(|error| Failure::new(format!("`{}` is no contract", document.path)).because(error))
}

/// Whether the document is a schema; one that says more than the judge decides is.
fn is_schema(document: &Value, options: &Options) -> Result<(), SchemaError> {
    match Validator::compile(document, options) {
        Err(SchemaError::Unsupported { .. }) | Ok(_) => Ok(()),
        Err(error) => Err(error),
    }
}

fn write_text(out: &mut dyn Write, judged: &SchemaJudgement) -> io::Result<()> {
    for SchemaFinding { rule, step, pointer: _, message, witness } in &judged.findings {
        let (style, word) = if *step == Step::Major { (BAD, "error") } else { (FAINT, "note") };
        writeln!(out, "{style}{word}[{rule}]{style:#}: {STRONG}{message}{STRONG:#}")?;
        if let Some(witness) = witness {
            writeln!(out, "  for example {witness}")?;
        }
    }
    for (who, side) in
        [("readers of the old schema", &judged.readers), ("records of the old schema", &judged.replay)]
    {
        match side.verdict {
            judgement::Verdict::Compatible => {}
            judgement::Verdict::Broken => writeln!(out, "{BAD}breaks{BAD:#} {who}")?,
            judgement::Verdict::Unproven | judgement::Verdict::Waived => {
                let reason = side.reason.as_deref().unwrap_or_default();
                writeln!(out, "{WARN}unproven{WARN:#} for {who}: {reason}")?;
            }
        }
    }
    match judged.step {
        None => writeln!(out, "{WARN}it is not proved which step this change needs{WARN:#}"),
        Some(Step::None) => writeln!(out, "{GOOD}nothing changed{GOOD:#}"),
        Some(Step::Major) => writeln!(out, "{BAD}this change needs a major step{BAD:#}"),
        Some(step) => writeln!(out, "{GOOD}this change needs a {step} step{GOOD:#}"),
    }
}
