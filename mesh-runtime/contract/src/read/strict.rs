//! Reads any JSON, refusing what serde's own reading would let pass: repeated members, too deep nesting, numbers that a
//! double cannot hold, lists for objects, and members that the format does not know.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::MAX_DEPTH;
use super::members::Inside;
use crate::{canonical, double};

/// Takes any JSON that is strict, and keeps nothing of it.
#[derive(Clone, Copy)]
pub(super) struct Strict<'s> {
    depth: usize,
    inside: Inside,
    /// Where to leave the name of a member that is at fault: the parser tells only of its object.
    fault: Option<&'s Cell<Option<Fault>>>,
}

/// A member that may not stand where it does.
pub(super) enum Fault {
    /// It stands there a second time.
    Twice(String),
    /// The format does not know it.
    Unknown(String),
}

impl<'s> Strict<'s> {
    pub(super) fn new(inside: Inside) -> Self {
        Self { depth: 0, inside, fault: None }
    }

    pub(super) fn telling(inside: Inside, fault: &'s Cell<Option<Fault>>) -> Self {
        Self { depth: 0, inside, fault: Some(fault) }
    }

    fn deeper<E: serde::de::Error>(&self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            return Err(E::custom(format_args!("nested deeper than {MAX_DEPTH} levels")));
        }
        Ok(Self { depth: self.depth + 1, ..*self })
    }

    fn faulty<E: serde::de::Error>(&self, fault: Fault, message: String) -> E {
        self.fault.inspect(|told| told.set(Some(fault)));
        E::custom(message)
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
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
        // The parser refuses what is beyond the range of a double; what loses digits on the way is found in the text.
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let inside = self.inside.item().map_err(A::Error::custom)?;
        let item = Self { inside, ..self.deeper()? };
        while items.next_element_seed(item)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let deeper = self.deeper()?;
        let mut names = BTreeSet::new();
        while let Some(name) = members.next_key::<String>()? {
            if names.contains(&name) {
                let message = format!("the member `{name}` stands here a second time");
                return Err(self.faulty(Fault::Twice(name), message));
            }
            match self.inside.member(&name, &names) {
                Ok(inside) => members.next_value_seed(Self { inside, ..deeper })?,
                Err(message) => return Err(self.faulty(Fault::Unknown(name), message)),
            }
            names.insert(name);
        }
        Ok(())
    }
}

fn exact<E: serde::de::Error>(number: &serde_json::Number) -> Result<(), E> {
    let is_exact = double::survives(number) || canonical::written_for(number).is_some();
    if is_exact { Ok(()) } else { Err(E::custom(double::not_exact(number))) }
}
