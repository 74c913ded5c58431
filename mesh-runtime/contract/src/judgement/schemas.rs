//! The judgement of two plain JSON Schemas, for tools that know no contract.

use std::collections::BTreeSet;

use serde_json::Value;

use super::breaks::{Ledger, Side};
use super::hits::{Hit, Pair, of_schemas};
use super::place::{schemas_of, shown, step};
use super::rules;
use super::{Step, Steps, Verdict};
use crate::digest::without_prose;
use crate::judge::Options;

/// How plain schemas are read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Reading {
    /// What is written is the schema closed; what reads is the schema as it is written. So a new field hurts nobody who
    /// ignores what it does not know, and what a schema says itself of members that it does not name holds on both sides.
    #[default]
    TolerantReader,
    /// Both sides as they are written.
    AsWritten,
}

/// What is said of two schemas.
#[derive(Debug, Clone, PartialEq)]
pub struct SchemaJudgement {
    /// The version step that the change needs; nothing when that is not proved.
    pub step: Option<Step>,
    /// Whether readers of the old schema take all that the new one permits.
    pub readers: Sided,
    /// Whether the new schema takes all that the old one permits.
    pub replay: Sided,
    /// What was found, each place named by its rule, sorted.
    pub findings: Vec<SchemaFinding>,
    /// The steps of work that it took.
    pub steps: Steps,
}

/// The answer for one side.
#[derive(Debug, Clone, PartialEq)]
pub struct Sided {
    /// The answer.
    pub verdict: Verdict,
    /// A value that is permitted on one side and refused on the other.
    pub witness: Option<Value>,
    /// Why it stays open.
    pub reason: Option<String>,
}

/// One difference between two schemas.
#[derive(Debug, Clone, PartialEq)]
pub struct SchemaFinding {
    /// The rule that names it.
    pub rule: &'static str,
    /// The version step that it requires.
    pub step: Step,
    /// JSON pointer to the place in a value; `*` stands for each item of a list.
    pub pointer: String,
    /// What happened.
    pub message: String,
    /// A value that shows it.
    pub witness: Option<Value>,
}

/// Judges the change from one JSON Schema to another.
///
/// ```
/// use mesh_contract::judge::Options;
/// use mesh_contract::judgement::{BUDGET, Reading, Step, Verdict, judge_schemas};
/// use serde_json::json;
///
/// let old = json!({ "properties": { "id": { "type": "integer" } }, "required": ["id"] });
/// let mut new = old.clone();
/// new["properties"]["note"] = json!({ "type": "string" });
/// let judgement = judge_schemas(&old, &new, Reading::TolerantReader, &Options::default(), BUDGET);
/// assert_eq!(judgement.step, Some(Step::Minor));
/// new["properties"]["id"] = json!({ "type": "string" });
/// let judgement = judge_schemas(&old, &new, Reading::TolerantReader, &Options::default(), BUDGET);
/// assert_eq!((judgement.step, judgement.readers.verdict), (Some(Step::Major), Verdict::Broken));
/// assert_eq!(judgement.findings[0].rule, "type-changed");
/// ```
pub fn judge_schemas(
    old: &Value,
    new: &Value,
    reading: Reading,
    options: &Options,
    budget: Steps,
) -> SchemaJudgement {
    let written = match reading {
        Reading::TolerantReader => options.closed_sub(),
        Reading::AsWritten => *options,
    };
    let mut ledger = Ledger::new(budget, written);
    let proved = || Sided { verdict: Verdict::Compatible, witness: None, reason: None };
    if old == new || prose_apart(old) == prose_apart(new) {
        let step = if old == new { Step::None } else { Step::Patch };
        return SchemaJudgement {
            step: Some(step),
            readers: proved(),
            replay: proved(),
            findings: Vec::new(),
            steps: Steps(1),
        };
    }
    let pair = |side, written, read| Pair { side, written, read, registered: false, change: None };
    let on_readers = of_schemas(pair(Side::Readers, new, old), &mut ledger);
    let on_replay = of_schemas(pair(Side::Replay, old, new), &mut ledger);
    let (readers, replay) = (sided(&on_readers), sided(&on_replay));
    let mut findings = told(on_readers.into_iter().chain(on_replay));
    if reading == Reading::TolerantReader {
        findings.extend(dropped(old, new));
    }
    findings.sort_by(|one, other| {
        (std::cmp::Reverse(one.step), &one.pointer, one.rule).cmp(&(
            std::cmp::Reverse(other.step),
            &other.pointer,
            other.rule,
        ))
    });
    let step = match readers.verdict.max(replay.verdict) {
        Verdict::Broken => Some(Step::Major),
        // A side is never waived; it would not be proved either.
        Verdict::Unproven | Verdict::Waived => None,
        Verdict::Compatible if findings.is_empty() && same_values(old, new, options, &mut ledger) => {
            Some(Step::Patch)
        }
        Verdict::Compatible => Some(Step::Minor),
    };
    SchemaJudgement { step, readers, replay, findings, steps: ledger.spent() }
}

fn prose_apart(schema: &Value) -> Value {
    let mut schema = schema.clone();
    without_prose(&mut schema);
    schema
}

/// Whether both schemas, as they are written, permit the same values.
fn same_values(old: &Value, new: &Value, options: &Options, ledger: &mut Ledger) -> bool {
    let mut contained = |sub: &Value, sup: &Value| ledger.is_contained_as(sub, sup, options);
    contained(old, new) && contained(new, old)
}

fn sided(hits: &[Hit]) -> Sided {
    let witness = hits.iter().find_map(|hit| hit.witness.as_ref()).map(|witness| witness.record.clone());
    let reason = hits.iter().find_map(|hit| hit.seen.unproven.clone());
    let verdict = match (&witness, &reason) {
        (Some(_), _) => Verdict::Broken,
        (None, Some(_)) => Verdict::Unproven,
        (None, None) => Verdict::Compatible,
    };
    Sided { verdict, witness, reason }
}

fn told(hits: impl Iterator<Item = Hit>) -> Vec<SchemaFinding> {
    let mut findings: Vec<SchemaFinding> = Vec::new();
    for Hit { rule, seen, witness, .. } in hits {
        let pointer = seen.place.pointer().to_owned();
        if findings.iter().all(|it| (it.rule, &it.pointer, &it.message) != (rule.id, &pointer, &seen.message))
        {
            let step = seen.step.unwrap_or(rule.step);
            let witness = witness.map(|witness| witness.record);
            findings.push(SchemaFinding { rule: rule.id, step, pointer, message: seen.message, witness });
        }
    }
    findings
}

/// Members that the old schema names and the new one does not: records still decode, and data is taken away.
fn dropped(old: &Value, new: &Value) -> Vec<SchemaFinding> {
    let rule = &rules::field_dropped::RULE;
    let mut gone: Vec<String> = Vec::new();
    for pointer in members(old) {
        let below = gone.iter().any(|above| pointer.starts_with(&format!("{above}/")));
        if !below && schemas_of(new, &pointer).is_empty() && is_optional(old, &pointer) {
            gone.push(pointer);
        }
    }
    gone.into_iter()
        .map(|pointer| SchemaFinding {
            rule: rule.id,
            step: rule.step,
            message: format!("{} is gone; it was optional, so records still decode", shown(&pointer)),
            pointer,
            witness: None,
        })
        .collect()
}

fn is_optional(document: &Value, pointer: &str) -> bool {
    let Some((above, name)) = super::place::last_step(pointer) else { return false };
    schemas_of(document, above).iter().filter_map(|at| document.pointer(at)).all(|schema| {
        let listed = schema.get("required").and_then(Value::as_array);
        !listed.is_some_and(|names| names.iter().any(|it| it.as_str() == Some(&name)))
    })
}

/// The pointers of the members that a schema names, from the root down. A schema is not entered again below itself.
fn members(document: &Value) -> Vec<String> {
    let mut found = BTreeSet::new();
    let mut above = Vec::new();
    collect(document, "", &mut above, &mut found);
    found.into_iter().collect()
}

/// Members below this depth, and beyond this many, are not told one by one.
const DEEPEST: usize = 16;
const MOST: usize = 20_000;

fn collect(document: &Value, pointer: &str, above: &mut Vec<String>, found: &mut BTreeSet<String>) {
    if above.len() > DEEPEST * 4 || pointer.matches('/').count() > DEEPEST {
        return;
    }
    for at in schemas_of(document, pointer) {
        if above.contains(&at) || found.len() > MOST {
            continue;
        }
        let Some(schema) = document.pointer(&at) else { continue };
        above.push(at.clone());
        for name in
            schema.get("properties").and_then(Value::as_object).into_iter().flat_map(serde_json::Map::keys)
        {
            let below = step(pointer, name);
            found.insert(below.clone());
            collect(document, &below, above, found);
        }
        if schema.get("items").is_some_and(Value::is_object) {
            collect(document, &format!("{pointer}/*"), above, found);
        }
        above.pop();
    }
}
