//! Where a verb writes: the answer to standard output, everything else to standard error.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::failure::Failure;
use crate::process::Stop;

/// Names, addresses and statuses that went well.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
/// What asks for attention.
pub(crate) const WARN: Style = AnsiColor::Yellow.on_default().bold();
/// What failed.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
/// What stands out: headings, addresses.
pub(crate) const STRONG: Style = Style::new().bold();
/// What may be skipped.
pub(crate) const FAINT: Style = Style::new().dimmed();

/// The form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For programs: one JSON document.
    Json,
}

/// How a verb ended when it could answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing to object.
    Clean,
    /// Something was found.
    Findings,
    /// It was looked at, and could not be told.
    Unsettled,
    /// It was stopped before it had done what it was asked for.
    Stopped(Stop),
}

impl Verdict {
    /// Clean unless something was found.
    pub(crate) fn of(findings: bool) -> Self {
        if findings { Self::Findings } else { Self::Clean }
    }
}

/// Where a verb writes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    format: Format,
    quiet: bool,
}

impl Output {
    /// `quiet` keeps everything but answers, warnings and errors away.
    pub(crate) fn new(format: Format, quiet: bool) -> Self {
        Self { format, quiet }
    }

    /// The form of the answer.
    pub(crate) fn format(&self) -> Format {
        self.format
    }

    /// Writes the answer, as JSON or as the text that the closure makes.
    pub(crate) fn answer<T: Serialize + ?Sized>(
        &self,
        value: &T,
        text: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let mut out = anstream::stdout().lock();
        let written = match self.format {
            Format::Text => text(&mut out),
            Format::Json => serde_json::to_writer_pretty(&mut out, value)
                .map_err(io::Error::from)
                .and_then(|()| out.write_all(b"\n")),
        };
        written.and_then(|()| out.flush()).map_err(Failure::writing)
    }

    /// Tells what was done: `   Published sales.orders 1.2.0`.
    pub(crate) fn status(&self, done: &str, what: impl Display) {
        if !self.quiet {
            tell(&format_args!("{GOOD}{done:>12}{GOOD:#} {what}"));
        }
    }

    /// Tells something that may surprise.
    pub(crate) fn warn(&self, what: impl Display) {
        tell(&format_args!("{WARN}warning{WARN:#}: {what}"));
    }

    /// Tells something in passing.
    pub(crate) fn note(&self, what: impl Display) {
        if !self.quiet {
            tell(&what);
        }
    }

    /// Shows that something takes its time, when somebody watches.
    pub(crate) fn progress(&self, what: &str) -> Progress {
        let bar = if self.quiet || !io::stderr().is_terminal() {
            ProgressBar::hidden()
        } else {
            ProgressBar::new_spinner()
        };
        bar.set_style(
            ProgressStyle::with_template("{spinner:.cyan} {msg} {elapsed:.dim}")
                .unwrap_or_else(|_| ProgressStyle::default_spinner()),
        );
        bar.set_message(what.to_owned());
        bar.enable_steady_tick(Duration::from_millis(100));
        Progress { bar }
    }
}

/// Something that takes its time. It vanishes when it is over.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Says what is being done now.
    pub(crate) fn say(&self, what: impl Display) {
        self.bar.set_message(what.to_string());
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// Writes a line to standard error. Nobody can be told when that fails.
pub(crate) fn tell(what: &dyn Display) {
    let _ = writeln!(anstream::stderr().lock(), "{what}");
}

/// Prints a failure with its causes and what to do next.
pub(crate) fn tell_failure(failure: &Failure) {
    tell(&format_args!("{BAD}error{BAD:#}: {failure}"));
    for cause in failure.causes() {
        let mut lines = cause.lines();
        tell(&format_args!("  {FAINT}cause{FAINT:#}: {}", lines.next().unwrap_or_default()));
        lines.for_each(|line| tell(&format_args!("         {line}")));
    }
    if let Some(next) = failure.hint() {
        tell(&format_args!("   {GOOD}next{GOOD:#}: {next}"));
    }
}

/// Says once, for both streams, when to use colours.
pub(crate) fn colour(choice: clap::ColorChoice) {
    match choice {
        clap::ColorChoice::Auto => {}
        clap::ColorChoice::Always => anstream::ColorChoice::Always.write_global(),
        clap::ColorChoice::Never => anstream::ColorChoice::Never.write_global(),
    }
}
