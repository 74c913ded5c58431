//! Two versions of a contract side by side, with their fields paired.

use std::cmp::Ordering;

use super::Step;
use super::earlier::Prepared;
use super::finding::Place;
use crate::{Contract, FieldMeaning};

/// An earlier version and the new one.
pub(crate) struct Change<'c> {
    pub(crate) old: &'c Contract,
    pub(crate) new: &'c Contract,
    /// Every field of either, by pointer.
    fields: Vec<(String, Option<&'c FieldMeaning>, Option<&'c FieldMeaning>)>,
}

impl<'c> Change<'c> {
    pub(crate) fn between(old: &'c Contract, new: &'c Contract) -> Self {
        Self { old, new, fields: paired(sorted(old), sorted(new)) }
    }

    /// The same with no other fields than those at some places, which are sorted.
    pub(crate) fn at(old: &'c Prepared<'_>, new: &'c Prepared<'_>, places: &[&str]) -> Self {
        let find = |version: &'c Prepared<'_>, place: &str| {
            let fields = version.fields();
            let index = fields.binary_search_by(|(pointer, _)| pointer.as_str().cmp(place)).ok()?;
            Some(&fields[index].1)
        };
        let pair = |place: &&str| ((*place).to_owned(), find(old, place), find(new, place));
        let there = |(_, was, is): &(_, Option<_>, Option<_>)| was.is_some() || is.is_some();
        let fields = places.iter().map(pair).filter(there).collect();
        Self { old: old.contract(), new: new.contract(), fields }
    }

    /// The pointers of the fields that are not as they were, and of those above them, sorted.
    pub(crate) fn moved(&self) -> Vec<&str> {
        let moved = self.fields.iter().filter(|(_, was, is)| was != is);
        let mut pointers: Vec<&str> = moved.flat_map(|(pointer, ..)| with_those_above(pointer)).collect();
        pointers.sort_unstable();
        pointers.dedup();
        pointers
    }

    /// The fields that both have, by pointer.
    pub(crate) fn kept(&self) -> impl Iterator<Item = (&str, &'c FieldMeaning, &'c FieldMeaning)> {
        self.fields.iter().filter_map(|(pointer, old, new)| Some((pointer.as_str(), (*old)?, (*new)?)))
    }

    /// The fields that only the old version has.
    pub(crate) fn gone(&self) -> impl Iterator<Item = (&str, &'c FieldMeaning)> {
        let gone = self.fields.iter().filter(|(_, _, new)| new.is_none());
        gone.filter_map(|(pointer, old, _)| Some((pointer.as_str(), (*old)?)))
    }

    /// The fields that only the new version has.
    pub(crate) fn added(&self) -> impl Iterator<Item = (&str, &'c FieldMeaning)> {
        let added = self.fields.iter().filter(|(_, old, _)| old.is_none());
        added.filter_map(|(pointer, _, new)| Some((pointer.as_str(), (*new)?)))
    }

    pub(crate) fn old_field(&self, pointer: &str) -> Option<&'c FieldMeaning> {
        self.pair(pointer).and_then(|(_, old, _)| *old)
    }

    pub(crate) fn new_field(&self, pointer: &str) -> Option<&'c FieldMeaning> {
        self.pair(pointer).and_then(|(_, _, new)| *new)
    }

    fn pair(&self, pointer: &str) -> Option<&(String, Option<&'c FieldMeaning>, Option<&'c FieldMeaning>)> {
        let index = self.fields.binary_search_by(|(other, ..)| other.as_str().cmp(pointer)).ok()?;
        self.fields.get(index)
    }

    /// Every pointer that either knows.
    pub(crate) fn pointers(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|(pointer, ..)| pointer.as_str())
    }
}

/// Fields by pointer.
pub(super) type Fields<'c> = Vec<(String, &'c FieldMeaning)>;

/// A pointer, and those of what it stands in.
fn with_those_above(pointer: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(pointer), |pointer| pointer.rfind('/').map(|end| &pointer[..end]))
}

/// The fields of a contract by pointer, each once.
pub(super) fn sorted(contract: &Contract) -> Fields<'_> {
    let mut fields = contract.field_paths();
    fields.sort_by(|(one, _), (other, _)| one.cmp(other));
    // Two variants may have a field at one place; the last one declared stands for both.
    fields.reverse();
    fields.dedup_by(|(one, _), (other, _)| one == other);
    fields.reverse();
    fields
}

/// The fields of both by pointer, each once.
fn paired<'c>(
    old: Fields<'c>,
    new: Fields<'c>,
) -> Vec<(String, Option<&'c FieldMeaning>, Option<&'c FieldMeaning>)> {
    let mut pairs = Vec::with_capacity(old.len().max(new.len()));
    let (mut old, mut new) = (old.into_iter().peekable(), new.into_iter().peekable());
    loop {
        let order = match (old.peek(), new.peek()) {
            (None, None) => return pairs,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some((old, _)), Some((new, _))) => old.cmp(new),
        };
        let left = (order != Ordering::Greater).then(|| old.next()).flatten();
        let right = (order != Ordering::Less).then(|| new.next()).flatten();
        let (was, is) = (left.as_ref().map(|(_, field)| *field), right.as_ref().map(|(_, field)| *field));
        pairs.extend(left.or(right).map(|(pointer, _)| (pointer, was, is)));
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
