//! The records of a product at one moment, written and ordered, ready to be cut into pages without copying.

use std::collections::{BTreeMap, HashMap};
use std::time::{Instant, SystemTime};

use bytes::Bytes;
use mesh_contract::Contract;
use serde_json::Value;

use super::mask::Mask;
use super::position::{KeyPart, Position, Secret};
use crate::client::KnownNames;
use crate::product::DataProduct;
use crate::validate::Validate;

/// How the records of one product become a snapshot.
#[derive(Debug)]
pub(crate) struct Plan {
    key: Vec<String>,
    hidden: bool,
    pub(crate) mask: Option<Mask>,
    names: KnownNames,
    pub(crate) secret: Secret,
}

impl Plan {
    pub(crate) fn of(contract: &Contract, secret: Secret) -> Self {
        let key = contract.key.clone();
        let personal = contract.personal_fields();
        let in_key = |pointer: &String| {
            let top = pointer.split('/').nth(1).unwrap_or_default().replace("~1", "/").replace("~0", "~");
            key.contains(&top)
        };
        let hidden = key.is_empty() || personal.iter().any(in_key);
        Self {
            hidden,
            key,
            mask: Mask::of(contract),
            names: KnownNames::of_schema(&contract.schemas.emits),
            secret,
        }
    }

    /// Where a record stands, before equal ones are told apart; the name of a missing part of its key otherwise.
    fn position(&self, record: &Value, line: &[u8]) -> Result<Position, &str> {
        if self.key.is_empty() {
            return Ok(Position::Hidden(self.secret.hide(line), 0));
        }
        let part = |name: &'_ String| record.get(name).filter(|value| !value.is_null()).map(KeyPart::of);
        let mut parts = Vec::with_capacity(self.key.len());
        for name in &self.key {
            parts.push(part(name).ok_or(name.as_str())?);
        }
        if !self.hidden {
            return Ok(Position::Open(parts));
        }
        let text = Value::from(parts.iter().map(KeyPart::to_value).collect::<Vec<_>>()).to_string();
        Ok(Position::Hidden(self.secret.hide(text.as_bytes()), 0))
    }
}

/// The records of a product at one moment.
#[derive(Debug)]
pub(crate) struct Snapshot {
    positions: Vec<Position>,
    clear: Lines,
    masked: Option<Lines>,
    pub(crate) aside: Aside,
    pub(crate) loaded_at: SystemTime,
    loaded: Instant,
}

/// What was set aside because it breaks the product's promises: how often, by place and rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Aside {
    pub(crate) records: u64,
    pub(crate) breaches: BTreeMap<Breach, u64>,
}

/// One promise that records break.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Breach {
    pub(crate) pointer: String,
    pub(crate) rule: String,
    pub(crate) promised: String,
}

/// Lines of JSON, one behind the other.
#[derive(Debug, Default)]
struct Lines {
    bytes: Bytes,
    ends: Vec<usize>,
}

impl Lines {
    fn of(lines: impl Iterator<Item = Vec<u8>>) -> Self {
        let (mut bytes, mut ends) = (Vec::new(), Vec::new());
        for line in lines {
            bytes.extend_from_slice(&line);
            bytes.push(b'\n');
            ends.push(bytes.len());
        }
        Self { bytes: Bytes::from(bytes), ends }
    }

    fn slice(&self, from: usize, to: usize) -> Bytes {
        let end = |count: usize| if count == 0 { 0 } else { self.ends[count - 1] };
        self.bytes.slice(end(from)..end(to))
    }
}

/// Whether a reader may see personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sight {
    Clear,
    Masked,
}

/// Some records in order.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) lines: Bytes,
    /// Where to go on, when there is more.
    pub(crate) last: Option<Position>,
}

struct Entry {
    position: Position,
    clear: Vec<u8>,
    masked: Option<Vec<u8>>,
}

impl Snapshot {
    /// Writes and orders records. What breaks the promises of its type, has no key, or repeats one, is set aside.
    pub(crate) fn build<P: DataProduct>(records: Vec<P>, plan: &Plan) -> Self {
        let mut aside = Aside::default();
        let mut entries = Vec::with_capacity(records.len());
        for record in records {
            match entry(&record, plan) {
                Ok(entry) => entries.push(entry),
                Err(breaches) => aside.add(breaches),
            }
        }
        if plan.key.is_empty() {
            tell_apart(&mut entries);
        }
        // A stable sort: of records with one key, the source's first is kept.
        entries.sort_by(|left, right| left.position.cmp(&right.position));
        let mut kept: Vec<Entry> = Vec::with_capacity(entries.len());
        for entry in entries {
            if kept.last().is_some_and(|last| last.position == entry.position) {
                aside.add(vec![Breach {
                    pointer: format!("/{}", plan.key.join(",/")),
                    rule: "unique-key".to_owned(),
                    promised: "no two records have the same key".to_owned(),
                }]);
            } else {
                kept.push(entry);
            }
        }
        let masked =
            plan.mask.is_some().then(|| Lines::of(kept.iter_mut().filter_map(|entry| entry.masked.take())));
        let mut positions = Vec::with_capacity(kept.len());
        let clear = Lines::of(kept.into_iter().map(|Entry { position, clear, .. }| {
            positions.push(position);
            clear
        }));
        Self { positions, clear, masked, aside, loaded_at: SystemTime::now(), loaded: Instant::now() }
    }

    pub(crate) fn len(&self) -> usize {
        self.positions.len()
    }

    pub(crate) fn age(&self) -> std::time::Duration {
        self.loaded.elapsed()
    }

    /// At most so many records behind a position.
    pub(crate) fn page(&self, after: Option<&Position>, limit: usize, sight: Sight) -> Page {
        let from = after.map_or(0, |after| self.positions.partition_point(|position| position <= after));
        let to = from.saturating_add(limit).min(self.len());
        let lines = match (sight, &self.masked) {
            (Sight::Masked, Some(masked)) => masked,
            _ => &self.clear,
        };
        let more = to > from && to < self.len();
        Page { lines: lines.slice(from, to), last: more.then(|| self.positions[to - 1].clone()) }
    }
}

fn entry<P: DataProduct>(record: &P, plan: &Plan) -> Result<Entry, Vec<Breach>> {
    record.validate().map_err(|violations| {
        let breach = |violation: &crate::validate::Violation| Breach {
            pointer: plan.names.without_data(&violation.pointer),
            rule: violation.keyword.to_owned(),
            promised: violation.promised.clone(),
        };
        violations.as_slice().iter().map(breach).collect::<Vec<_>>()
    })?;
    let broken = |rule: &str, pointer: String, promised: &str| {
        vec![Breach { pointer, rule: rule.to_owned(), promised: promised.to_owned() }]
    };
    let unwritable = |_| broken("write", String::new(), "a record can be written as JSON");
    let mut clear = serde_json::to_vec(record).map_err(unwritable)?;
    let value: Value = serde_json::from_slice(&clear).map_err(unwritable)?;
    if clear.contains(&b'\n') {
        // Raw JSON that a record carries may hold line feeds, which end a line.
        clear = value.to_string().into_bytes();
    }
    let position = plan
        .position(&value, &clear)
        .map_err(|name| broken("key", format!("/{name}"), "every part of the key is there"))?;
    let masked = plan.mask.as_ref().map(|mask| mask.apply(value).to_string().into_bytes());
    Ok(Entry { position, clear, masked })
}

/// Numbers records that are equal in all.
fn tell_apart(entries: &mut [Entry]) {
    let mut counts: HashMap<mesh_contract::Digest, u32> = HashMap::new();
    for entry in entries {
        if let Position::Hidden(digest, number) = &mut entry.position {
            let count = counts.entry(*digest).or_default();
            *number = *count;
            *count += 1;
        }
    }
}

impl Aside {
    fn add(&mut self, breaches: Vec<Breach>) {
        self.records += 1;
        for breach in breaches {
            *self.breaches.entry(breach).or_default() += 1;
        }
    }
}
