//! For people in front of a terminal, in the way of rustc's diagnostics.

use super::escape::{lines, one_line};
use super::excerpt::excerpt;
use super::report::{Change, Item, Level, Report};

/// What a piece of text is, for whoever chooses the colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Something has to be mended.
    Error,
    /// Something has to be decided.
    Unproven,
    /// Something is worth knowing.
    Note,
    /// What to do.
    Help,
    /// What stands out.
    Strong,
    /// Lines and arrows that lead the eye.
    Rail,
    /// Code to paste.
    Code,
}

/// No colours: text as it is.
pub fn plain(_: Tone, text: &str) -> String {
    text.to_owned()
}

/// Records take as much of a line.
const ROOM: usize = 100;

/// The report as text that ends with a line feed; empty where there is nothing to tell. `paint` puts colours around a piece
/// of text, without changing what it says.
pub fn text(report: &Report, paint: &dyn Fn(Tone, &str) -> String) -> String {
    let mut writer = Writer { text: String::new(), paint };
    for item in &report.files {
        writer.item(item);
    }
    for change in &report.changes {
        writer.change(change);
    }
    writer.text
}

struct Writer<'p> {
    text: String,
    paint: &'p dyn Fn(Tone, &str) -> String,
}

impl Writer<'_> {
    fn change(&mut self, change: &Change) {
        for item in &change.findings {
            self.item(item);
        }
        if change.findings.is_empty() {
            return;
        }
        let worst = change.findings.iter().map(|item| item.level).min().unwrap_or(Level::Note);
        let word = self.paint(tone(worst), worst.as_str());
        let count = |level| change.findings.iter().filter(|item| item.level == level).count();
        let counts = counted(count(Level::Error), count(Level::Unproven));
        let summary = self.paint(Tone::Strong, &one_line(&format!("{}{counts}", change.summary())));
        self.line(&format!("{word}: {summary}"));
        self.line("");
    }

    fn item(&mut self, item: &Item) {
        let tone = tone(item.level);
        let word = self.paint(tone, &format!("{}[{}]", item.level.as_str(), one_line(&item.rule)));
        let message = self.paint(Tone::Strong, &format!(": {}", one_line(&item.message)));
        self.line(&format!("{word}{message}"));
        if item.level == Level::Note {
            if let Some(excuse) = item.excuse() {
                self.rail("=", &one_line(&excuse));
                self.line("");
            }
            return;
        }
        for (index, location) in item.locations.iter().enumerate() {
            let mut place = one_line(&location.file).into_owned();
            for number in [location.line, location.column].into_iter().flatten() {
                place.push_str(&format!(":{number}"));
            }
            let arrow = self.paint(Tone::Rail, if index == 0 { " -->" } else { " :::" });
            self.line(&format!("{arrow} {place}"));
        }
        if item.locations.is_empty() {
            let arrow = self.paint(Tone::Rail, " -->");
            self.line(&format!("{arrow} {}", one_line(&item.about)));
        }
        if let Some(witness) = &item.witness {
            self.rail("|", "");
            self.rail("|", &one_line(&excerpt(&witness.record, &witness.guilty, ROOM)));
            let told = self.paint(tone, &one_line(&format!("^ {}", witness.told())));
            self.rail("|", &told);
            self.rail("|", "");
        }
        if let Some(doubt) = item.doubt() {
            self.rail("=", &one_line(&format!("reason: {doubt}")));
        }
        if let Some(hurt) = item.hurts() {
            self.rail("=", &one_line(&format!("{}: {hurt}", item.hurts_word())));
        }
        for instead in &item.instead {
            let help = self.paint(Tone::Help, "help");
            let enough = item.enough(instead).map(|it| format!("; {it}")).unwrap_or_default();
            self.line(&format!("{help}: {}{enough}", one_line(&instead.title)));
            self.rail("|", "");
            for line in lines(&instead.code) {
                let code = self.paint(Tone::Code, &format!("+ {line}"));
                self.line(&format!("  {code}"));
            }
            self.rail("|", "");
        }
        let explain = format!("note: `mesh explain {}` tells more", one_line(&item.rule));
        let otherwise = item.otherwise().map(|it| format!("; {it}")).unwrap_or_default();
        self.rail("=", &one_line(&format!("{explain}{otherwise}")));
        self.line("");
    }

    fn paint(&self, tone: Tone, text: &str) -> String {
        (self.paint)(tone, text)
    }

    fn rail(&mut self, mark: &str, text: &str) {
        let mark = self.paint(Tone::Rail, &format!("  {mark}"));
        let blank = if text.is_empty() { "" } else { " " };
        self.line(&format!("{mark}{blank}{text}"));
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }
}

fn tone(level: Level) -> Tone {
    match level {
        Level::Error => Tone::Error,
        Level::Unproven => Tone::Unproven,
        Level::Note => Tone::Note,
    }
}

/// `; 2 errors and 1 unproven`.
fn counted(errors: usize, unproven: usize) -> String {
    let errors = match errors {
        0 => None,
        1 => Some("1 error".to_owned()),
        many => Some(format!("{many} errors")),
    };
    let unproven = (unproven > 0).then(|| format!("{unproven} unproven"));
    let told = super::report::listed(errors.into_iter().chain(unproven));
    if told.is_empty() { told } else { format!("; {told}") }
}
