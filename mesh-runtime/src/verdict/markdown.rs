//! One comment on a pull request: a table of what was found, and each finding in a section to unfold. It begins with a mark,
//! by which a bot finds its comment of last time and replaces it.

use std::fmt::Write as _;

use super::escape::{lines, one_line};
use super::report::{Change, Item, Level, Report};

/// The first line of the comment. It never changes.
pub const MARKER: &str = "<!-- mesh check -->";

/// Code hosts refuse longer comments; what does not fit is told of.
const MOST: usize = 60_000;

/// The report as Markdown.
pub fn markdown(report: &Report) -> String {
    let mut text = format!("{MARKER}\n### Data contracts: {}\n\n", headline(report));
    for change in &report.changes {
        let _ = writeln!(text, "- {} {}", sign(worst(change)), inline(&change.summary()));
    }
    if !report.changes.is_empty() {
        text.push('\n');
    }
    let told: Vec<&Item> = report.items().filter(|item| item.level != Level::Note).collect();
    if !told.is_empty() {
        text.push_str("| | where | what | whom it hurts |\n|---|---|---|---|\n");
    }
    let rows = told.iter().copied().map(row);
    let left_out = add_as_fits(&mut text, rows, MOST / 2);
    if !told.is_empty() {
        text.push('\n');
    }
    more(&mut text, left_out, "findings");
    let sections = told.iter().copied().map(section);
    let left_out = add_as_fits(&mut text, sections, MOST);
    more(&mut text, left_out, "sections");
    let notes: Vec<String> = report.items().filter(|item| item.level == Level::Note).map(note).collect();
    if !notes.is_empty() && text.len() < MOST {
        let _ = write!(text, "<details><summary>Worth knowing ({})</summary>\n\n", notes.len());
        let left_out = add_as_fits(&mut text, notes.into_iter(), MOST);
        text.push('\n');
        more(&mut text, left_out, "notes");
        text.push_str("</details>\n");
    }
    text
}

fn headline(report: &Report) -> String {
    match (report.count(Level::Error), report.count(Level::Unproven)) {
        (0, 0) => "no objections".to_owned(),
        (0, unproven) => format!("{unproven} unproven"),
        (errors, 0) => format!("{errors} to mend"),
        (errors, unproven) => format!("{errors} to mend, {unproven} unproven"),
    }
}

fn worst(change: &Change) -> Level {
    change.findings.iter().map(|item| item.level).min().unwrap_or(Level::Note)
}

fn sign(level: Level) -> &'static str {
    match level {
        Level::Error => "❌",
        Level::Unproven => "❓",
        Level::Note => "✅",
    }
}

/// Adds what fits, and tells how much does not.
fn add_as_fits(text: &mut String, parts: impl Iterator<Item = String>, most: usize) -> usize {
    let mut left_out = 0;
    for part in parts {
        if left_out > 0 || text.len() + part.len() > most {
            left_out += 1;
        } else {
            text.push_str(&part);
        }
    }
    left_out
}

fn more(text: &mut String, left_out: usize, of_what: &str) {
    if left_out > 0 {
        let _ = write!(text, "And {left_out} more {of_what}: run `mesh check` to see them all.\n\n");
    }
}

fn row(item: &Item) -> String {
    let place = item.locations.first().map_or_else(
        || item.about.clone(),
        |it| {
            let line = it.line.map(|line| format!(":{line}")).unwrap_or_default();
            format!("{}{line}", it.file)
        },
    );
    format!(
        "| {} | {} | {} | {} |\n",
        sign(item.level),
        code(&place),
        inline(&item.message),
        item.hurts().map(|hurt| inline(&hurt)).unwrap_or_default()
    )
}

fn section(item: &Item) -> String {
    let mut text = format!(
        "<details><summary>{} <code>{}</code> {}</summary>\n\n",
        sign(item.level),
        escaped(&item.rule),
        inline(&item.message)
    );
    let _ = write!(text, "{}: {}.\n\n", inline(&item.about), item.sentence());
    if let Some(doubt) = item.doubt() {
        let _ = write!(text, "Unproven: {}\n\n", inline(doubt));
    }
    if let Some(witness) = &item.witness {
        let record = serde_json::to_string_pretty(&witness.record).unwrap_or_default();
        let _ = write!(text, "A record that shows it; {}:\n\n", inline(&witness.told()));
        text.push_str(&block("json", &record));
    }
    for instead in &item.instead {
        let _ = write!(
            text,
            "Instead, {}{}:\n\n",
            inline(&instead.title),
            item.enough(instead).map(|it| format!("; {it}")).unwrap_or_default()
        );
        text.push_str(&block("rust", &instead.code));
    }
    let otherwise = item.otherwise().map(|it| format!("; {}", inline(&it))).unwrap_or_default();
    let explain = code(&format!("mesh explain {}", item.rule));
    let _ = write!(text, "{explain} tells more{otherwise}.\n\n</details>\n\n");
    text
}

fn note(item: &Item) -> String {
    let excuse = item.excuse().map(|it| format!(" ({})", inline(&it))).unwrap_or_default();
    format!("- {}, {}: {}{excuse}\n", inline(&item.about), code(&item.rule), inline(&item.message))
}

/// Text of others between our own: nothing in it is Markdown or HTML, calls somebody by name, or refers to an issue; what
/// stands between backticks is shown as code.
fn inline(text: &str) -> String {
    let text = one_line(text);
    let parts: Vec<&str> = text.split('`').collect();
    let balanced = parts.len() % 2 == 1;
    let mut written = String::new();
    for (index, part) in parts.iter().enumerate() {
        if balanced && index % 2 == 1 {
            written.push_str(&code(part));
        } else {
            if !balanced && index > 0 {
                written.push_str("&#96;");
            }
            // Names and references are found in the text that the reader sees, so an entity would not hide them.
            let part = escaped(part);
            written.push_str(&part.replace("&#64;", "&#64;<!-- -->").replace("&#35;", "&#35;<!-- -->"));
        }
    }
    written
}

fn code(text: &str) -> String {
    format!("<code>{}</code>", escaped(&one_line(text)))
}

/// Every character that Markdown or HTML could take for more than itself, as an entity.
fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '&' | '<' | '>' | '"' | '\'' | '|' | '`' | '*' | '_' | '[' | ']' | '(' | ')' | '\\' | '~'
            | '!' | '#' | '@' | '$' | ':' => {
                let _ = write!(written, "&#{};", u32::from(character));
            }
            other => written.push(other),
        }
    }
    written
}

/// A block of code; its fence is longer than any within.
fn block(language: &str, code: &str) -> String {
    let longest = code.split(|it| it != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let mut text = format!("{fence}{language}\n");
    for line in lines(code) {
        text.push_str(&line);
        text.push('\n');
    }
    text.push_str(&fence);
    text.push_str("\n\n");
    text
}
