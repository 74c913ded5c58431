//! Verdicts of the judge on standard output: the forms come from the library, the colours from here.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use mesh_runtime::verdict::{Report, Tone, github, json, markdown, sarif, text};

use crate::failure::Failure;
use crate::output::{BAD, FAINT, Format, GOOD, Output, STRONG, WARN};

/// The forms of a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum MessageFormat {
    /// For people, like a compiler's messages.
    Text,
    /// For programs: one JSON document.
    Json,
    /// SARIF 2.1.0, for code hosts and editors.
    Sarif,
    /// Workflow commands of GitHub, which show beside the changed lines.
    Github,
    /// One comment for a pull request.
    Markdown,
}

impl MessageFormat {
    /// The form that was asked for, or the one of all other answers.
    pub(crate) fn or_of(chosen: Option<Self>, output: Output) -> Self {
        chosen.unwrap_or(match output.format() {
            Format::Text => Self::Text,
            Format::Json => Self::Json,
        })
    }
}

fn style(tone: Tone) -> Style {
    match tone {
        Tone::Error => BAD,
        Tone::Unproven => WARN,
        Tone::Note => AnsiColor::Cyan.on_default().bold(),
        Tone::Help => GOOD,
        Tone::Strong => STRONG,
        Tone::Rail => FAINT,
        Tone::Code => AnsiColor::Green.on_default(),
    }
}

/// The report for people, in colours that vanish where nobody sees them.
pub(crate) fn painted(report: &Report) -> String {
    text(report, &|tone, text| {
        let style = style(tone);
        format!("{style}{text}{style:#}")
    })
}

/// Writes a report to standard output.
pub(crate) fn write(report: &Report, form: MessageFormat) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    let told = match form {
        MessageFormat::Text => painted(report),
        MessageFormat::Json => format!("{:#}\n", json(report)),
        MessageFormat::Sarif => format!("{:#}\n", sarif(report)),
        MessageFormat::Github => github(report),
        MessageFormat::Markdown => markdown(report),
    };
    let written: io::Result<()> = out.write_all(told.as_bytes());
    written.and_then(|()| out.flush()).map_err(Failure::writing)
}
