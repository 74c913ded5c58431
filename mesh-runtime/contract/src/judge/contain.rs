//! Containment: the question, its answers, and the check of every witness before it is spoken.

use std::sync::Arc;

use serde_json::Value;

use super::budget::{Budget, Reason};
use super::compile::compile;
use super::error::SchemaError;
use super::member::Checker;
use super::options::{Members, Options, Steps};
use super::schema::{Graph, Mark, Node};
use super::solve::Solver;
use super::structure::Compared;

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
    Written::compile(sub, options)?.compare(sup, options.steps, interrupt)
}

/// A schema that is held against many others: compiled once, it answers each as [`contains`] does.
#[derive(Debug, Clone)]
pub struct Written<'s> {
    schema: &'s Value,
    options: Options,
    graph: Graph,
    node: Node,
    before: Mark,
}

impl<'s> Written<'s> {
    /// Compiles the schema whose instances are asked about.
    ///
    /// # Errors
    /// When the document is not a schema.
    pub fn compile(schema: &'s Value, options: &Options) -> Result<Self, SchemaError> {
        let mut graph = Graph::new();
        let node = compile(schema, &mut graph, options)?;
        let before = graph.mark();
        Ok(Self { schema, options: *options, graph, node, before })
    }

    /// Whether every instance of this schema is an instance of another, for so many steps of work at most.
    ///
    /// # Errors
    /// When the other document is not a schema.
    pub fn is_within(&mut self, sup: &Value, steps: Steps) -> Result<Report, SchemaError> {
        self.compare(sup, steps, None)
    }

    fn compare(
        &mut self,
        sup: &Value,
        steps: Steps,
        interrupt: Option<&dyn Fn() -> bool>,
    ) -> Result<Report, SchemaError> {
        // A schema contains itself as written, and the more so as closed.
        if self.schema == sup {
            return Ok(Report { containment: Containment::Contained, steps: Steps(1) });
        }
        // Every answer starts from the same graph, so it does not depend on what was asked before.
        self.graph.back_to(self.before);
        let Self { options, graph, node: sub, .. } = self;
        let sub = *sub;
        let sup = compile(sup, graph, options)?;
        let mut solver = Solver::new(graph, Budget::new(steps.0, interrupt));
        let read = match options.sub {
            Members::AsWritten => sub,
            Members::Closed => solver.closed(sub),
        };
        let answer = solver.compare(read, sup);
        let steps = Steps(solver.budget.spent());
        let pairs = std::mem::take(&mut solver.pairs);
        let containment = match answer {
            Err(reason) | Ok(Compared::Open(reason)) => Containment::Unproven { reason },
            Ok(Compared::Proved) => Containment::Contained,
            // Whoever sets a part into a whole has checked the whole.
            Ok(Compared::Refuted(witness))
                if (sub == read && pairs.is_checked(graph.behind(sub), graph.behind(sup), &witness))
                    || confirms(graph, &[sub, read], sup, &witness) =>
            {
                Containment::NotContained { witness: Arc::unwrap_or_clone(witness) }
            }
            Ok(Compared::Refuted(_)) => Containment::Unproven {
                reason: Reason::Undecided { case: "a counterexample that the check does not confirm" },
            },
        };
        Ok(Report { containment, steps })
    }
}

/// Steps of work to check a witness.
const CHECK: u64 = 2_000_000;

fn confirms(graph: &Graph, subs: &[Node], sup: Node, witness: &Value) -> bool {
    let checker = Checker::new(graph, CHECK);
    subs.iter().all(|sub| checker.is_member(*sub, witness) == Ok(true))
        && checker.is_member(sup, witness) == Ok(false)
}
