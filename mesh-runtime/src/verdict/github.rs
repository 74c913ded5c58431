//! Workflow commands of GitHub: one line for each finding, which appears beside the changed line of a pull request.

use std::fmt::Write as _;

use super::escape::{lines, one_line};
use super::report::{Item, Level, Report};

/// The report as workflow commands, one to a line, and the summary of each change in plain lines between them.
pub fn github(report: &Report) -> String {
    let mut text = String::new();
    for item in &report.files {
        command(&mut text, item);
    }
    for change in report.changes.iter().filter(|change| !change.findings.is_empty()) {
        change.findings.iter().for_each(|item| command(&mut text, item));
        // A plain line must not look like a command: it starts with the name of a product, which cannot hold a colon.
        let _ = writeln!(text, "{}", one_line(&change.summary()));
    }
    text
}

fn command(text: &mut String, item: &Item) {
    let word = match item.level {
        Level::Error => "error",
        Level::Unproven => "warning",
        Level::Note => "notice",
    };
    let mut properties = Vec::new();
    if let Some(location) = item.locations.first() {
        properties.push(("file", location.file.clone()));
        properties.extend(location.line.map(|line| ("line", line.to_string())));
        properties.extend(location.column.map(|column| ("col", column.to_string())));
    }
    properties.push(("title", format!("{} [{}]", item.about, item.rule)));
    let properties: Vec<String> =
        properties.iter().map(|(name, value)| format!("{name}={}", property(value))).collect();
    let _ = writeln!(text, "::{word} {}::{}", properties.join(","), data(&message(item)));
}

/// What happened, whom it hurts, and what to write instead, on lines.
fn message(item: &Item) -> String {
    let mut told = vec![one_line(&item.message).into_owned()];
    if let Some(witness) = &item.witness {
        told.push(one_line(&format!("for example: {}", witness.told())).into_owned());
    }
    for (word, what) in [
        ("unproven", item.doubt().map(str::to_owned)),
        (item.hurts_word(), item.hurts()),
        ("note", item.excuse()),
    ] {
        told.extend(what.map(|what| one_line(&format!("{word}: {what}")).into_owned()));
    }
    for instead in &item.instead {
        told.push(one_line(&format!("help: {}:", instead.title)).into_owned());
        told.extend(lines(&instead.code).map(|line| format!("    {line}")));
    }
    told.join("\n")
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(&one_line(text)).replace(':', "%3A").replace(',', "%2C")
}
