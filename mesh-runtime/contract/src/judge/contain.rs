//! Containment: the question, its answers, and the check of every witness before it is spoken.

use serde_json::Value;

use super::budget::{Budget, Reason};
use super::compile::compile;
use super::error::SchemaError;
use super::member::Checker;
use super::options::{Options, Steps};
use super::schema::{Graph, Node};
use super::solve::Solver;

/// Whether every instance of one schema is an instance of another.
#[derive(Debug, Clone, PartialEq)]
pub enum Containment {
    /// Proved: every instance of the first is an instance of the second.
    Contained,
    /// Refuted, by a value that is an instance of the first and not of the second.
    NotContained {
        /// The value.
        witness: Value,
    },
    /// Neither proved nor refuted. Never to be taken for contained.
    Unproven {
        /// Why.
        reason: Reason,
    },
}

/// An answer and what it cost.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The answer.
    pub containment: Containment,
    /// The steps of work it took; the same on every machine.
    pub steps: Steps,
}

/// Whether every instance of `sub` is an instance of `sup`.
///
/// ```
/// use mesh_contract::judge::{Containment, Options, contains};
/// use serde_json::json;
///
/// let old = json!({ "enum": ["open", "closed"] });
/// let new = json!({ "enum": ["open", "closed", "returned"] });
/// let options = Options::default();
/// assert_eq!(contains(&old, &new, &options)?.containment, Containment::Contained);
/// assert_eq!(
///     contains(&new, &old, &options)?.containment,
///     Containment::NotContained { witness: json!("returned") }
/// );
/// # Ok::<(), mesh_contract::judge::SchemaError>(())
/// ```
///
/// # Errors
/// When one of the documents is not a schema.
pub fn contains(sub: &Value, sup: &Value, options: &Options) -> Result<Report, SchemaError> {
    decide(sub, sup, options, None)
}

/// As [`contains`], and asks the caller now and then whether to stop: a limit of time is the caller's to measure.
///
/// # Errors
/// As [`contains`].
pub fn contains_with_interrupt(
    sub: &Value,
    sup: &Value,
    options: &Options,
    interrupt: &dyn Fn() -> bool,
) -> Result<Report, SchemaError> {
    decide(sub, sup, options, Some(interrupt))
}

fn decide(
    sub: &Value,
    sup: &Value,
    options: &Options,
    interrupt: Option<&dyn Fn() -> bool>,
) -> Result<Report, SchemaError> {
    let mut graph = Graph::new();
    let sub = compile(sub, &mut graph, options)?;
    let sup = compile(sup, &mut graph, options)?;
    let mut solver = Solver::new(&mut graph, Budget::new(options.steps.0, interrupt));
    let answer = solver.containment(sub, sup);
    let steps = Steps(solver.budget.spent());
    let containment = match answer {
        Err(reason) => Containment::Unproven { reason },
        Ok(Ok(())) => Containment::Contained,
        Ok(Err(Refutation::Open(reason))) => Containment::Unproven { reason },
        Ok(Err(Refutation::Witness(witness))) if confirms(&graph, sub, sup, &witness) => {
            Containment::NotContained { witness }
        }
        Ok(Err(Refutation::Witness(_))) => Containment::Unproven {
            reason: Reason::Undecided { case: "a counterexample that the check does not confirm" },
        },
    };
    Ok(Report { containment, steps })
}

/// What stands against containment.
#[derive(Debug, Clone)]
pub(crate) enum Refutation {
    Witness(Value),
    Open(Reason),
}

/// Steps of work to check a witness.
const CHECK: u64 = 2_000_000;

fn confirms(graph: &Graph, sub: Node, sup: Node, witness: &Value) -> bool {
    let checker = Checker::new(graph, CHECK);
    checker.is_member(sub, witness) == Ok(true) && checker.is_member(sup, witness) == Ok(false)
}

impl Solver<'_, '_> {
    /// The search itself: a value of `sub` that is none of `sup`. The outer error ends the whole search.
    pub(crate) fn containment(&mut self, sub: Node, sup: Node) -> Result<Result<(), Refutation>, Reason> {
        let found = self.solve(&[(sub, true), (sup, false)], 1)?;
        Ok(match (found.values.into_iter().next(), found.doubt) {
            (Some(witness), _) => Err(Refutation::Witness(witness)),
            (None, Some(reason)) => Err(Refutation::Open(reason)),
            (None, None) => Ok(()),
        })
    }
}
