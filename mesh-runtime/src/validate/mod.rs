//! What a value says of itself when it breaks the promises of its type.
//!
//! The checks are generated from the same attributes that schemars reads, and answer as a JSON Schema validator would on
//! what the value is written as: lengths in code points, bounds compared exactly, nothing said of a member that is left
//! out. Beside the schema's keywords stand our own: `decimal`, `min` and `max`.

mod bound;
mod pattern;
mod rules;

use std::borrow::Cow;
use std::fmt;

use crate::product::DataType;

pub use bound::Bound;
pub use mesh_contract::Exact;
pub use pattern::{LazyPattern, Pattern, PatternError};
pub use rules::Rule;
pub(crate) use rules::{Digits, hold};

/// A value that can be held against the promises of its type. Every [`DataType`] is one.
pub trait Validate {
    /// Holds the value against the promises of its type.
    ///
    /// # Errors
    /// With every promise that it breaks.
    fn validate(&self) -> Result<(), Violations>;
}

impl<T: DataType> Validate for T {
    fn validate(&self) -> Result<(), Violations> {
        let mut violations = Violations::default();
        self.check(&At::Root, &mut violations);
        if violations.0.is_empty() { Ok(()) } else { Err(violations) }
    }
}

/// Where a value stands in a record. Made on the stack on the way down, and written out only when something is wrong.
#[derive(Debug, Clone, Copy)]
pub enum At<'a> {
    /// The record itself.
    Root,
    /// A member of the value above.
    Member(&'a At<'a>, &'a str),
    /// An item of the list above.
    Item(&'a At<'a>, usize),
    /// An entry of the map above.
    Entry(&'a At<'a>, &'a dyn Key),
}

impl At<'_> {
    /// The place as a JSON pointer.
    pub fn pointer(&self) -> String {
        let mut pointer = String::new();
        self.write(&mut pointer);
        pointer
    }

    fn write(&self, pointer: &mut String) {
        let (above, step) = match self {
            Self::Root => return,
            Self::Member(above, name) => (above, Cow::Borrowed(*name)),
            Self::Item(above, index) => (above, Cow::Owned(index.to_string())),
            Self::Entry(above, key) => (above, Cow::Owned(key.text())),
        };
        above.write(pointer);
        pointer.push('/');
        for character in step.chars() {
            match character {
                '~' => pointer.push_str("~0"),
                '/' => pointer.push_str("~1"),
                other => pointer.push(other),
            }
        }
    }
}

/// A key of a map, which is known by the name that serde writes for it.
pub trait Key {
    /// The key as the name of a member.
    fn text(&self) -> String;
}

impl<K: serde::Serialize> Key for K {
    fn text(&self) -> String {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::String(text)) => text,
            Ok(other) => other.to_string(),
            Err(_) => String::new(),
        }
    }
}

impl fmt::Debug for dyn Key + '_ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

/// One promise that a value breaks. It names the place and the promise and never the value, which may be personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Where, as a JSON pointer.
    pub pointer: String,
    /// Which promise: the keyword of the schema, or of the contract's meaning (`decimal`, `min`, `max`).
    pub keyword: &'static str,
    /// What was promised: `at most 40 characters`.
    pub promised: String,
}

/// Every promise that a value breaks, in the order of its fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// Adds one.
    #[cold]
    pub fn add(&mut self, at: &At<'_>, keyword: &'static str, promised: impl Into<String>) {
        self.0.push(Violation { pointer: at.pointer(), keyword, promised: promised.into() });
    }

    /// All of them.
    pub fn as_slice(&self) -> &[Violation] {
        &self.0
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pointer, keyword, promised } = self;
        let place = if pointer.is_empty() { "the record" } else { pointer };
        write!(f, "`{place}` breaks `{keyword}`: {promised}")
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, violation) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            violation.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Violations {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_written_as_a_json_pointer_with_its_escapes() {
        let lines = At::Member(&At::Root, "a/b~c");
        let third = At::Item(&lines, 2);
        assert_eq!(At::Entry(&third, &7_u8).pointer(), "/a~1b~0c/2/7");
        assert_eq!(At::Root.pointer(), "");
    }
}
