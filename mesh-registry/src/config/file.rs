//! The file: TOML, read with the place of every value. Nothing of its text is told, for it may hold a password.

use std::ops::Range;
use std::path::Path;

use mesh_contract::spelling::nearest;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::finding::{Finding, Place};
use super::kind::Form;
use super::table::{SETTINGS, Setting};

/// What a file says of one setting.
pub(super) struct Said {
    pub(super) setting: &'static Setting,
    /// The value as it is written without quotes.
    pub(super) text: String,
    pub(super) place: Place,
}

/// Reads the text of a file: what it says, and what is wrong with it.
pub(super) fn read(text: &str, file: &Path) -> (Vec<Said>, Vec<Finding>) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader { text, file, said: Vec::new(), findings: Vec::new() };
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let place = reader.place(error.span().unwrap_or_default());
        let next = "correct the TOML; a value that is a text stands in quotes";
        reader.findings.push(Finding::new(place, format!("this is no TOML: {}", error.message()), next));
    }
    // What is left of a text that is no TOML may say what nobody meant.
    if reader.findings.is_empty() {
        reader.table(table.get_ref(), None);
    }
    (reader.said, reader.findings)
}

struct Reader<'t> {
    text: &'t str,
    file: &'t Path,
    said: Vec<Said>,
    findings: Vec<Finding>,
}

impl Reader<'_> {
    fn table(&mut self, table: &DeTable<'_>, section: Option<&str>) {
        for (key, value) in table {
            let name = match section {
                Some(section) => format!("{section}.{}", key.get_ref()),
                None => key.get_ref().to_string(),
            };
            if let Some(setting) = Setting::named(&name) {
                self.setting(setting, value);
            } else if !SETTINGS.iter().any(|setting| is_within(setting.name, &name)) {
                let place = self.place(key.span());
                let next = match meant(&name) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => "take it away; docs/configuration.md has every setting".to_owned(),
                };
                self.findings.push(Finding::new(place, format!("there is no setting `{name}`"), next));
            } else if let DeValue::Table(table) = value.get_ref() {
                self.table(table, Some(&name));
            } else {
                let place = self.place(value.span());
                let what = format!("`{name}` holds settings and is none itself");
                self.findings.push(Finding::new(place, what, format!("write its settings below `[{name}]`")));
            }
        }
    }

    fn setting(&mut self, setting: &'static Setting, value: &Spanned<DeValue<'_>>) {
        let place = self.place(value.span());
        let text = match (setting.form(), value.get_ref()) {
            (Form::Text, DeValue::String(text)) => text.to_string(),
            (Form::Integer | Form::Number, DeValue::Integer(number)) => {
                // What is longer than this is out of bounds in any case.
                match i128::from_str_radix(number.as_str(), number.radix()) {
                    Ok(number) => number.to_string(),
                    Err(_) => number.as_str().to_owned(),
                }
            }
            (Form::Number, DeValue::Float(number)) => number.as_str().to_owned(),
            (Form::Switch, DeValue::Boolean(switch)) => switch.to_string(),
            (_, other) => {
                let what = format!("`{}` is no {}", setting.name, sort(other));
                self.findings.push(Finding::new(place, what, instead(setting)).of(setting.name));
                return;
            }
        };
        self.said.push(Said { setting, text, place });
    }

    fn place(&self, span: Range<usize>) -> Place {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line_starts = before.rfind('\n').map_or(0, |at| at + 1);
        Place::Line {
            file: self.file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_starts..].chars().count() + 1,
        }
    }
}

/// What to write for a setting in the file.
pub(super) fn instead(setting: &Setting) -> String {
    let (_, key) = setting.parts();
    format!("write {}, e.g. `{key} = {}`", setting.expects(), setting.literal(&setting.sample()))
}

fn is_within(setting: &str, section: &str) -> bool {
    setting.strip_prefix(section).is_some_and(|rest| rest.starts_with('.'))
}

/// The setting or section that was probably meant: one that is spelt alike, or the same name in another section.
pub(super) fn meant(wrong: &str) -> Option<&'static str> {
    let sections = SETTINGS.iter().filter_map(|setting| setting.parts().0);
    let names: Vec<&str> = SETTINGS.iter().map(|setting| setting.name).chain(sections).collect();
    let last = wrong.rsplit('.').next().unwrap_or(wrong);
    nearest(wrong, &names).or_else(|| {
        let keys: Vec<&str> = SETTINGS.iter().map(|setting| setting.parts().1).collect();
        let key = nearest(last, &keys)?;
        SETTINGS.iter().find(|setting| setting.parts().1 == key).map(|setting| setting.name)
    })
}

fn sort(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "whole number",
        DeValue::Float(_) => "number with a fraction",
        DeValue::Boolean(_) => "`true` or `false`",
        DeValue::Datetime(_) => "date",
        DeValue::Array(_) => "list",
        DeValue::Table(_) => "table",
    }
}
