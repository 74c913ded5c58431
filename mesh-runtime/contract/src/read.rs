//! Strict reading of documents: every error says where it is, by line and by JSON pointer.

mod members;
mod numbers;
mod place;
mod strict;

use std::cell::Cell;
use std::collections::BTreeSet;

use serde::Deserialize;
use serde::de::{DeserializeOwned, DeserializeSeed};
use serde_json::Value;

use self::members::Inside;
use self::place::Place;
use self::strict::{Fault, Strict};
use crate::{Contract, Expectation, FORMAT};

/// How deep a document may nest. What people write nests some ten deep; the bound keeps every later walk off the stack's end.
pub const MAX_DEPTH: usize = 100;

/// Why a text is not the document it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}{}: {message}", at(.pointer))]
pub struct ReadError {
    /// The line, from 1.
    pub line: usize,
    /// The column in bytes, from 1.
    pub column: usize,
    /// Where in the document, as a JSON pointer; empty for the whole.
    pub pointer: String,
    /// What is wrong, and what to write instead where that can be told.
    pub message: String,
}

fn at(pointer: &str) -> String {
    if pointer.is_empty() { String::new() } else { format!(", at `{pointer}`") }
}

impl Contract {
    /// Reads a contract.
    ///
    /// # Errors
    /// When the text is not JSON, repeats or misspells a member, nests deeper than [`MAX_DEPTH`], holds a number that a
    /// double cannot, comes in a format of a later release, or says something that a contract cannot.
    pub fn read(text: &str) -> Result<Self, ReadError> {
        let contract: Self = read_known(text, Inside::One(&members::CONTRACT))?;
        contract.check(text)?;
        Ok(contract)
    }

    fn check(&self, text: &str) -> Result<(), ReadError> {
        let wrong =
            |pointer: &str, message: String| Err(Place::of_value(text, pointer).error(pointer, message));
        if self.domain.name != *self.address.domain() {
            let message =
                format!("the address `{}` is not in the domain `{}`", self.address, self.domain.name);
            return wrong("/domain/name", message);
        }
        if !self.types.contains_key(&self.root) {
            return wrong("/root", format!("`{}` is not described in `types`", self.root));
        }
        if self.ports.is_empty() {
            return wrong("/ports", "a product has one port at least".to_owned());
        }
        let mut names = BTreeSet::new();
        if let Some(index) = self.ports.iter().position(|port| !names.insert(&port.name)) {
            return wrong(
                &format!("/ports/{index}/name"),
                format!("a second port is called `{}`", self.ports[index].name),
            );
        }
        for (side, schema) in [("emits", &self.schemas.emits), ("accepts", &self.schemas.accepts)] {
            if !schema.is_object() && !schema.is_boolean() {
                return wrong(
                    &format!("/schemas/{side}"),
                    "a JSON Schema is an object or a boolean".to_owned(),
                );
            }
        }
        Ok(())
    }
}

impl Expectation {
    /// Reads an expectation.
    ///
    /// # Errors
    /// As [`Contract::read`] does.
    pub fn read(text: &str) -> Result<Self, ReadError> {
        read_known(text, Inside::One(&members::EXPECTATION))
    }
}

/// Reads a document of this crate's format, strictly.
///
/// # Errors
/// As [`Contract::read`] does, but for the rules of the contract itself.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, ReadError> {
    read_known(text, Inside::Plain)
}

/// Reads a document of which is known what stands inside it, so that a misspelled member can be told from a missing one.
fn read_known<T: DeserializeOwned>(text: &str, inside: Inside) -> Result<T, ReadError> {
    // Keeping track of where one is costs several times the reading, so it is done only when there is something to tell.
    match read_untracked(text, inside) {
        Some(document) => Ok(document),
        None => read_tracked(text, inside),
    }
}

/// Reads a document, or does not say why it is none.
fn read_untracked<T: DeserializeOwned>(text: &str, inside: Inside) -> Option<T> {
    if numbers::may_be_lost(text) {
        return None;
    }
    let mut strict = serde_json::Deserializer::from_str(text);
    Strict::new(inside).deserialize(&mut strict).and_then(|()| strict.end()).ok()?;
    if later_format(text).is_some() {
        return None;
    }
    serde_json::from_str(text).ok()
}

/// The document's format, where that is not the one that this release reads.
fn later_format(text: &str) -> Option<u64> {
    #[derive(Deserialize)]
    struct Format {
        mesh: Value,
    }

    // Serde would take the first item of a list for the first member.
    if !text.trim_start().starts_with('{') {
        return None;
    }
    let format = serde_json::from_str::<Format>(text).ok()?.mesh.as_u64()?;
    (format != u64::from(FORMAT)).then_some(format)
}

/// Reads a document and says where it goes wrong.
fn read_tracked<T: DeserializeOwned>(text: &str, inside: Inside) -> Result<T, ReadError> {
    if text.starts_with('\u{feff}') {
        let message = "it starts with a byte order mark; save it as UTF-8 without one".to_owned();
        return Err(ReadError { line: 1, column: 1, pointer: String::new(), message });
    }
    read_strict(text, Inside::Plain)?;
    if let Some(lost) = numbers::first_lost(text) {
        return Err(lost);
    }
    if let Some(format) = later_format(text) {
        let message = format!(
            "the document is in format {format}, and this release reads format {FORMAT}; use a release of the mesh that reads it"
        );
        return Err(Place::of_value(text, "/mesh").error("/mesh", message));
    }
    read_strict(text, inside)?;
    let document = run(&numbers::as_doubles(text), |deserializer, track| {
        T::deserialize(serde_path_to_error::Deserializer::new(deserializer, track))
    });
    document.map_err(|error| {
        // The parser's own position is behind the faulty value, and behind all that stands below it where members are
        // flattened; the pointer is exact but for a variant that the text does not hold by that name.
        let value: Value = serde_json::from_str(text).unwrap_or_default();
        let mut pointer = error.pointer;
        while value.pointer(&pointer).is_none() {
            pointer.truncate(pointer.rfind('/').unwrap_or_default());
        }
        Place::of_value(text, &pointer).error(pointer, error.message)
    })
}

/// Reads JSON of which is known what stands inside it, and says where it is none or not the strict kind.
fn read_strict(text: &str, inside: Inside) -> Result<(), ReadError> {
    let fault = Cell::default();
    let answer = run(text, |deserializer, track| {
        Strict::telling(inside, &fault)
            .deserialize(serde_path_to_error::Deserializer::new(deserializer, track))
    });
    answer.map_err(|ParseError { refused, line, column, pointer, message }| match fault.take() {
        Some(Fault::Twice(name)) => {
            Place::of_second_name(text, &pointer, &name).error(place::below(&pointer, &name), message)
        }
        Some(Fault::Unknown(name)) => {
            Place::of_name(text, &pointer, &name).error(place::below(&pointer, &name), message)
        }
        None if refused => Place::of_value(text, &pointer).error(pointer, message),
        None => ReadError { line, column, pointer, message },
    })
}

/// An error as the parser tells it.
struct ParseError {
    /// Whether the text is JSON up to there, but not of a kind that is taken.
    refused: bool,
    line: usize,
    column: usize,
    pointer: String,
    message: String,
}

fn run<'t, T>(
    text: &'t str,
    deserialize: impl FnOnce(
        &mut serde_json::Deserializer<serde_json::de::StrRead<'t>>,
        &mut serde_path_to_error::Track,
    ) -> serde_json::Result<T>,
) -> Result<T, ParseError> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let mut track = serde_path_to_error::Track::new();
    let answer =
        deserialize(&mut deserializer, &mut track).and_then(|value| deserializer.end().map(|()| value));
    answer.map_err(|error| ParseError {
        refused: error.is_data(),
        line: error.line().max(1),
        column: error.column().max(1),
        pointer: pointer(&track.path()),
        message: without_position(&error),
    })
}

/// The error's text without the position that serde_json appends.
fn without_position(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    text.strip_suffix(&position).unwrap_or(&text).to_owned()
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter().fold(String::new(), |pointer, segment| match segment {
        Segment::Seq { index } => place::below(&pointer, &index.to_string()),
        Segment::Map { key } => place::below(&pointer, key),
        Segment::Enum { variant } => place::below(&pointer, variant),
        Segment::Unknown => pointer,
    })
}
