//! The nondeterministic automaton of a pattern, and matching by simulation in linear time.

use super::PatternError;
use super::class::Class;
use super::parse::Expression;

/// Automata beyond this size are refused; a count such as `{5000}` is unrolled.
const LARGEST: usize = 20_000;

#[derive(Debug, Clone)]
pub(crate) enum State {
    Consume(Class, u32),
    Split(u32, u32),
    Start(u32),
    End(u32),
    Boundary(bool, u32),
    Match,
}

/// What stands on one side of a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Side {
    /// The text begins or ends here.
    Edge,
    Word,
    Other,
}

impl Side {
    pub(crate) fn of(point: u32) -> Self {
        let word = char::from_u32(point).is_some_and(|char| char.is_ascii_alphanumeric() || char == '_');
        if word { Self::Word } else { Self::Other }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Nfa {
    states: Vec<State>,
    start: u32,
    boundaries: bool,
}

impl Nfa {
    pub(crate) fn new(expression: &Expression) -> Result<Self, PatternError> {
        let mut nfa = Self { states: vec![State::Match], start: 0, boundaries: false };
        nfa.start = nfa.build(expression, 0)?;
        Ok(nfa)
    }

    fn push(&mut self, state: State) -> Result<u32, PatternError> {
        if self.states.len() >= LARGEST {
            return Err(PatternError::Unsupported("the pattern is too large"));
        }
        self.states.push(state);
        Ok(u32::try_from(self.states.len() - 1).unwrap_or(u32::MAX))
    }

    /// Builds the states that match the expression and go on at `next`; from back to front.
    fn build(&mut self, expression: &Expression, next: u32) -> Result<u32, PatternError> {
        match expression {
            Expression::Class(class) => self.push(State::Consume(class.clone(), next)),
            Expression::Concat(parts) => {
                parts.iter().rev().try_fold(next, |next, part| self.build(part, next))
            }
            Expression::Alternation(branches) => {
                let mut entry = None;
                for branch in branches.iter().rev() {
                    let start = self.build(branch, next)?;
                    entry = Some(match entry {
                        None => start,
                        Some(other) => self.push(State::Split(start, other))?,
                    });
                }
                Ok(entry.unwrap_or(next))
            }
            Expression::Repeat { of, min, max } => {
                let mut entry = next;
                match max {
                    None => {
                        let around = self.push(State::Split(next, next))?;
                        let body = self.build(of, around)?;
                        if let Some(state) = self.states.get_mut(around as usize) {
                            *state = State::Split(body, next);
                        }
                        entry = around;
                    }
                    Some(max) => {
                        for _ in *min..*max {
                            let body = self.build(of, entry)?;
                            entry = self.push(State::Split(body, next))?;
                        }
                    }
                }
                for _ in 0..*min {
                    let before = self.states.len();
                    entry = self.build(of, entry)?;
                    if self.states.len() == before {
                        break;
                    }
                }
                Ok(entry)
            }
            Expression::Start => self.push(State::Start(next)),
            Expression::End => self.push(State::End(next)),
            Expression::Boundary(sign) => {
                self.boundaries = true;
                self.push(State::Boundary(*sign, next))
            }
            Expression::Lookahead(..) => Err(PatternError::Unsupported("lookahead inside a pattern")),
        }
    }

    pub(crate) fn start(&self) -> u32 {
        self.start
    }

    /// Whether the automaton asks about words, so that neighbours of a position matter.
    pub(crate) fn has_boundaries(&self) -> bool {
        self.boundaries
    }

    pub(crate) fn classes(&self) -> impl Iterator<Item = &Class> {
        self.states.iter().filter_map(|state| match state {
            State::Consume(class, _) => Some(class),
            _ => None,
        })
    }

    /// The consuming states reachable without consuming between `before` and `after`; true where a match is.
    pub(crate) fn closure(
        &self,
        kernel: impl IntoIterator<Item = u32>,
        before: Side,
        after: Side,
        marks: &mut Marks,
        out: &mut Vec<u32>,
    ) -> bool {
        marks.clear(self.states.len());
        out.clear();
        let mut matched = false;
        let mut work = std::mem::take(&mut marks.work);
        work.clear();
        work.extend(kernel);
        while let Some(id) = work.pop() {
            if !marks.set(id) {
                continue;
            }
            match self.states.get(id as usize) {
                Some(State::Consume(..)) => out.push(id),
                Some(State::Split(left, right)) => work.extend([*left, *right]),
                Some(State::Start(next)) if before == Side::Edge => work.push(*next),
                Some(State::End(next)) if after == Side::Edge => work.push(*next),
                Some(State::Boundary(sign, next)) => {
                    if ((before == Side::Word) != (after == Side::Word)) == *sign {
                        work.push(*next);
                    }
                }
                Some(State::Match) => matched = true,
                Some(State::Start(_) | State::End(_)) | None => {}
            }
        }
        marks.work = work;
        matched
    }

    /// Where the consuming state goes on the character.
    pub(crate) fn step(&self, id: u32, point: u32) -> Option<u32> {
        match self.states.get(id as usize) {
            Some(State::Consume(class, next)) if class.contains(point) => Some(*next),
            _ => None,
        }
    }

    pub(crate) fn is_match(&self, text: &str) -> bool {
        let mut marks = Marks::default();
        let mut consuming = Vec::new();
        let mut kernel = vec![self.start];
        let mut before = Side::Edge;
        let mut chars = text.chars();
        let anchored = matches!(self.states.get(self.start as usize), Some(State::Start(_)));
        loop {
            let next = chars.next().map(|char| char as u32);
            let after = next.map_or(Side::Edge, Side::of);
            if self.closure(kernel.drain(..), before, after, &mut marks, &mut consuming) {
                return true;
            }
            let Some(point) = next else { return false };
            kernel.extend(consuming.iter().filter_map(|id| self.step(*id, point)));
            if !anchored {
                // A match may begin anywhere.
                kernel.push(self.start);
            } else if kernel.is_empty() {
                return false;
            }
            before = after;
        }
    }
}

/// Which states were visited; cleared by counting up instead of writing.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    seen: Vec<u32>,
    round: u32,
    /// Kept for its memory.
    work: Vec<u32>,
}

impl Marks {
    fn clear(&mut self, size: usize) {
        self.round = self.round.wrapping_add(1);
        if self.seen.len() < size || self.round == 0 {
            self.seen = vec![0; size];
            self.round = 1;
        }
    }

    fn set(&mut self, id: u32) -> bool {
        match self.seen.get_mut(id as usize) {
            Some(mark) if *mark != self.round => {
                *mark = self.round;
                true
            }
            _ => false,
        }
    }
}
