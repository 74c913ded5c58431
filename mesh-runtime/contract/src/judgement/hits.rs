//! What the rules find between earlier versions, readers, and the new version of a contract.

use std::cell::OnceCell;

use serde_json::Value;

use super::breaks::{Answer, Breaks, Ledger, Side, breaks, breaks_of};
use super::change::{Change, Seen};
use super::finding::Reader;
use super::place::{field_of, opened};
use super::rule::{Check, Found, Rule};
use super::rules;
use crate::judge::{Validator, Written};
use crate::{Contract, ContractVersion, Expectation};

/// What a rule found, against whom.
#[derive(Debug, Clone)]
pub(super) struct Hit {
    pub(super) rule: &'static Rule,
    pub(super) seen: Seen,
    pub(super) against: Option<ContractVersion>,
    pub(super) reader: Option<Reader>,
    pub(super) witness: Option<Witness>,
    pub(super) side: Option<Side>,
}

/// A record, and the part of it that is refused.
#[derive(Debug, Clone)]
pub(super) struct Witness {
    pub(super) record: Value,
    pub(super) guilty: String,
}

impl Hit {
    fn same(&self, other: &Self) -> bool {
        self.rule.id == other.rule.id
            && self.seen.place == other.seen.place
            && self.seen.key == other.seen.key
    }
}

/// The earlier versions that count for a new one.
pub(super) struct Line<'c> {
    /// The highest earlier version of all: what the step is measured from.
    pub(super) base: &'c Contract,
    /// The earlier versions of the line, from low to high; the base alone where the new version starts a line.
    pub(super) versions: Vec<&'c Contract>,
}

impl<'c> Line<'c> {
    /// Pre-releases promise nothing to the versions behind them, so they count for none.
    pub(super) fn of(old: &'c [Contract], new: &Contract) -> Option<Self> {
        let mut earlier: Vec<&Contract> = old
            .iter()
            .filter(|it| {
                it.address == new.address && it.version <= new.version && !it.version.is_prerelease()
            })
            .collect();
        earlier.sort_by(|one, other| one.version.cmp(&other.version));
        earlier.dedup_by(|one, other| one.version == other.version);
        let base = *earlier.last()?;
        let mut versions: Vec<&Contract> =
            earlier.into_iter().filter(|it| it.version.same_line(&new.version)).collect();
        if versions.is_empty() {
            versions.push(base);
        }
        Some(Self { base, versions })
    }
}

/// What everything between a line and its new version has to say.
pub(super) fn of_line(
    line: &Line<'_>,
    new: &Contract,
    emits: &mut Option<Written<'_>>,
    ledger: &mut Ledger,
) -> Vec<Hit> {
    let mut hits: Vec<Hit> = Vec::new();
    let mut readers_seen: Vec<Value> = Vec::new();
    for old in line.versions.iter().rev() {
        let change = Change::between(old, new);
        let mut found = of_versions(&change);
        let reader = opened(&old.schemas.emits);
        let is_new = !readers_seen.contains(&reader);
        if is_new {
            found.extend(of_both_sides(old, new, &reader, &change, emits, ledger));
        }
        if !found.is_empty() && old.version != line.base.version {
            let change = Change::between(old, line.base);
            let mut done = of_versions(&change);
            if found.iter().any(|hit| hit.side.is_some()) {
                done.extend(of_both_sides(old, line.base, &reader, &change, &mut None, ledger));
            }
            // What the last version had done to an earlier one already.
            found.retain(|hit| !done.iter().any(|it| it.same(hit)));
        }
        if is_new {
            readers_seen.push(reader);
        }
        hits.extend(found.into_iter().map(|hit| Hit { against: Some(old.version.clone()), ..hit }));
    }
    hits
}

/// What readers of an earlier version, and records of it, have to say.
fn of_both_sides(
    old: &Contract,
    new: &Contract,
    reader: &Value,
    change: &Change<'_>,
    emits: &mut Option<Written<'_>>,
    ledger: &mut Ledger,
) -> Vec<Hit> {
    let pair = |side, written, read| Pair { side, written, read, registered: false, change: Some(change) };
    let mut hits = of_compiled(pair(Side::Readers, &new.schemas.emits, reader), emits.as_mut(), ledger);
    hits.extend(of_schemas(pair(Side::Replay, &old.schemas.emits, &new.schemas.accepts), ledger));
    hits
}

fn of_versions(change: &Change<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut seen = Vec::new();
    for rule in rules::ALL {
        if let Check::Versions(look) = rule.check {
            look(change, &mut seen);
            hits.extend(seen.drain(..).map(|seen| hit(rule, seen)));
        }
    }
    hits
}

fn hit(rule: &'static Rule, seen: Seen) -> Hit {
    Hit { rule, seen, against: None, reader: None, witness: None, side: None }
}

/// What is written, and who reads it.
#[derive(Clone, Copy)]
pub(super) struct Pair<'a> {
    pub(super) side: Side,
    pub(super) written: &'a Value,
    pub(super) read: &'a Value,
    /// Whether the reader is registered.
    pub(super) registered: bool,
    /// The contracts, where there are any.
    pub(super) change: Option<&'a Change<'a>>,
}

/// What one schema permits and another one refuses, each place named by a rule.
pub(super) fn of_schemas(pair: Pair<'_>, ledger: &mut Ledger) -> Vec<Hit> {
    named(pair, breaks(pair.side, pair.written, pair.read, ledger))
}

/// The same, where what is written is compiled already.
fn of_compiled(pair: Pair<'_>, compiled: Option<&mut Written<'_>>, ledger: &mut Ledger) -> Vec<Hit> {
    match compiled {
        Some(compiled) => named(pair, breaks_of(pair.side, compiled, pair.read, ledger)),
        None => of_schemas(pair, ledger),
    }
}

/// The rules that know what breaks.
fn named(pair: Pair<'_>, breaks: Breaks) -> Vec<Hit> {
    let Pair { side, written, read, registered, change } = pair;
    let mut hits: Vec<Hit> = Vec::new();
    for at in breaks.found {
        let field = match change {
            Some(change) => field_of(&at.pointer, change.pointers()),
            None => field_of(&at.pointer, std::iter::empty()),
        };
        let found = Found { at: &at, field: &field, written, read, registered, change };
        if let Some((rule, seen)) = rules::name(&found) {
            let witness = Witness { record: at.witness.clone(), guilty: at.pointer.clone() };
            let hit = Hit { witness: Some(witness), side: Some(side), ..hit(rule, seen) };
            if !hits.iter().any(|it| it.same(&hit)) {
                hits.push(hit);
            }
        }
    }
    if let Some(reason) = breaks.unproven {
        let seen = rules::undecided::seen(side, reason);
        hits.push(Hit { side: Some(side), ..hit(&rules::undecided::RULE, seen) });
    }
    hits
}

/// What the earlier versions wrote, compiled when somebody asks.
pub(super) struct Writers<'c> {
    versions: Vec<(&'c Contract, OnceCell<Option<Validator>>)>,
}

impl<'c> Writers<'c> {
    pub(super) fn of(line: Option<&Line<'c>>) -> Self {
        let versions = line.map(|line| line.versions.as_slice()).unwrap_or_default();
        Self { versions: versions.iter().map(|version| (*version, OnceCell::new())).collect() }
    }

    /// Whether some version has served a reader that refuses these records: the newest is the likeliest.
    fn have_served(&self, reader: &Expectation, refused: &[&Value], ledger: &mut Ledger) -> bool {
        let asked = self.versions.iter().rev().filter(|(old, _)| reader.requirement.matches(&old.version));
        for (old, compiled) in asked {
            let wrote =
                compiled.get_or_init(|| Validator::compile(&old.schemas.emits, ledger.options()).ok());
            // A record that the version may have written and the reader refuses settles it without a search.
            let wrote_one =
                wrote.as_ref().is_some_and(|wrote| refused.iter().any(|record| wrote.is_valid(record)));
            if !wrote_one && matches!(ledger.contains(&old.schemas.emits, &reader.schema), Answer::Contained)
            {
                return true;
            }
        }
        false
    }
}

/// What one registered reader has to say.
pub(super) fn of_expectation(
    expectation: &Expectation,
    line: Option<&Line<'_>>,
    writers: &Writers<'_>,
    new: &Contract,
    emits: &mut Option<Written<'_>>,
    ledger: &mut Ledger,
) -> Vec<Hit> {
    let (written, read) = (&new.schemas.emits, &expectation.schema);
    let breaks = match emits {
        Some(emits) => breaks_of(Side::Readers, emits, read, ledger),
        None => breaks(Side::Readers, written, read, ledger),
    };
    // Nearly every reader is served, and then nothing else has to be looked at.
    if breaks.is_empty() {
        return Vec::new();
    }
    let base = line.map(|line| Change::between(line.base, new));
    let hits =
        named(Pair { side: Side::Readers, written, read, registered: true, change: base.as_ref() }, breaks);
    let reader = Reader {
        consumer: expectation.consumer.clone(),
        version: expectation.consumer_version.clone(),
        environment: expectation.environment.clone(),
        fields: Vec::new(),
    };
    // A reader whom no version has ever served is not broken by the next one.
    let refused: Vec<&Value> =
        hits.iter().filter_map(|hit| hit.witness.as_ref().map(|witness| &witness.record)).collect();
    let served = line.is_none() || writers.have_served(expectation, &refused, ledger);
    if served {
        let with_reader = |hit: Hit| {
            let fields = vec![hit.seen.place.pointer().to_owned()];
            Hit { reader: Some(Reader { fields, ..reader.clone() }), ..hit }
        };
        return hits.into_iter().map(with_reader).collect();
    }
    let mut pending =
        hit(&rules::expectation_pending::RULE, rules::expectation_pending::seen(expectation, &hits[0].seen));
    pending.reader = Some(reader);
    pending.witness = hits.into_iter().find_map(|hit| hit.witness);
    vec![pending]
}
