//! One line of a batch: an object with an id, which is known even where the rest of the line is broken.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Error, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::number;

/// A line, as far as it could be read.
#[derive(Debug, Default)]
pub(crate) struct Question {
    /// What the answer is to be called; null where the line does not say, or not before it breaks.
    pub(crate) id: Value,
    /// The other members.
    pub(crate) members: Map<String, Value>,
}

impl Question {
    /// Reads a line; why it is none comes beside as much as could be read.
    pub(super) fn read(line: &[u8]) -> (Self, Result<(), String>) {
        let mut question = Self::default();
        let Ok(text) = std::str::from_utf8(line) else {
            return (question, Err("the line is not UTF-8".to_owned()));
        };
        let seen = RefCell::new(&mut question);
        let mut reader = serde_json::Deserializer::from_str(text);
        let read = Members(&seen).deserialize(&mut reader).and_then(|()| reader.end());
        if let Err(error) = read {
            return (question, Err(format!("the line is no JSON object: {error}")));
        }
        let changed = number::first_changed(text);
        let exact = changed.map_or(Ok(()), |number| {
            Err(format!(
                "the number {number} has more digits than can be kept; nothing was judged, because another number would have been"
            ))
        });
        (question, exact)
    }

    /// The member of this name, which has to be there.
    pub(crate) fn document(&self, name: &str) -> Result<&Value, String> {
        self.members
            .get(name)
            .ok_or_else(|| format!("the line has no `{name}`; it takes a JSON Schema there"))
    }
}

/// Reads the members one after the other, so that those before a mistake are known.
struct Members<'q>(&'q RefCell<&'q mut Question>);

impl<'de> DeserializeSeed<'de> for Members<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            let value: Value = map.next_value()?;
            let mut question = self.0.borrow_mut();
            if name == "id" {
                question.id = value;
            } else if question.members.insert(name.clone(), value).is_some() {
                return Err(A::Error::custom(format_args!("`{name}` stands there twice")));
            }
        }
        Ok(())
    }
}
