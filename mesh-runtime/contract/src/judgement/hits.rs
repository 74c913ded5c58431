//! What the rules find between earlier versions, readers, and the new version of a contract.

use std::cell::OnceCell;

use serde_json::Value;

use super::breaks::{Answer, Breaks, Ledger, Side, breaks, breaks_of};
use super::change::{Change, Seen};
use super::earlier::{Follows, Line, Prepared};
use super::finding::Reader;
use super::place::field_of;
use super::rule::{Check, Found, Rule};
use super::rules;
use crate::judge::Written;
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

/// What the new version may write, compiled when somebody asks.
pub(super) struct Emitted<'c> {
    schema: &'c Value,
    compiled: OnceCell<Option<Written<'c>>>,
}

impl<'c> Emitted<'c> {
    pub(super) fn of(schema: &'c Value) -> Self {
        Self { schema, compiled: OnceCell::new() }
    }

    /// Every place where a reader refuses it.
    fn breaks(&mut self, read: &Value, ledger: &mut Ledger) -> Breaks {
        let (schema, options) = (self.schema, ledger.options());
        self.compiled.get_or_init(|| Written::compile(schema, options).ok());
        match self.compiled.get_mut() {
            Some(Some(compiled)) => breaks_of(Side::Readers, compiled, read, ledger),
            _ => breaks(Side::Readers, schema, read, ledger),
        }
    }
}

/// What everything between a line and its new version has to say.
pub(super) fn of_line(
    line: &Line<'_>,
    new: &Prepared<'_>,
    emits: &mut Emitted<'_>,
    ledger: &mut Ledger,
) -> Vec<Hit> {
    let base = line.base.contract();
    let change = Change::between(base, new.contract());
    let mut hits = of_versions(&change);
    let same = base.schemas == new.contract().schemas;
    let mut above = if same && new.goes_with(line.base, ledger) {
        Proved { readers: true, records: true }
    } else {
        of_both_sides(Asking::Everything, line.base, new.contract(), emits, ledger, &mut hits)
    };
    hits.retain(|hit| counts(line.base, hit));
    for hit in &mut hits {
        hit.against = Some(base.version.clone());
    }
    let look = Look {
        places: change.moved(),
        // What is not as it was in the last version is all that can differ from an earlier one in another way than it did
        // before, and that is not held against the new version.
        meaning: differ(base, new.contract()),
        schemas: !same,
    };
    let earlier = if look.meaning || look.schemas { line.versions.len().saturating_sub(1) } else { 0 };
    for index in (0..earlier).rev() {
        let old = &line.versions[index];
        let mut found = Vec::new();
        if look.meaning {
            found.extend(of_versions(&Change::at(old, new, &look.places)));
        }
        if look.schemas {
            let next = &line.versions[index + 1];
            let readers = line.readers_follow(index, ledger).heard(next.is_read());
            let records = line.records_follow(index, ledger).heard(next.has_records());
            let asking = Asking::Following { readers, records, above };
            above = of_both_sides(asking, old, new.contract(), emits, ledger, &mut found);
        }
        if !found.is_empty() {
            // What the last version had done to an earlier one already.
            let mut done = of_versions(&Change::at(old, line.base, &look.places));
            if found.iter().any(|hit| hit.side.is_some()) {
                let mut emits = Emitted::of(&base.schemas.emits);
                of_both_sides(Asking::Everything, old, base, &mut emits, ledger, &mut done);
            }
            found.retain(|hit| !done.iter().any(|it| it.same(hit)));
        }
        let against = &old.contract().version;
        let counted = found.into_iter().filter(|hit| counts(old, hit));
        hits.extend(counted.map(|hit| Hit { against: Some(against.clone()), ..hit }));
    }
    hits
}

/// Whether there is anybody whom a difference from an earlier version may hurt.
fn counts(old: &Prepared<'_>, hit: &Hit) -> bool {
    if hit.side == Some(Side::Replay) { old.has_records() } else { old.is_read() }
}

/// Where earlier versions have to be looked at.
struct Look<'c> {
    /// The fields that the new version has changed.
    places: Vec<&'c str>,
    /// Whether it has changed anything that rules compare.
    meaning: bool,
    /// Whether it has changed a schema.
    schemas: bool,
}

/// Whether two versions differ in anything but their number, their schemas and what rules do not know. Each member is named
/// here, so that none can be forgotten.
fn differ(old: &Contract, new: &Contract) -> bool {
    let Contract {
        mesh: _,
        address: _,
        version: _,
        description,
        kind,
        stability,
        domain,
        service,
        purpose,
        terms,
        tags,
        deprecated,
        levels,
        key,
        ports,
        inputs,
        root,
        types,
        schemas: _,
        examples,
        extensions: _,
    } = old;
    (description, kind, stability, purpose) != (&new.description, &new.kind, &new.stability, &new.purpose)
        || (domain, service, terms, tags) != (&new.domain, &new.service, &new.terms, &new.tags)
        || (deprecated, levels, key, ports) != (&new.deprecated, &new.levels, &new.key, &new.ports)
        || (inputs, root, types, examples) != (&new.inputs, &new.root, &new.types, &new.examples)
}

/// What both sides of a version are asked.
#[derive(Clone, Copy)]
enum Asking {
    /// Whatever they have to say.
    Everything,
    /// What does not follow from the version above.
    Following { readers: Follows, records: Follows, above: Proved },
}

/// What is proved of a version: that nothing hurts its readers, and that its records are taken.
#[derive(Clone, Copy)]
struct Proved {
    readers: bool,
    records: bool,
}

/// What readers of an earlier version, and records of it, have to say.
fn of_both_sides(
    asking: Asking,
    old: &Prepared<'_>,
    new: &Contract,
    emits: &mut Emitted<'_>,
    ledger: &mut Ledger,
    hits: &mut Vec<Hit>,
) -> Proved {
    let mut proved = Proved { readers: true, records: true };
    let (ask_readers, ask_records) = match asking {
        Asking::Everything => (true, true),
        Asking::Following { readers, records, above } => {
            // Of equal schemas one is asked, whatever it says.
            proved = Proved {
                readers: above.readers || readers != Follows::Equal,
                records: above.records || records != Follows::Equal,
            };
            let ask = |follows: Follows, above: bool| match follows {
                Follows::Equal => false,
                Follows::Proved => !above,
                Follows::No => true,
            };
            (ask(readers, above.readers), ask(records, above.records))
        }
    };
    let mut told = |side, written, read, breaks: Breaks| {
        let nothing = breaks.is_empty();
        if !nothing {
            let change = Change::between(old.contract(), new);
            let pair = Pair { side, written, read, registered: false, change: Some(&change) };
            hits.extend(named(pair, breaks));
        }
        nothing
    };
    if ask_readers {
        let read = old.reader();
        let breaks = emits.breaks(read, ledger);
        proved.readers = told(Side::Readers, &new.schemas.emits, read, breaks);
    }
    if ask_records {
        let (written, read) = (&old.contract().schemas.emits, &new.schemas.accepts);
        let breaks = breaks(Side::Replay, written, read, ledger);
        proved.records = told(Side::Replay, written, read, breaks);
    }
    proved
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

/// Whether some version has served a reader that refuses these records: the newest is the likeliest.
fn have_served(line: &Line<'_>, reader: &Expectation, refused: &[&Value], ledger: &mut Ledger) -> bool {
    let versions = line.versions.iter().rev();
    let mut asked = versions.filter(|old| reader.requirement.matches(&old.contract().version));
    asked.any(|old| {
        // A record that the version may have written and the reader refuses settles it without a search.
        let wrote_one = refused.iter().any(|record| old.may_have_written(record));
        let emits = &old.contract().schemas.emits;
        !wrote_one && matches!(ledger.contains(emits, &reader.schema), Answer::Contained)
    })
}

/// What one registered reader has to say.
pub(super) fn of_expectation(
    expectation: &Expectation,
    line: Option<&Line<'_>>,
    new: &Contract,
    emits: &mut Emitted<'_>,
    ledger: &mut Ledger,
) -> Vec<Hit> {
    let (written, read) = (&new.schemas.emits, &expectation.schema);
    let breaks = emits.breaks(read, ledger);
    // Nearly every reader is served, and then nothing else has to be looked at.
    if breaks.is_empty() {
        return Vec::new();
    }
    let base = line.map(|line| Change::between(line.base.contract(), new));
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
    let served = line.is_none_or(|line| have_served(line, expectation, &refused, ledger));
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
