//! The records of a product at one moment, written and ordered, ready to be cut into pages without copying.

use std::collections::{BTreeMap, HashMap};
use std::time::{Instant, SystemTime};

use bytes::Bytes;
use mesh_contract::Contract;
use serde_json::Value;

use super::mask::Mask;
use super::position::{KeyPart, Position, Secret};
use super::reach::{Reach, Tree};
use super::scope::Scope;
use crate::client::KnownNames;
use crate::product::DataProduct;
use crate::validate::Validate;

/// How the records of one product become a snapshot.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) key: Vec<String>,
    hidden: bool,
    /// The member that tells whose record it is, where several customers share the product.
    pub(crate) tenant: Option<String>,
    pub(crate) mask: Option<Mask>,
    /// Where personal data stands.
    pub(crate) personal: Tree,
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
            tenant: contract.tenant().map(str::to_owned),
            mask: Mask::of(contract),
            personal: Tree::of(&personal),
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
    /// The places of each customer's records, in order.
    rows: HashMap<String, Vec<usize>>,
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

    fn line(&self, place: usize) -> &[u8] {
        let start = if place == 0 { 0 } else { self.ends[place - 1] };
        &self.bytes[start..self.ends[place] - 1]
    }

    fn slice(&self, from: usize, to: usize) -> Bytes {
        let end = |count: usize| if count == 0 { 0 } else { self.ends[count - 1] };
        self.bytes.slice(end(from)..end(to))
    }
}

/// What a reader may see.
#[derive(Debug)]
pub(crate) enum Sight {
    /// Everything: the domain's owner.
    Clear,
    /// Everything but personal data.
    Masked,
    /// What a grant names.
    Granted(Scope),
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
    tenant: Option<String>,
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
        let mut rows: HashMap<String, Vec<usize>> = HashMap::new();
        let clear = Lines::of(kept.into_iter().map(|Entry { position, tenant, clear, .. }| {
            if let Some(tenant) = tenant {
                rows.entry(tenant).or_default().push(positions.len());
            }
            positions.push(position);
            clear
        }));
        Self { positions, clear, masked, rows, aside, loaded_at: SystemTime::now(), loaded: Instant::now() }
    }

    pub(crate) fn len(&self) -> usize {
        self.positions.len()
    }

    pub(crate) fn age(&self) -> std::time::Duration {
        self.loaded.elapsed()
    }

    /// At most so many records behind a position.
    pub(crate) fn page(&self, after: Option<&Position>, limit: usize, sight: &Sight, plan: &Plan) -> Page {
        match sight {
            Sight::Clear => self.slice(after, limit, &self.clear),
            Sight::Masked => self.slice(after, limit, self.masked.as_ref().unwrap_or(&self.clear)),
            Sight::Granted(scope) if scope.rows().is_none() && scope.is_whole() => {
                self.slice(after, limit, &self.clear)
            }
            Sight::Granted(scope) => self.shown(after, limit, scope, plan),
        }
    }

    fn slice(&self, after: Option<&Position>, limit: usize, lines: &Lines) -> Page {
        let from = after.map_or(0, |after| self.positions.partition_point(|position| position <= after));
        let to = from.saturating_add(limit).min(self.len());
        let more = to > from && to < self.len();
        Page { lines: lines.slice(from, to), last: more.then(|| self.positions[to - 1].clone()) }
    }

    /// The same from the records that a grant is for, each as its reader sees it. Others' records count for nothing here: neither
    /// the end of a page nor whether there is more depends on them.
    fn shown(&self, after: Option<&Position>, limit: usize, scope: &Scope, plan: &Plan) -> Page {
        let own = scope.rows().map(|rows| self.rows.get(rows).map(Vec::as_slice).unwrap_or_default());
        let count = own.map_or(self.len(), <[usize]>::len);
        let place = |nth: usize| own.map_or(nth, |own| own[nth]);
        let is_before = |place: usize| after.is_some_and(|after| self.positions[place] <= *after);
        let from = match own {
            Some(own) => own.partition_point(|place| is_before(*place)),
            None => after.map_or(0, |after| self.positions.partition_point(|position| position <= after)),
        };
        let to = from.saturating_add(limit).min(count);
        let mut lines = Vec::new();
        for nth in from..to {
            let clear = self.clear.line(place(nth));
            if scope.is_whole() {
                lines.extend_from_slice(clear);
            } else {
                // Every line was read once when it was loaded.
                let record = serde_json::from_slice(clear).unwrap_or_default();
                lines.extend_from_slice(scope.show(plan, record).to_string().as_bytes());
            }
            lines.push(b'\n');
        }
        let more = to > from && to < count;
        Page { lines: Bytes::from(lines), last: more.then(|| self.positions[place(to - 1)].clone()) }
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
    let tenant = plan.tenant.as_ref().and_then(|name| row_of(value.get(name)?));
    let masked = plan.mask.as_ref().map(|mask| mask.apply(value, &Reach::Outside).to_string().into_bytes());
    Ok(Entry { position, tenant, clear, masked })
}

/// Whose record it is, as a grant writes it.
fn row_of(tenant: &Value) -> Option<String> {
    match tenant {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
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
