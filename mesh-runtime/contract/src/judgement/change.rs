//! Two versions of a contract side by side, with their fields paired.

use std::collections::BTreeMap;

use super::Step;
use super::finding::Place;
use crate::{Contract, FieldMeaning};

/// An earlier version and the new one.
pub(crate) struct Change<'c> {
    pub(crate) old: &'c Contract,
    pub(crate) new: &'c Contract,
    old_fields: Fields<'c>,
    new_fields: Fields<'c>,
}

/// The fields of a contract by pointer.
pub(crate) type Fields<'c> = BTreeMap<String, &'c FieldMeaning>;

/// The fields of a contract by pointer.
pub(crate) fn fields(contract: &Contract) -> Fields<'_> {
    contract.field_paths().into_iter().collect()
}

impl<'c> Change<'c> {
    pub(crate) fn between(old: &'c Contract, new: &'c Contract) -> Self {
        Self { old, new, old_fields: fields(old), new_fields: fields(new) }
    }

    /// The fields that both have, by pointer.
    pub(crate) fn kept(&self) -> impl Iterator<Item = (&str, &'c FieldMeaning, &'c FieldMeaning)> {
        self.old_fields
            .iter()
            .filter_map(|(pointer, old)| Some((pointer.as_str(), *old, *self.new_fields.get(pointer)?)))
    }

    /// The fields that only the old version has.
    pub(crate) fn gone(&self) -> impl Iterator<Item = (&str, &'c FieldMeaning)> {
        self.old_fields
            .iter()
            .filter(|(pointer, _)| !self.new_fields.contains_key(*pointer))
            .map(|(pointer, field)| (pointer.as_str(), *field))
    }

    /// The fields that only the new version has.
    pub(crate) fn added(&self) -> impl Iterator<Item = (&str, &'c FieldMeaning)> {
        self.new_fields
            .iter()
            .filter(|(pointer, _)| !self.old_fields.contains_key(*pointer))
            .map(|(pointer, field)| (pointer.as_str(), *field))
    }

    pub(crate) fn old_field(&self, pointer: &str) -> Option<&'c FieldMeaning> {
        self.old_fields.get(pointer).copied()
    }

    pub(crate) fn new_field(&self, pointer: &str) -> Option<&'c FieldMeaning> {
        self.new_fields.get(pointer).copied()
    }

    /// Every pointer that either knows.
    pub(crate) fn pointers(&self) -> impl Iterator<Item = &str> {
        self.old_fields.keys().chain(self.new_fields.keys()).map(String::as_str)
    }
}

/// What a rule has seen: a finding before it is known whom it hurts and what the version permits.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Seen {
    pub(crate) place: Place,
    /// Tells several findings of a rule at one place apart, for as long as the change stays the same one.
    pub(crate) key: String,
    pub(crate) message: String,
    /// The step that it requires, where that is not the rule's own.
    pub(crate) step: Option<Step>,
    /// Why it stays open, where it does.
    pub(crate) unproven: Option<String>,
}

impl Seen {
    /// A difference at a field. What is different stands in the key.
    pub(crate) fn field(pointer: &str, key: impl Into<String>, message: String) -> Self {
        Self { place: Place::Field(pointer.to_owned()), key: key.into(), message, step: None, unproven: None }
    }

    /// A difference at a part of the contract.
    pub(crate) fn part(pointer: &str, key: impl Into<String>, message: String) -> Self {
        Self {
            place: Place::Contract(pointer.to_owned()),
            key: key.into(),
            message,
            step: None,
            unproven: None,
        }
    }

    /// The same, and it stays open.
    pub(crate) fn unproven(self, reason: impl Into<String>) -> Self {
        Self { unproven: Some(reason.into()), ..self }
    }
}
