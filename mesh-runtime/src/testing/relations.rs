//! The three relations between a type and its two schemas, held on generated values:
//!
//! 1. what is serialised is within *emits*;
//! 2. what *accepts* admits, deserialises;
//! 3. *emits* is within *accepts*.

use std::sync::Arc;

use mesh_contract::judge::{Containment, Instances, Options, Validator, Violation, contains};
use serde_json::Value;

use super::shrink::{shown, shrink};
use super::subject::{Made, Subject};
use super::{Check, Failure, Generation};
use crate::offer::{Offer, RoundTripError};

pub(super) fn checks(subject: &Arc<Subject>, generation: Generation) -> Vec<Check> {
    let check = |what: &str, relation: fn(&Subject, Generation) -> Result<(), Failure>| {
        let subject = Arc::clone(subject);
        Check::new(subject.name.clone(), what, move || relation(&subject, generation))
    };
    vec![
        check("what is written is within emits", written_is_within_emits),
        check("what accepts admits is taken", accepted_is_taken),
        check("emits is within accepts", emits_is_within_accepts),
    ]
}

/// Values that the type may be given, half of them as it would write them.
fn values(made: &Made, Generation { cases, seed }: Generation) -> impl Iterator<Item = Value> {
    let accepted = Instances::of(&made.accepts, seed).take(cases.div_ceil(2));
    let emitted = Instances::of(&made.emits, seed).take(cases / 2);
    accepted.chain(emitted)
}

fn written_is_within_emits(subject: &Subject, generation: Generation) -> Result<(), Failure> {
    let made = subject.made()?;
    let fails = |value: &Value| written_outside(&subject.offer, made, value);
    let mut held = 0_usize;
    for value in values(made, generation) {
        if let Some(told) = fails(&value) {
            let (value, told) = shrink(value, told, fails);
            return Err(format!(
                "read as `{}`, this value\n\n{}\n\n{told}",
                rust_name(&subject.offer),
                shown(&value)
            )
            .into());
        }
        held += usize::from(subject.offer.round_trip(value).is_ok());
    }
    if held == 0 && generation.cases > 0 {
        return Err(
            "no generated value could be read, so nothing was written: see the other relations".into()
        );
    }
    Ok(())
}

fn written_outside(offer: &Offer, made: &Made, value: &Value) -> Option<String> {
    match offer.round_trip(value.clone()) {
        Err(RoundTripError::Read(_)) => None,
        Err(RoundTripError::Write(error)) => Some(format!(
            "cannot be written: {error}; correct its `Serialize`, or narrow the type so that it cannot hold the value"
        )),
        Ok(written) => {
            let broken = made.emits.validate(&written).err()?;
            Some(format!(
                "is written as\n\n{}\n\nwhich the schema of what is written does not admit:\n{}\nCorrect its `Serialize`, or say by \
                 `#[schemars(...)]` what it writes.",
                shown(&written),
                listed(&broken)
            ))
        }
    }
}

fn accepted_is_taken(subject: &Subject, Generation { cases, seed }: Generation) -> Result<(), Failure> {
    let made = subject.made()?;
    let fails = |value: &Value| match subject.offer.round_trip(value.clone()) {
        Err(RoundTripError::Read(error)) if made.accepts.is_valid(value) => Some(error.to_string()),
        _ => None,
    };
    let mut drawn = Instances::of(&made.accepts, seed).take(cases).peekable();
    if drawn.peek().is_none() && cases > 0 {
        return Err(
            "the schema of what is taken admits no value that could be found; no record can be read".into()
        );
    }
    for value in drawn {
        if let Some(told) = fails(&value) {
            let (value, told) = shrink(value, told, fails);
            return Err(format!(
                "the schema of what `{}` takes admits\n\n{}\n\nand reading it fails: {told}\nSay the restriction in the schema, \
                 e.g. by `#[schemars(regex(pattern = \"...\"))]` or `#[schemars(with = \"...\")]`, or take what it admits.",
                rust_name(&subject.offer),
                shown(&value)
            )
            .into());
        }
    }
    Ok(())
}

fn emits_is_within_accepts(subject: &Subject, generation: Generation) -> Result<(), Failure> {
    let made = subject.made()?;
    let schemas = &made.contract.schemas;
    let told = within(&schemas.emits, &made.emits, &schemas.accepts, &made.accepts, generation)?;
    match told {
        Within::Holds => Ok(()),
        Within::Breaks { value, violations } => Err(format!(
            "the type may write\n\n{}\n\nand does not take it:\n{}\nGive what may be left out `#[serde(default)]`, and take every \
             name and variant that is written.",
            shown(&value),
            listed(&violations)
        )
        .into()),
    }
}

/// Whether one schema is within another.
pub(super) enum Within {
    /// Proved, or else held on every generated value, which is told as a note.
    Holds,
    /// Not, and by this value.
    Breaks {
        /// The simplest that was found.
        value: Value,
        /// Where and by what.
        violations: Vec<Violation>,
    },
}

/// Whether what one schema admits is admitted by another: by proof, and where there is none by generated values.
pub(super) fn within(
    sub: &Value,
    sub_validator: &Validator,
    sup: &Value,
    sup_validator: &Validator,
    Generation { cases, seed }: Generation,
) -> Result<Within, Failure> {
    let options = Options::contract();
    let report = contains(sub, sup, &options).map_err(|error| Failure(error.to_string()))?;
    let fails =
        |value: &Value| (sub_validator.is_valid(value) && !sup_validator.is_valid(value)).then(String::new);
    let found = match report.containment {
        Containment::Contained => return Ok(Within::Holds),
        Containment::NotContained { witness } => Some(witness),
        Containment::Unproven { reason } => {
            let found = Instances::of(sub_validator, seed).take(cases).find(|value| fails(value).is_some());
            if found.is_none() {
                eprintln!("note: not proved ({reason}), and held on {cases} generated values");
            }
            found
        }
    };
    Ok(match found {
        None => Within::Holds,
        Some(value) => {
            let (value, _) = shrink(value, String::new(), fails);
            let violations = sup_validator.validate(&value).err().unwrap_or_default();
            Within::Breaks { value, violations }
        }
    })
}

/// Violations, one a line.
pub(super) fn listed(violations: &[Violation]) -> String {
    violations.iter().map(|violation| format!("  {violation}\n")).collect()
}

fn rust_name(offer: &Offer) -> &'static str {
    offer.body().rust_name
}
