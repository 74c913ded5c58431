//! From a line to a record, with every reason why it is none.

use serde_json::Value;
use serde_json::error::Category;

use super::KnownNames;
use crate::contract::accepts_schema;
use crate::product::Consumes;
use crate::validate::Validate;

/// A line that is no record of the reader's type. It tells where and which rule, and never the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// The line of the whole read, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
}

/// One reason why a line is no record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where in the record, as a JSON pointer; `*` stands for an index or the key of a map.
    pub pointer: String,
    /// Which rule it breaks: `json`, `type`, or the keyword of the promise.
    pub rule: String,
    /// What the rule wants.
    pub message: String,
}

impl std::fmt::Display for Rejected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: ", self.line)?;
        for (index, Fault { pointer, rule, message }) in self.faults.iter().enumerate() {
            let between = if index > 0 { "; " } else { "" };
            write!(f, "{between}`{pointer}` breaks `{rule}`: {message}")?;
        }
        Ok(())
    }
}

/// Makes records of lines.
pub(crate) struct Decoder<T> {
    names: KnownNames,
    read: fn(&[u8], &KnownNames) -> Result<T, Vec<Fault>>,
}

impl<T> std::fmt::Debug for Decoder<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decoder").finish_non_exhaustive()
    }
}

impl<T> Decoder<T> {
    pub(crate) fn decode(&self, line: &[u8]) -> Result<T, Vec<Fault>> {
        (self.read)(line, &self.names)
    }
}

impl Decoder<Value> {
    /// Takes any JSON.
    pub(crate) fn untyped() -> Self {
        Self {
            names: KnownNames::default(),
            read: |line, _| serde_json::from_slice(line).map_err(|error| vec![not_json(&error)]),
        }
    }
}

impl<C: Consumes> Decoder<C> {
    /// Takes what a type takes and promises.
    pub(crate) fn typed() -> Self {
        Self { names: KnownNames::of_schema(&accepts_schema::<C>()), read: read_typed::<C> }
    }
}

fn read_typed<C: Consumes>(line: &[u8], names: &KnownNames) -> Result<C, Vec<Fault>> {
    let record: C = match serde_json::from_slice(line) {
        Ok(record) => record,
        Err(error) if error.classify() == Category::Data => {
            return Err(vec![misfit::<C>(line, names, &error)]);
        }
        Err(error) => return Err(vec![not_json(&error)]),
    };
    record.validate().map(|()| record).map_err(|violations| {
        let fault = |violation: &crate::validate::Violation| Fault {
            pointer: names.without_data(&violation.pointer),
            rule: violation.keyword.to_owned(),
            message: violation.promised.clone(),
        };
        violations.as_slice().iter().map(fault).collect()
    })
}

/// The place of an error is found by reading the line again, so that records that fit do not pay for it.
fn misfit<C: Consumes>(line: &[u8], names: &KnownNames, error: &serde_json::Error) -> Fault {
    let mut deserializer = serde_json::Deserializer::from_slice(line);
    let found = serde_path_to_error::deserialize::<_, C>(&mut deserializer);
    let pointer = found.err().map(|error| names.of_path(error.path())).unwrap_or_default();
    Fault { pointer, rule: "type".to_owned(), message: safe_message(error) }
}

fn not_json(error: &serde_json::Error) -> Fault {
    let message = match error.classify() {
        Category::Eof => "the line ends before its JSON does".to_owned(),
        _ => format!("no JSON from column {} on", error.column()),
    };
    Fault { pointer: String::new(), rule: "json".to_owned(), message }
}

/// What serde expected, without what it found: its messages quote the value.
fn safe_message(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    let text = text.strip_suffix(&position).unwrap_or(&text);
    let found_other =
        ["invalid type: ", "invalid value: ", "invalid length ", "unknown variant `", "unknown field `"];
    if found_other.iter().any(|start| text.starts_with(start)) {
        // The last one: a value may hold the words, what is expected does not.
        return match text.rsplit_once(", expected ") {
            Some((_, expected)) => format!("expected {expected}"),
            None => "not one that the type knows".to_owned(),
        };
    }
    let names_a_field = ["missing field `", "duplicate field `"];
    match names_a_field.iter().find_map(|start| text.strip_prefix(start).map(|rest| (start, rest))) {
        Some((start, rest)) => match rest.strip_suffix('`') {
            Some(name) => format!("{start}{name}`"),
            None => REFUSED.to_owned(),
        },
        None => REFUSED.to_owned(),
    }
}

const REFUSED: &str = "the type refuses what stands there";

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum Colour {
        Red,
        Green,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only whether it reads matters")]
    struct Person {
        age: u8,
        email: String,
        colour: Colour,
        #[serde(deserialize_with = "refuse")]
        picky: u8,
    }

    fn refuse<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
        let text = String::deserialize(deserializer)?;
        Err(serde::de::Error::custom(format_args!("`{text}` is refused")))
    }

    fn message(json: &str) -> String {
        safe_message(&serde_json::from_str::<Person>(json).expect_err("it does not fit"))
    }

    #[test]
    fn a_message_says_what_is_expected_and_never_what_stands_there() {
        assert_eq!(message(r#"{"age":"luis@example.com"}"#), "expected u8");
        assert_eq!(message(r#"{"age":"x, expected secret"}"#), "expected u8");
        assert_eq!(message(r#"{"age":300}"#), "expected u8");
        assert_eq!(message(r#"{"age":1}"#), "missing field `email`");
        assert_eq!(message(r#"{"colour":"luis"}"#), "expected `red` or `green`");
        assert_eq!(message(r#"{"picky":"luis"}"#), "the type refuses what stands there");
        let read = r#"{"colour":"red","colour":"green"}"#;
        assert_eq!(message(read), "duplicate field `colour`");
    }
}
