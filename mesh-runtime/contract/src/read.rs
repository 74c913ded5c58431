//! Strict reading of documents: every error says where it is, by line and by JSON pointer.

use std::collections::BTreeSet;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use crate::canonical;
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
        let contract: Self = read(text)?;
        contract.check(text)?;
        Ok(contract)
    }

    fn check(&self, text: &str) -> Result<(), ReadError> {
        let wrong = |pointer: &str, message: String| Err(located(text, pointer, message));
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
        read(text)
    }
}

/// Reads a document of this crate's format, strictly.
///
/// # Errors
/// As [`Contract::read`] does, but for the rules of the contract itself.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, ReadError> {
    // Keeping track of where one is costs several times the reading, so it is done only when there is something to tell.
    match read_untracked(text) {
        Some(document) => Ok(document),
        None => read_tracked(text),
    }
}

/// Reads a document, or does not say why it is none.
fn read_untracked<T: DeserializeOwned>(text: &str) -> Option<T> {
    let mut strict = serde_json::Deserializer::from_str(text);
    Strict { depth: 0 }.deserialize(&mut strict).and_then(|()| strict.end()).ok()?;
    if later_format(text).is_some() {
        return None;
    }
    serde_json::from_str(text).ok()
}

/// The document's format, where that is not the one that this release reads.
fn later_format(text: &str) -> Option<u64> {
    #[derive(Deserialize)]
    struct Format {
        mesh: serde_json::Value,
    }

    let format = serde_json::from_str::<Format>(text).ok()?.mesh.as_u64()?;
    (format != u64::from(FORMAT)).then_some(format)
}

/// Reads a document and says where it goes wrong.
fn read_tracked<T: DeserializeOwned>(text: &str) -> Result<T, ReadError> {
    run(text, |deserializer, track| {
        Strict { depth: 0 }.deserialize(serde_path_to_error::Deserializer::new(deserializer, track))
    })?;
    if let Some(format) = later_format(text) {
        let message = format!(
            "the document is in format {format}, and this release reads format {FORMAT}; use a release of the mesh that reads it"
        );
        return Err(located(text, "/mesh", message));
    }
    let document = run(text, |deserializer, track| {
        T::deserialize(serde_path_to_error::Deserializer::new(deserializer, track))
    });
    // Types with flattened members are read in full before they are taken apart, and the position is lost; the pointer is not.
    document.map_err(|error| {
        if error.pointer.is_empty() { error } else { located(text, &error.pointer, error.message) }
    })
}

fn run<'t, T>(
    text: &'t str,
    deserialize: impl FnOnce(
        &mut serde_json::Deserializer<serde_json::de::StrRead<'t>>,
        &mut serde_path_to_error::Track,
    ) -> serde_json::Result<T>,
) -> Result<T, ReadError> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let mut track = serde_path_to_error::Track::new();
    let answer =
        deserialize(&mut deserializer, &mut track).and_then(|value| deserializer.end().map(|()| value));
    answer.map_err(|error| ReadError {
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
    let mut pointer = String::new();
    for segment in path.iter() {
        let step = match segment {
            Segment::Seq { index } => index.to_string(),
            Segment::Map { key } => key.replace('~', "~0").replace('/', "~1"),
            Segment::Enum { variant } => variant.clone(),
            Segment::Unknown => continue,
        };
        pointer.push('/');
        pointer.push_str(&step);
    }
    pointer
}

/// An error at a pointer that is known, with the line found by reading the text once more up to there.
fn located(text: &str, pointer: &str, message: String) -> ReadError {
    let steps: Vec<String> =
        pointer.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~")).collect();
    let stop = run(text, |deserializer, track| {
        Seek { steps: &steps }.deserialize(serde_path_to_error::Deserializer::new(deserializer, track))
    });
    let (line, column) = stop.err().map_or((1, 1), |found| (found.line, found.column));
    ReadError { line, column, pointer: pointer.to_owned(), message }
}

/// Goes to one place of a document and stops there with an error, which carries the position.
struct Seek<'s> {
    steps: &'s [String],
}

impl<'de> DeserializeSeed<'de> for Seek<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.steps.is_empty() {
            serde::de::IgnoredAny::deserialize(deserializer)?;
            return Err(D::Error::custom("found"));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seek<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the place of an error")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let wanted = self.steps[0].parse::<usize>().ok();
        let mut index = 0;
        loop {
            let more = if Some(index) == wanted {
                items.next_element_seed(Seek { steps: &self.steps[1..] })?.is_some()
            } else {
                items.next_element::<serde::de::IgnoredAny>()?.is_some()
            };
            if !more {
                return Ok(());
            }
            index += 1;
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(name) = members.next_key::<String>()? {
            if name == self.steps[0] {
                members.next_value_seed(Seek { steps: &self.steps[1..] })?;
            } else {
                members.next_value::<serde::de::IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

/// Reads any JSON, refusing repeated members, too deep nesting and numbers that a double cannot hold.
struct Strict {
    depth: usize,
}

impl Strict {
    fn deeper<E: serde::de::Error>(&self) -> Result<Strict, E> {
        if self.depth == MAX_DEPTH {
            return Err(E::custom(format_args!("nested deeper than {MAX_DEPTH} levels")));
        }
        Ok(Strict { depth: self.depth + 1 })
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<(), E> {
        exact(&number.into())
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<(), E> {
        exact(&number.into())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        // The parser refuses what is beyond the range of a double.
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(self.deeper()?)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut names = BTreeSet::new();
        while let Some(name) = members.next_key::<String>()? {
            if names.contains(&name) {
                return Err(A::Error::custom(format_args!("the member `{name}` stands here a second time")));
            }
            members.next_value_seed(self.deeper()?)?;
            names.insert(name);
        }
        Ok(())
    }
}

fn exact<E: serde::de::Error>(number: &serde_json::Number) -> Result<(), E> {
    if canonical::survives(number) { Ok(()) } else { Err(E::custom(canonical::not_exact(number))) }
}
