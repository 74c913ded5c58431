//! Takes a goal apart for one JSON type: facts that hold at once, and choices tried one after the other.

use super::formula::{Fact, Formula};
use super::{Found, Literal, Solver};
use crate::judge::budget::Reason;
use crate::judge::hash::FastSet;
use crate::judge::schema::{Node, Type};

/// One way to satisfy the goal, as far as it is decided.
#[derive(Debug, Clone)]
struct Branch {
    facts: Vec<Fact>,
    /// Nodes that hold or do not, by decision so far.
    decided: FastSet<Literal>,
    /// Nodes that hold, which may make others impossible.
    holding: Vec<Node>,
    /// Nodes that must not hold and are not taken apart yet.
    refused: Vec<Node>,
    /// Nodes that must not hold and were passed over, because no value is an instance of them and of something that holds.
    passed: Vec<Node>,
    /// Whether nothing is passed over any more: what holds may have excluded those nodes by refusing them itself, which no
    /// fact says then.
    careful: bool,
    choices: Vec<Vec<Formula>>,
}

/// A goal, for one type.
struct Task<'t> {
    kind: Type,
    goal: &'t [Literal],
    /// Facts beside the goal, which the check of a value against the goal does not see.
    extra: bool,
}

/// Choices within choices beyond this are left open, those of the goals around included: the stack has to hold them.
const DEEPEST: usize = 400;

impl Solver<'_, '_> {
    /// Up to `want` values of one type that satisfy the goal and the facts beside it.
    pub(crate) fn tableau(
        &mut self,
        kind: Type,
        goal: &[Literal],
        facts: Vec<Fact>,
        want: usize,
    ) -> Result<Found, Reason> {
        let mut branch = Branch::new();
        let task = Task { kind, goal, extra: !facts.is_empty() };
        let mut formulas: Vec<Formula> = goal.iter().map(|literal| Formula::Node(*literal)).collect();
        formulas.extend(facts.into_iter().map(Formula::Fact));
        if !self.assert_all(&mut branch, formulas, kind)? {
            return Ok(Found::nothing());
        }
        self.decide(branch, &task, want)
    }

    /// Adds formulas to the branch; false where they contradict it.
    fn assert_all(
        &mut self,
        branch: &mut Branch,
        mut work: Vec<Formula>,
        kind: Type,
    ) -> Result<bool, Reason> {
        while let Some(formula) = work.pop() {
            self.budget.spend(1)?;
            match formula {
                Formula::Constant(true) => {}
                Formula::Constant(false) => return Ok(false),
                Formula::All(parts) => work.extend(parts),
                Formula::Any(parts) => match self.open_parts(branch, parts) {
                    None => {}
                    Some(mut parts) => match parts.pop() {
                        None => return Ok(false),
                        Some(only) if parts.is_empty() => work.push(only),
                        Some(last) => {
                            parts.push(last);
                            branch.choices.push(parts);
                        }
                    },
                },
                Formula::Fact(fact) => {
                    if contradicts(&branch.facts, &fact) {
                        return Ok(false);
                    }
                    branch.facts.push(fact);
                }
                Formula::Node(literal) => {
                    let (node, sign) = (self.behind(literal.0), literal.1);
                    match (node, sign) {
                        (Node::TRUE, true) | (Node::FALSE, false) => continue,
                        (Node::TRUE, false) | (Node::FALSE, true) => return Ok(false),
                        _ => {}
                    }
                    if branch.decided.contains(&(node, !sign)) {
                        return Ok(false);
                    }
                    if !branch.decided.insert((node, sign)) {
                        continue;
                    }
                    if sign {
                        branch.holding.push(node);
                        work.push(self.formula((node, true), kind));
                    } else {
                        branch.refused.push(node);
                    }
                }
            }
        }
        Ok(true)
    }

    /// The parts of a choice that are still possible, `None` where one holds already.
    fn open_parts(&self, branch: &Branch, parts: Vec<Formula>) -> Option<Vec<Formula>> {
        let mut open = Vec::with_capacity(parts.len());
        for part in parts {
            match &part {
                Formula::Constant(true) => return None,
                Formula::Constant(false) => {}
                Formula::Node((node, sign)) => {
                    let node = self.behind(*node);
                    let trivial = node == Node::TRUE || node == Node::FALSE;
                    if (trivial && (node == Node::TRUE) == *sign) || branch.decided.contains(&(node, *sign)) {
                        return None;
                    }
                    if !trivial && !branch.decided.contains(&(node, !*sign)) {
                        open.push(part);
                    }
                }
                Formula::Fact(fact) => {
                    if !contradicts(&branch.facts, fact) {
                        open.push(part);
                    }
                }
                Formula::All(inner) => {
                    if !inner.iter().any(|formula| self.is_impossible(branch, formula)) {
                        open.push(part);
                    }
                }
                Formula::Any(_) => match part {
                    Formula::Any(inner) => open.extend(self.open_parts(branch, inner)?),
                    other => open.push(other),
                },
            }
        }
        Some(open)
    }

    fn is_impossible(&self, branch: &Branch, formula: &Formula) -> bool {
        match formula {
            Formula::Constant(constant) => !constant,
            Formula::Node((node, sign)) => {
                let node = self.behind(*node);
                branch.decided.contains(&(node, !*sign))
                    || node == if *sign { Node::FALSE } else { Node::TRUE }
            }
            Formula::Fact(fact) => contradicts(&branch.facts, fact),
            Formula::All(inner) => inner.iter().any(|formula| self.is_impossible(branch, formula)),
            Formula::Any(inner) => inner.iter().all(|formula| self.is_impossible(branch, formula)),
        }
    }

    fn decide(&mut self, branch: Branch, task: &Task<'_>, want: usize) -> Result<Found, Reason> {
        self.budget.spend(2)?;
        if self.choices > DEEPEST {
            return Ok(Found::open("more choices within one another than the search makes"));
        }
        self.choices += 1;
        let found = self.decide_branch(branch, task, want);
        self.choices -= 1;
        found
    }

    fn decide_branch(&mut self, mut branch: Branch, task: &Task<'_>, want: usize) -> Result<Found, Reason> {
        let constants = branch.facts.iter().find_map(|fact| match fact {
            Fact::OneOf(constants) => Some(constants.clone()),
            _ => None,
        });
        if let Some(constants) = constants
            && !task.extra
        {
            let candidates: Vec<_> = constants
                .iter()
                .map(|constant| constant.value().clone())
                .filter(|value| Type::of(value) == task.kind)
                .collect();
            return self.among(&candidates, task.goal, want);
        }
        // What is narrowed by another decision is narrowed before the next choice.
        loop {
            let mut units = Vec::new();
            let mut choices = Vec::new();
            for choice in std::mem::take(&mut branch.choices) {
                let Some(mut open) = self.open_parts(&branch, choice) else { continue };
                match (open.pop(), open.is_empty()) {
                    (None, _) => return Ok(Found::nothing()),
                    (Some(only), true) => units.push(only),
                    (Some(last), false) => {
                        open.push(last);
                        choices.push(open);
                    }
                }
            }
            branch.choices.extend(choices);
            if units.is_empty() {
                break;
            }
            if !self.assert_all(&mut branch, units, task.kind)? {
                return Ok(Found::nothing());
            }
        }
        let finished = branch.choices.is_empty() && branch.refused.is_empty();
        // A value of what is decided so far often satisfies the rest, too; and where there is none, no choice helps.
        let mut found = self.theory(task.kind, &branch.facts, want)?;
        if found.is_empty() {
            return Ok(found);
        }
        if !finished || !task.extra {
            let mut kept = Found { values: Vec::new(), more: found.more, doubt: found.doubt.take() };
            let all_listed = !kept.more && kept.doubt.is_none();
            for value in std::mem::take(&mut found.values) {
                match self.satisfies(task.goal, &value)? {
                    Ok(true) => kept.values.push(value),
                    Ok(false) if finished && !branch.passed.is_empty() => {
                        branch.refused = std::mem::take(&mut branch.passed);
                        branch.careful = true;
                        return self.decide(branch, task, want);
                    }
                    Ok(false) if finished => {
                        kept.doubt.get_or_insert(Reason::Undecided {
                            case: "a value that only part of the search admits",
                        });
                    }
                    Ok(false) => {}
                    Err(reason) => {
                        kept.doubt.get_or_insert(reason);
                    }
                }
            }
            if finished || all_listed || kept.values.len() >= want {
                return Ok(kept);
            }
            found = Found { doubt: None, more: kept.more, values: kept.values };
        }
        if finished {
            return Ok(found);
        }
        let choice = self.next_choice(&mut branch, task)?;
        let Some(choice) = choice else {
            return self.decide(branch, task, want);
        };
        let mut answer = Found { more: false, doubt: None, values: found.values };
        for part in choice {
            if answer.values.len() >= want {
                answer.more = true;
                break;
            }
            let mut next = branch.clone();
            if self.assert_all(&mut next, vec![part], task.kind)? {
                let part = self.decide(next, task, want)?;
                answer.absorb(part);
            }
        }
        if answer.values.len() > want {
            answer.values.truncate(want);
            answer.more = true;
        }
        Ok(answer)
    }

    /// The parts of the choice to make next; `None` where the branch changed without one.
    fn next_choice(&mut self, branch: &mut Branch, task: &Task<'_>) -> Result<Option<Vec<Formula>>, Reason> {
        let smallest = branch.choices.iter().enumerate().min_by_key(|(_, parts)| parts.len());
        if let Some((place, _)) = smallest {
            return Ok(Some(branch.choices.swap_remove(place)));
        }
        while let Some(node) = branch.refused.pop() {
            let holding = branch.holding.clone();
            if !branch.careful && holding.into_iter().any(|holds| self.are_disjoint(holds, node)) {
                branch.passed.push(node);
                continue;
            }
            let formula = self.formula((node, false), task.kind);
            return Ok(Some(match formula {
                Formula::Any(parts) => match self.open_parts(branch, parts) {
                    // Broken already.
                    None => continue,
                    Some(parts) => parts,
                },
                other => vec![other],
            }));
        }
        Ok(None)
    }

    fn theory(&mut self, kind: Type, facts: &[Fact], want: usize) -> Result<Found, Reason> {
        let opaque = facts.iter().find_map(|fact| match fact {
            Fact::Opaque(reason) => Some(reason.clone()),
            _ => None,
        });
        let mut found = match kind {
            Type::Null => Found::all(vec![serde_json::Value::Null]),
            Type::Bool => Found::all(vec![true.into(), false.into()]),
            Type::Number => super::number::numbers(facts, want),
            Type::String => self.texts(facts, want)?,
            Type::Array => self.arrays(facts, want)?,
            Type::Object => self.objects(facts, want)?,
        };
        if matches!(kind, Type::Null | Type::Bool) {
            found.values.retain(|value| !is_excluded(facts, value));
        }
        if let Some(reason) = opaque
            && !found.is_empty()
        {
            return Ok(Found { doubt: Some(reason), ..found });
        }
        Ok(found)
    }
}

impl Branch {
    fn new() -> Self {
        Self {
            facts: Vec::new(),
            decided: FastSet::default(),
            holding: Vec::new(),
            refused: Vec::new(),
            passed: Vec::new(),
            careful: false,
            choices: Vec::new(),
        }
    }
}

/// Whether the facts rule the value out by name.
pub(crate) fn is_excluded(facts: &[Fact], value: &serde_json::Value) -> bool {
    facts.iter().any(|fact| match fact {
        Fact::NoneOf(constants) => crate::judge::member::is_one_of(constants, value),
        Fact::OneOf(constants) => !crate::judge::member::is_one_of(constants, value),
        _ => false,
    })
}

/// How many values the facts rule out by name.
pub(crate) fn count_excluded(facts: &[Fact]) -> usize {
    facts.iter().map(|fact| if let Fact::NoneOf(constants) = fact { constants.len() } else { 0 }).sum()
}

/// A contradiction that shows at once.
fn contradicts(facts: &[Fact], new: &Fact) -> bool {
    match new {
        Fact::Has(name, _) => facts.iter().any(|fact| matches!(fact, Fact::Absent(other) if other == name)),
        Fact::Absent(name) => facts.iter().any(|fact| matches!(fact, Fact::Has(other, _) if other == name)),
        Fact::Match(pattern, sign) => facts.iter().any(
            |fact| matches!(fact, Fact::Match(other, other_sign) if other == pattern && other_sign != sign),
        ),
        Fact::Multiple(step, sign) => facts.iter().any(
            |fact| matches!(fact, Fact::Multiple(other, other_sign) if other == step && other_sign != sign),
        ),
        Fact::Unique(sign) => facts.iter().any(|fact| matches!(fact, Fact::Unique(other) if other != sign)),
        _ => false,
    }
}
