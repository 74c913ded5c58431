//! `mesh explain`: what a rule is about, and what the judge really says of its example.

use std::io::{self, Write};

use clap::Args;
use mesh_contract::judgement::{Rule, Step, rules};
use mesh_contract::spelling::nearest;
use mesh_runtime::verdict::{FILE_RULES, FileRule, Report, json};
use serde::Serialize;
use serde_json::Value;

use crate::failure::Failure;
use crate::output::{FAINT, Output, STRONG, Verdict};
use crate::table::{Lean, Table};
use crate::verdict;
use crate::wrap::{width, wrapped};

/// Explain a rule of `mesh check`
///
/// Says what the rule is about and why it matters, with Rust before and after, and what the judge says of that change.
/// Without a rule, lists them all.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  mesh explain\n  mesh explain field-removed")]
pub(crate) struct Explain {
    /// The rule, as it stands in a finding: `field-removed`
    rule: Option<String>,
}

/// A rule in the list of all.
#[derive(Debug, Serialize)]
struct Listed {
    rule: &'static str,
    /// The version step that it requires; none where it is about files.
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<Step>,
    sentence: &'static str,
}

/// A rule with all that there is to say.
#[derive(Debug, Serialize)]
struct Explained {
    #[serde(flatten)]
    listed: Listed,
    explanation: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    example: Option<Example>,
}

#[derive(Debug, Serialize)]
struct Example {
    before: &'static str,
    after: &'static str,
    verdict: Value,
}

impl Explain {
    /// Explains one rule, or lists them all.
    pub(crate) fn run(self, output: Output) -> Result<Verdict, Failure> {
        match self.rule.as_deref() {
            None => list(output)?,
            Some(id) => match (rules::find(id), FileRule::find(id)) {
                (Some(rule), _) => of_judgement(rule, output)?,
                (None, Some(rule)) => of_files(rule, output)?,
                (None, None) => return Err(unknown(id)),
            },
        }
        Ok(Verdict::Clean)
    }
}

fn listed() -> Vec<Listed> {
    let of_judgement =
        rules::ALL.iter().map(|it| Listed { rule: it.id, step: Some(it.step), sentence: it.sentence });
    let of_files = FILE_RULES.iter().map(|it| Listed { rule: it.id, step: None, sentence: it.sentence });
    of_judgement.chain(of_files).collect()
}

fn list(output: Output) -> Result<(), Failure> {
    let all = listed();
    output.answer(&all, |out| {
        let mut table = Table::new(&[("rule", Lean::Left), ("step", Lean::Left), ("finds", Lean::Left)]);
        for Listed { rule, step, sentence } in &all {
            let step = step.map_or("-", Step::as_str);
            table.row([(*rule).to_owned(), step.to_owned(), (*sentence).to_owned()]);
        }
        table.write(out)
    })
}

fn of_judgement(rule: &Rule, output: Output) -> Result<(), Failure> {
    let (old, new, judgement) = rule.judged_example();
    let mut report = Report::default();
    report.add(&judgement, &[&old, &new], &());
    let explained = Explained {
        listed: Listed { rule: rule.id, step: Some(rule.step), sentence: rule.sentence },
        explanation: rule.explanation,
        example: Some(Example {
            before: rule.example.before,
            after: rule.example.after,
            verdict: json(&report),
        }),
    };
    output.answer(&explained, |out| {
        let step = match rule.step {
            Step::None => "whatever the version".to_owned(),
            step => format!("needs a {step} step"),
        };
        head(out, rule.id, rule.sentence, Some(&step))?;
        prose(out, rule.explanation)?;
        code(out, "Before", rule.example.before)?;
        code(out, "After", rule.example.after)?;
        let (old, new) = (&old.version, &new.version);
        writeln!(out, "\n{STRONG}What the judge says of it{STRONG:#} {FAINT}({old} to {new}){FAINT:#}\n")?;
        out.write_all(verdict::painted(&report).trim_end().as_bytes())?;
        out.write_all(b"\n")
    })
}

fn of_files(rule: &'static FileRule, output: Output) -> Result<(), Failure> {
    let explained = Explained {
        listed: Listed { rule: rule.id, step: None, sentence: rule.sentence },
        explanation: rule.explanation,
        example: None,
    };
    output.answer(&explained, |out| {
        head(out, rule.id, rule.sentence, None)?;
        prose(out, rule.explanation)
    })
}

fn head(out: &mut dyn Write, id: &str, sentence: &str, step: Option<&str>) -> io::Result<()> {
    write!(out, "{STRONG}{id}{STRONG:#}: {sentence}")?;
    match step {
        Some(step) => writeln!(out, " {FAINT}({step}){FAINT:#}\n"),
        None => writeln!(out, "\n"),
    }
}

fn prose(out: &mut dyn Write, text: &str) -> io::Result<()> {
    wrapped(text, width()).iter().try_for_each(|line| writeln!(out, "{line}"))
}

fn code(out: &mut dyn Write, title: &str, code: &str) -> io::Result<()> {
    writeln!(out, "\n{STRONG}{title}{STRONG:#}\n")?;
    if code.is_empty() {
        return writeln!(out, "    {FAINT}(nothing){FAINT:#}");
    }
    code.lines().try_for_each(|line| writeln!(out, "    {line}"))
}

fn unknown(id: &str) -> Failure {
    let known: Vec<&str> = listed().into_iter().map(|it| it.rule).collect();
    let failure = Failure::new(format!("there is no rule `{id}`"));
    match nearest(id, &known) {
        Some(rule) => failure.next(format!("did you mean `mesh explain {rule}`?")),
        None => failure.next("`mesh explain` lists them all"),
    }
}
