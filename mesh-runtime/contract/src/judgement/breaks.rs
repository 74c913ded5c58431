//! Where what one schema permits is refused by another: every place of it, not only the first.
//!
//! The judge gives one witness. Where it breaks the reader's schema, that keyword is taken out of the reader's schema, and
//! the judge is asked again, until everything is contained. So each round finds another place, and the last one proves
//! that there are no more.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::place::last_step;
use super::variants::unknown_variant;
use crate::judge::{
    Containment, Options, Report, SchemaError, Steps, Validator, Violation, Written, contains,
};

/// Steps of work that are left for a judgement.
#[derive(Debug)]
pub(crate) struct Ledger {
    left: u64,
    spent: u64,
    options: Options,
}

impl Ledger {
    pub(crate) fn new(steps: Steps, options: Options) -> Self {
        Self { left: steps.0, spent: 0, options }
    }

    pub(crate) fn spent(&self) -> Steps {
        Steps(self.spent)
    }

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    /// Asks the judge, as far as the budget goes.
    pub(crate) fn contains(&mut self, sub: &Value, sup: &Value) -> Answer {
        let options = self.options;
        self.ask(sub, sup, &options)
    }

    /// Whether containment is proved, with other options.
    pub(crate) fn is_contained_as(&mut self, sub: &Value, sup: &Value, options: &Options) -> bool {
        matches!(self.ask(sub, sup, options), Answer::Contained)
    }

    /// Asks the judge about a schema that is compiled already, as far as the budget goes.
    pub(crate) fn is_within(&mut self, sub: &mut Written<'_>, sup: &Value) -> Answer {
        let steps = Steps(self.left.min(self.options.steps.0));
        let report = sub.is_within(sup, steps);
        self.told(report)
    }

    /// Whether something is proved that may have been asked before. It costs the same steps each time, so that a
    /// judgement does not depend on who remembers what.
    pub(crate) fn recalls(&mut self, known: Known) -> bool {
        match known {
            Known::Equal => true,
            Known::Asked { steps, .. } if steps > self.left => false,
            Known::Asked { proved, steps } => {
                self.spend(steps);
                proved
            }
        }
    }

    fn spend(&mut self, steps: u64) {
        self.left = self.left.saturating_sub(steps);
        self.spent = self.spent.saturating_add(steps);
    }

    fn ask(&mut self, sub: &Value, sup: &Value, options: &Options) -> Answer {
        let options = options.with_steps(Steps(self.left.min(options.steps.0)));
        self.told(contains(sub, sup, &options))
    }

    fn told(&mut self, report: Result<Report, SchemaError>) -> Answer {
        match report {
            Ok(report) => {
                self.spend(report.steps.0);
                match report.containment {
                    Containment::Contained => Answer::Contained,
                    Containment::NotContained { witness } => Answer::Refuted(witness),
                    Containment::Unproven { reason } => Answer::Open(reason.to_string()),
                }
            }
            Err(error) => Answer::Open(error.to_string()),
        }
    }
}

/// What was found out about two schemas, whatever is left of a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    /// They are the same.
    Equal,
    /// Whether the first is proved to be within the second, and what asking took.
    Asked {
        /// Whether it is.
        proved: bool,
        /// The steps.
        steps: u64,
    },
}

impl Known {
    pub(crate) fn of(sub: &Value, sup: &Value, options: &Options) -> Self {
        if sub == sup {
            return Self::Equal;
        }
        let mut ledger = Ledger::new(options.steps, *options);
        let proved = matches!(ledger.contains(sub, sup), Answer::Contained);
        Self::Asked { proved, steps: ledger.spent().0 }
    }
}

/// What the judge says of two schemas, one of which may be none at all.
pub(crate) enum Answer {
    Contained,
    Refuted(Value),
    Open(String),
}

/// Whose answer it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// Readers of an earlier version meet records of the new one.
    Readers,
    /// The new version meets records of an earlier one.
    Replay,
}

/// One place where a record is refused.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Break {
    pub(crate) side: Side,
    /// The guilty part of the witness.
    pub(crate) pointer: String,
    /// The keyword that refuses it.
    pub(crate) keyword: &'static str,
    /// The schema that holds the keyword, in the refusing document.
    pub(crate) schema: String,
    /// The record.
    pub(crate) witness: Value,
}

impl Break {
    /// The guilty part itself; nothing where a member is missing.
    pub(crate) fn value(&self) -> Option<&Value> {
        self.witness.pointer(&self.pointer)
    }
}

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Breaks {
    pub(crate) found: Vec<Break>,
    /// Why there may be more.
    pub(crate) unproven: Option<String>,
}

impl Breaks {
    /// Whether everything is contained, and that is proved.
    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty() && self.unproven.is_none()
    }
}

/// More places than this are not told one by one: nobody reads them.
const MOST: usize = 64;

/// Every place where an instance of `sub` is refused by `sup`.
pub(crate) fn breaks(side: Side, sub: &Value, sup: &Value, ledger: &mut Ledger) -> Breaks {
    match Written::compile(sub, ledger.options()) {
        Ok(mut sub) => breaks_of(side, &mut sub, sup, ledger),
        Err(error) => Breaks { found: Vec::new(), unproven: Some(error.to_string()) },
    }
}

/// The same for a schema that is compiled already.
pub(crate) fn breaks_of(side: Side, sub: &mut Written<'_>, sup: &Value, ledger: &mut Ledger) -> Breaks {
    let mut breaks = Breaks::default();
    let mut relaxed = None;
    for _ in 0..MOST {
        let reader = relaxed.as_ref().unwrap_or(sup);
        match ledger.is_within(sub, reader) {
            Answer::Contained => return breaks,
            Answer::Open(reason) => {
                breaks.unproven = Some(reason);
                return breaks;
            }
            Answer::Refuted(witness) => {
                let violations = match Validator::compile(reader, ledger.options()) {
                    Ok(validator) => validator.validate(&witness).err().unwrap_or_default(),
                    Err(_) => Vec::new(),
                };
                let mut reader = reader.clone();
                let mut moved = false;
                for violation in innermost(violations, &witness, &reader) {
                    let found = Break {
                        side,
                        pointer: violation.pointer,
                        keyword: violation.keyword,
                        schema: violation.schema,
                        witness: witness.clone(),
                    };
                    moved |= relax(&mut reader, &found);
                    breaks.found.push(found);
                }
                if breaks.found.is_empty() {
                    let (pointer, schema) = (String::new(), String::new());
                    breaks.found.push(Break { side, pointer, keyword: "schema", schema, witness });
                }
                if !moved {
                    return breaks;
                }
                relaxed = Some(reader);
            }
        }
    }
    breaks
}

/// The violations that tell most: of a value that fits no branch of a union, what keeps it from the branch that is nearest,
/// unless it is a variant that the union does not know at all.
fn innermost(violations: Vec<Violation>, witness: &Value, reader: &Value) -> Vec<Violation> {
    let mut told = Vec::new();
    for mut violation in violations {
        let nearest = std::mem::take(&mut violation.nearest);
        let value = witness.pointer(&violation.pointer);
        let schema = reader.pointer(&violation.schema);
        let unknown = value.zip(schema).is_some_and(|(value, schema)| {
            value.is_null() || unknown_variant(value, reader, schema, violation.keyword).is_some()
        });
        if nearest.is_empty() || unknown {
            told.push(violation);
        } else {
            told.extend(innermost(nearest, witness, reader));
        }
    }
    told
}

/// Takes out of a schema what refused a value. Tells whether it was there.
fn relax(reader: &mut Value, found: &Break) -> bool {
    let Some(schema) = reader.pointer_mut(&found.schema) else { return false };
    match schema {
        Value::Bool(false) => {
            *schema = Value::Bool(true);
            true
        }
        Value::Object(members) if found.keyword == "required" => {
            let missing = last_step(&found.pointer).map(|(_, name)| name);
            let Some(names) = members.get_mut("required").and_then(Value::as_array_mut) else { return false };
            let before = names.len();
            names.retain(|name| name.as_str() != missing.as_deref());
            names.len() < before
        }
        Value::Object(members) => members.remove(found.keyword).is_some(),
        _ => false,
    }
}
