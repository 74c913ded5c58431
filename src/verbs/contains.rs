//! `mesh contains`: whether every instance of one JSON Schema is an instance of another.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use mesh_contract::judge::{
    Containment, Draft, Formats, Options, SchemaError, Steps, Validator, contains_with_interrupt,
};
use serde::Serialize;
use serde_json::Value;

use crate::batch::{self, Question};
use crate::failure::{Failure, OrFail as _};
use crate::output::{BAD, FAINT, GOOD, Output, Verdict, WARN};

/// Tell whether every instance of one JSON Schema is an instance of another
///
/// Proves it, or refutes it by a value that is an instance of the first and not of the second. Exit status 1 says that it is
/// refuted, 2 that it is neither proved nor refuted.
///
/// With `--batch`, reads JSON lines `{"id", "sub", "sup", "draft"?}` from standard input and answers each with a line `{"id",
/// "verdict", "witness"?, "reason"?}`, in order and at once. A verdict is `contained`, `not-contained`, `unproven` or `error`; a bad line
/// is an `error`, and the rest goes on.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mesh contains new.schema.json old.schema.json\n  mesh contains --batch --budget-ms 500 < pairs.jsonl"
)]
pub(crate) struct Contains {
    /// The schema whose instances are asked about
    #[arg(required_unless_present = "batch")]
    sub: Option<PathBuf>,
    /// The schema that is to admit them
    #[arg(required_unless_present = "batch")]
    sup: Option<PathBuf>,
    /// Answer JSON lines from standard input
    #[arg(long, conflicts_with_all = ["sub", "sup"])]
    batch: bool,
    /// The draft of schemas without `$schema`: draft4, draft6, draft7, draft2019-09 or draft2020-12 [default: draft2020-12]
    #[arg(long, value_name = "DRAFT", value_parser = draft)]
    draft: Option<Draft>,
    /// Read the first schema as closed: its objects hold only the members it names
    #[arg(long)]
    closed: bool,
    /// Assert the formats of contracts: integers of Rust, date, time, date-time, uuid [default: they describe]
    #[arg(long)]
    assert_formats: bool,
    /// The budget of an answer in steps of work, which are the same on every machine
    #[arg(long, value_name = "NUMBER")]
    steps: Option<u64>,
    /// Stop an answer after this many milliseconds, on top of the budget in steps
    #[arg(long, value_name = "MILLISECONDS")]
    budget_ms: Option<u64>,
}

/// The drafts by name.
pub(crate) const DRAFTS: &str = "draft4, draft6, draft7, draft2019-09, draft2020-12";

pub(crate) fn draft(name: &str) -> Result<Draft, String> {
    Draft::from_name(name).ok_or_else(|| format!("there is no draft `{name}`; there are {DRAFTS}"))
}

/// An answer, as programs read it.
#[derive(Debug, Serialize)]
struct Answer {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Value>,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    witness: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl From<Containment> for Answer {
    fn from(containment: Containment) -> Self {
        let (verdict, witness, reason) = match containment {
            Containment::Contained => ("contained", None, None),
            Containment::NotContained { witness } => ("not-contained", Some(witness), None),
            Containment::Unproven { reason } => ("unproven", None, Some(reason.to_string())),
        };
        Self { id: None, verdict, witness, reason }
    }
}

impl Answer {
    fn error(reason: String) -> Self {
        Self { id: None, verdict: "error", witness: None, reason: Some(reason) }
    }

    fn of(result: Result<Containment, String>) -> Self {
        result.map_or_else(Self::error, Self::from)
    }
}

impl Contains {
    /// Answers for two files, or for all the lines there are.
    pub(crate) fn run(self, output: Output) -> Result<Verdict, Failure> {
        match (&self.sub, &self.sup) {
            (Some(sub), Some(sup)) => {
                let (sub, sup) = (Document::read(sub)?, Document::read(sup)?);
                batch::on_a_large_stack(|| self.tell(&sub, &sup, output))?
            }
            _ => {
                batch::answer_lines(|question, read| self.line(question, read))?;
                Ok(Verdict::Clean)
            }
        }
    }

    fn options(&self) -> Options {
        let mut options = Options::default().with_draft(self.draft.unwrap_or_default());
        if self.assert_formats {
            options = options.with_formats(Formats::Asserted);
        }
        if let Some(steps) = self.steps {
            options = options.with_steps(Steps(steps));
        }
        if self.closed { options.closed_sub() } else { options }
    }

    fn judge(&self, sub: &Value, sup: &Value, options: &Options) -> Result<Containment, SchemaError> {
        let begin = Instant::now();
        let limit = self.budget_ms.map(Duration::from_millis);
        let interrupt = || limit.is_some_and(|limit| begin.elapsed() >= limit);
        contains_with_interrupt(sub, sup, options, &interrupt).map(|report| report.containment)
    }

    fn line(&self, question: &Question, read: Result<(), String>) -> Answer {
        let answer = Answer::of(read.and_then(|()| {
            let mut options = self.options();
            match question.members.get("draft") {
                None | Some(Value::Null) => {}
                Some(Value::String(name)) => options = options.with_draft(draft(name)?),
                Some(other) => {
                    return Err(format!("`draft` is {other}, and no name of one; there are {DRAFTS}"));
                }
            }
            let (sub, sup) = (question.document("sub")?, question.document("sup")?);
            // Which of the two it was: asked only where one of them is wrong.
            let which = |error: SchemaError| match Validator::compile(sub, &options) {
                Err(own) if own == error => format!("sub: {error}"),
                _ => format!("sup: {error}"),
            };
            self.judge(sub, sup, &options).map_err(which)
        }));
        Answer { id: Some(question.id.clone()), ..answer }
    }

    fn tell(&self, sub: &Document, sup: &Document, output: Output) -> Result<Verdict, Failure> {
        let options = self.options();
        let named = |document: &Document, error| {
            Failure::new(format!("`{}` is no schema that can be judged", document.path)).because(error)
        };
        for document in [sub, sup] {
            // An error of the answer would not say which of the two it means.
            if let Err(error) = Validator::compile(&document.value, &options)
                && !matches!(error, SchemaError::Unsupported { .. })
            {
                return Err(named(document, error));
            }
        }
        let containment = self.judge(&sub.value, &sup.value, &options).map_err(|error| named(sup, error))?;
        let verdict = match &containment {
            Containment::Contained => Verdict::Clean,
            Containment::NotContained { .. } => Verdict::Findings,
            Containment::Unproven { .. } => Verdict::Unsettled,
        };
        let text = |out: &mut dyn Write| write_text(out, &containment, sub, sup, &options);
        output.answer(&Answer::from(containment.clone()), text)?;
        Ok(verdict)
    }
}

fn write_text(
    out: &mut dyn Write,
    containment: &Containment,
    sub: &Document,
    sup: &Document,
    options: &Options,
) -> io::Result<()> {
    match containment {
        Containment::Contained => {
            writeln!(out, "{GOOD}contained{GOOD:#}: every instance of {} is one of {}", sub.path, sup.path)
        }
        Containment::NotContained { witness } => {
            writeln!(
                out,
                "{BAD}not contained{BAD:#}: this is an instance of {} and none of {}",
                sub.path, sup.path
            )?;
            writeln!(out, "  {witness}")?;
            let violations =
                Validator::compile(&sup.value, options).map(|validator| validator.validate(witness));
            for violation in violations.ok().and_then(Result::err).into_iter().flatten().take(10) {
                let schema = if violation.schema.is_empty() { "the root" } else { &violation.schema };
                writeln!(out, "  {FAINT}{violation} of {schema}{FAINT:#}")?;
            }
            Ok(())
        }
        Containment::Unproven { reason } => writeln!(out, "{WARN}unproven{WARN:#}: {reason}"),
    }
}

/// A schema in a file.
pub(crate) struct Document {
    pub(crate) path: String,
    pub(crate) value: Value,
}

impl Document {
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let path_text = path.display().to_string();
        let text = std::fs::read_to_string(path).or_fail(|| format!("cannot read `{path_text}`"))?;
        let value = serde_json::from_str(&text).or_fail(|| format!("`{path_text}` is no JSON"))?;
        if let Some(number) = batch::first_changed_number(&text) {
            return Err(Failure::new(format!(
                "`{path_text}` has the number {number}, which has more digits than can be kept"
            ))
            .next("round it; judged as it is, it would be another number"));
        }
        Ok(Self { path: path_text, value })
    }
}
