//! Searches for values that are instances of some schemas and not of others.
//!
//! A goal is a set of signed nodes. It is taken apart for each JSON type by [`tableau`]: what holds at
//! once becomes a list of facts about that type, and choices are tried one by one. The facts are then
//! decided by [`number`], [`text`], [`array`] and [`object`], which ask for values of smaller goals.
//!
//! A goal that comes back while it is being searched has no value there: instances are finite, so the
//! smallest one would have to contain itself. An answer that leans on this is kept only once the goal it leans
//! on is answered.

mod array;
mod disjoint;
mod formula;
mod number;
mod object;
mod tableau;
mod text;

use std::rc::Rc;

use serde_json::Value;

use super::budget::{Budget, Reason};
use super::constant::key;
use super::hash::{FastMap, FastSet};
use super::member::{Checker, Obstacle};
use super::schema::{Graph, Keyword, Node, Type, TypeSet};

/// A node that must hold (`true`) or must not.
pub(crate) type Literal = (Node, bool);

/// Values that satisfy a goal.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found {
    /// Different values.
    pub(crate) values: Vec<Value>,
    /// Whether there may be more values than these.
    pub(crate) more: bool,
    /// Why part of the search stayed open.
    pub(crate) doubt: Option<Reason>,
}

impl Found {
    pub(crate) fn nothing() -> Self {
        Self::default()
    }

    pub(crate) fn all(values: Vec<Value>) -> Self {
        Self { values, more: false, doubt: None }
    }

    pub(crate) fn some(values: Vec<Value>) -> Self {
        Self { values, more: true, doubt: None }
    }

    pub(crate) fn open(case: &'static str) -> Self {
        Self { values: Vec::new(), more: true, doubt: Some(Reason::Undecided { case }) }
    }

    pub(crate) fn doubtful(reason: Reason) -> Self {
        Self { values: Vec::new(), more: true, doubt: Some(reason) }
    }

    /// Proved that there is no value.
    pub(crate) fn is_empty(&self) -> bool {
        self.values.is_empty() && self.doubt.is_none()
    }

    /// Every value is listed.
    pub(crate) fn is_complete(&self) -> bool {
        !self.more && self.doubt.is_none()
    }

    fn absorb(&mut self, other: Self) {
        if self.values.is_empty() {
            self.values = other.values;
        } else {
            let mut seen: FastSet<String> = self.values.iter().map(key).collect();
            self.values.extend(other.values.into_iter().filter(|value| seen.insert(key(value))));
        }
        self.more |= other.more;
        if self.doubt.is_none() {
            self.doubt = other.doubt;
        }
    }
}

/// Goals may be nested this deeply.
const DEEPEST: usize = 48;

pub(crate) struct Solver<'g, 'i> {
    pub(crate) graph: &'g mut Graph,
    pub(crate) budget: Budget<'i>,
    known: FastMap<Box<[Literal]>, Rc<Found>>,
    /// The goals being searched, and which of them an answer leaned on.
    running: Vec<Box<[Literal]>>,
    leaned: usize,
    /// Choices made within choices, over all the goals that are being searched.
    choices: usize,
    disjoint: FastMap<(Node, Node), bool>,
    pub(crate) pairs: super::structure::Pairs,
}

impl<'g, 'i> Solver<'g, 'i> {
    pub(crate) fn new(graph: &'g mut Graph, budget: Budget<'i>) -> Self {
        Self {
            graph,
            budget,
            known: FastMap::default(),
            running: Vec::new(),
            leaned: usize::MAX,
            choices: 0,
            disjoint: FastMap::default(),
            pairs: super::structure::Pairs::default(),
        }
    }

    /// The node behind references that add nothing.
    pub(crate) fn behind(&self, node: Node) -> Node {
        self.graph.behind(node)
    }

    /// The goal in its one order; `None` where it contradicts itself.
    fn normalised(&self, goal: &[Literal]) -> Option<Box<[Literal]>> {
        let mut literals = Vec::with_capacity(goal.len());
        for (node, sign) in goal {
            let mut literal = (self.behind(*node), *sign);
            // `not` on its own only turns the sign.
            while let [Keyword::Not(inner)] = self.graph.keywords(literal.0) {
                literal = (self.behind(*inner), !literal.1);
            }
            match literal {
                (Node::TRUE, true) | (Node::FALSE, false) => {}
                (Node::TRUE, false) | (Node::FALSE, true) => return None,
                other => literals.push(other),
            }
        }
        literals.sort_unstable();
        literals.dedup();
        let contradicts = literals.windows(2).any(|pair| matches!(pair, [left, right] if left.0 == right.0));
        (!contradicts).then(|| literals.into())
    }

    /// Up to `want` values that satisfy the goal. An error means that the whole search is over.
    pub(crate) fn solve(&mut self, goal: &[Literal], want: usize) -> Result<Found, Reason> {
        self.budget.spend(1)?;
        let Some(goal) = self.normalised(goal) else { return Ok(Found::nothing()) };
        if goal.is_empty() {
            return Ok(Found::some(anything(want)));
        }
        if let Some(known) = self.known.get(&goal)
            && (known.values.len() >= want || known.is_complete() || known.doubt.is_some())
        {
            let mut found = Found::clone(known);
            found.more |= found.values.len() > want;
            found.values.truncate(want);
            return Ok(found);
        }
        if let Some(place) = self.running.iter().position(|running| *running == goal) {
            self.leaned = self.leaned.min(place);
            return Ok(Found::nothing());
        }
        let place = self.running.len();
        if place >= DEEPEST {
            return Ok(Found::open("values nested more deeply than the search goes"));
        }
        self.running.push(goal.clone());
        let leaned_before = std::mem::replace(&mut self.leaned, usize::MAX);
        let found = self.search(&goal, want);
        self.running.pop();
        let leaned = std::mem::replace(&mut self.leaned, leaned_before);
        let mut found = found?;
        let leans = leaned < usize::MAX;
        if leans && !found.values.is_empty() {
            // What was taken for empty within the search is not.
            found.more = true;
        }
        if leaned < place {
            self.leaned = self.leaned.min(leaned);
        }
        if leaned >= place || !found.values.is_empty() {
            self.known.insert(goal, Rc::new(found.clone()));
        }
        Ok(found)
    }

    fn search(&mut self, goal: &[Literal], want: usize) -> Result<Found, Reason> {
        if let Some(constants) = goal.iter().find_map(|(node, sign)| self.constants_of(*node, *sign)) {
            return self.among(&constants, goal, want);
        }
        let mut found = Found::nothing();
        let types = goal
            .iter()
            .filter(|(_, sign)| *sign)
            .fold(TypeSet::ALL, |types, (node, _)| types.intersect(self.types_of(*node)));
        for kind in Type::ALL.into_iter().filter(|kind| types.has(*kind)) {
            if found.values.len() >= want {
                found.more = true;
                break;
            }
            let part = self.tableau(kind, goal, Vec::new(), want - found.values.len())?;
            found.absorb(part);
        }
        if !found.values.is_empty() && found.values.len() >= want {
            found.doubt = None;
            found.more = true;
        }
        Ok(found)
    }

    /// The values that `enum` or `const` at the top of a node admits.
    fn constants_of(&self, node: Node, sign: bool) -> Option<Vec<Value>> {
        if !sign {
            return None;
        }
        self.graph.keywords(node).iter().find_map(|keyword| match keyword {
            Keyword::Enum(constants) => {
                Some(constants.iter().map(|constant| constant.value().clone()).collect())
            }
            Keyword::Ref(target) => self.constants_of_below(*target),
            Keyword::AllOf(nodes) => nodes.iter().find_map(|node| self.constants_of_below(*node)),
            _ => None,
        })
    }

    /// The types that the top of a node admits.
    pub(crate) fn types_of(&self, node: Node) -> TypeSet {
        self.graph.keywords(self.behind(node)).iter().fold(TypeSet::ALL, |types, keyword| match keyword {
            Keyword::Types(named) => types.intersect(*named),
            _ => types,
        })
    }

    fn constants_of_below(&self, node: Node) -> Option<Vec<Value>> {
        self.graph.keywords(self.behind(node)).iter().find_map(|keyword| match keyword {
            Keyword::Enum(constants) => {
                Some(constants.iter().map(|constant| constant.value().clone()).collect())
            }
            _ => None,
        })
    }

    /// The candidates that satisfy the goal: all the values there are.
    pub(crate) fn among(
        &mut self,
        candidates: &[Value],
        goal: &[Literal],
        want: usize,
    ) -> Result<Found, Reason> {
        let mut found = Found::nothing();
        for value in candidates {
            if found.values.len() >= want {
                found.more = true;
                break;
            }
            match self.satisfies(goal, value)? {
                Ok(true) => found.absorb(Found::all(vec![value.clone()])),
                Ok(false) => {}
                Err(reason) => found.absorb(Found::doubtful(reason)),
            }
        }
        Ok(found)
    }

    /// Whether the value satisfies the goal; the inner error where the check cannot tell.
    pub(crate) fn satisfies(
        &mut self,
        goal: &[Literal],
        value: &Value,
    ) -> Result<Result<bool, Reason>, Reason> {
        let limit = self.budget.left();
        let checker = Checker::new(self.graph, limit);
        let mut answer = Ok(true);
        for (node, sign) in goal {
            match checker.is_member(*node, value) {
                Ok(member) if member == *sign => {}
                Ok(_) => {
                    answer = Ok(false);
                    break;
                }
                Err(Obstacle::Opaque(opaque)) => answer = Err(Reason::from(&opaque)),
                Err(Obstacle::Limit) => return Err(Reason::Steps { steps: self.budget.spent() + limit }),
            }
        }
        let work = limit - checker.left();
        self.budget.spend(work)?;
        Ok(answer)
    }
}

/// Some different values without any condition.
fn anything(want: usize) -> Vec<Value> {
    let fixed = [Value::Null, Value::Bool(true), Value::Bool(false)];
    fixed.into_iter().chain((0u64..).map(Value::from)).take(want).collect()
}
