//! Containment against known answers, and against an independent validator.

use std::collections::BTreeMap;

use mesh_contract::judge::{Containment, Options, Steps, contains};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::membership::{independent, is_beyond_doubles};
use crate::{grammar, suite};

/// Judges the pair, and holds every witness against the independent validator.
#[track_caller]
fn judge(sub: &Value, sup: &Value) -> Containment {
    let report = contains(sub, sup, &Options::default()).unwrap();
    assert!(report.steps <= Steps::default());
    if let Containment::NotContained { witness } = &report.containment
        && !is_beyond_doubles(witness)
        && let (Some(in_sub), Some(in_sup)) = (independent(sub), independent(sup))
    {
        assert!(in_sub.is_valid(witness), "{witness} is an instance of the first: {sub} in {sup}");
        assert!(!in_sup.is_valid(witness), "{witness} is no instance of the second: {sub} in {sup}");
    }
    report.containment
}

#[test]
fn the_known_answers_are_found() {
    let cases = suite::cases();
    let (mut right, mut wrong, mut open) = (0, Vec::new(), Vec::new());
    for case in &cases {
        match contains(&case.sub, &case.sup, &Options::default()) {
            Err(error) => open.push(format!("{}: {error}", case.id)),
            Ok(_) => match judge(&case.sub, &case.sup) {
                Containment::Unproven { reason } => open.push(format!("{}: {reason}", case.id)),
                answer if (answer == Containment::Contained) == case.contained => right += 1,
                answer => wrong.push(format!("{}: {answer:?} {} {}", case.id, case.sub, case.sup)),
            },
        }
    }
    println!("{right} of {} right", cases.len());
    println!("open:\n{}\nwrong:\n{}", open.join("\n"), wrong.join("\n"));
    assert!(!wrong.iter().any(|line| line.contains(": Contained")), "false `contained`");
    assert!(right * 100 >= cases.len() * 99, "{right} of {}", cases.len());
}
