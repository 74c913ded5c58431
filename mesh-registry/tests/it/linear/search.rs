//! The search for an order. It is the algorithm of Wing and Gong ("Testing and verifying concurrent objects", Journal of
//! Parallel and Distributed Computing 17, 1993) with the memory that Lowe added ("Testing for linearizability", Concurrency and
//! Computation: Practice and Experience 29(4), 2017): of the operations that were called before the first pending answer came,
//! one is next; where a set of operations has led to a state once, it need not be gone on from again.
//!
//! Two things keep it short. An answer that is right and changes nothing is taken at once: if any order is good, so is the
//! one with that operation moved here, for nothing else notices it. And a state that some pending answer can never be right
//! in again is left. An operation that nobody knows the end of has no end: it may be put anywhere behind its call, or nowhere.

use std::collections::HashSet;

use super::product::{Action, Product, Step};

/// Something that a client did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Operation {
    /// Who.
    pub(crate) client: String,
    /// When it was called, by a count that all clients share.
    pub(crate) called: u64,
    /// When it was answered, by the same count. Not looked at when nobody knows what came of it.
    pub(crate) answered: u64,
    /// What was asked and answered.
    pub(crate) action: Action,
}

impl Operation {
    fn end(&self) -> u64 {
        if self.action.is_unknown() { u64::MAX } else { self.answered }
    }
}

/// What the search came to.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// There is an order.
    Linearizable {
        /// How many states were looked at.
        looked_at: usize,
    },
    /// There is none. The text tells of the longest beginning of one, and what then stands against each other.
    Impossible(String),
    /// The bound was reached first.
    Undecided {
        /// The bound.
        states: usize,
    },
}

/// So many states are looked at.
const STATES: usize = 500_000;

/// Looks for an order of all operations on one product.
pub(crate) fn check(operations: &[Operation]) -> Verdict {
    check_within(operations, STATES)
}

fn check_within(operations: &[Operation], states: usize) -> Verdict {
    let mut sorted: Vec<&Operation> = operations.iter().collect();
    sorted.sort_by_key(|operation| operation.called);
    let mut search = Search { operations: sorted, seen: HashSet::new(), deepest: None };
    let start =
        At { done: vec![0; operations.len().div_ceil(64)], order: Vec::new(), product: Product::default() };
    let mut open = vec![start];
    while let Some(mut at) = open.pop() {
        if search.take_what_changes_nothing(&mut at) {
            return Verdict::Linearizable { looked_at: search.seen.len() + 1 };
        }
        if !search.seen.insert((at.done.clone(), at.product.clone())) {
            continue;
        }
        if search.seen.len() >= states {
            return Verdict::Undecided { states };
        }
        if search.deepest.as_ref().is_none_or(|deepest| at.order.len() > deepest.order.len()) {
            search.deepest = Some(at.clone());
        }
        open.extend(search.next(&at));
    }
    Verdict::Impossible(search.told())
}

/// Somewhere in the search: which operations have been put in order, and what the product is then.
#[derive(Debug, Clone)]
struct At {
    done: Vec<u64>,
    order: Vec<usize>,
    product: Product,
}

impl At {
    fn has(&self, index: usize) -> bool {
        self.done[index / 64] & (1 << (index % 64)) != 0
    }

    fn put(&mut self, index: usize) {
        self.done[index / 64] |= 1 << (index % 64);
        self.order.push(index);
    }
}

struct Search<'h> {
    operations: Vec<&'h Operation>,
    seen: HashSet<(Vec<u64>, Product)>,
    deepest: Option<At>,
}

impl Search<'_> {
    fn pending<'s>(&'s self, at: &'s At) -> impl Iterator<Item = (usize, &'s Operation)> {
        self.operations
            .iter()
            .enumerate()
            .filter(|(index, _)| !at.has(*index))
            .map(|(index, it)| (index, *it))
    }

    /// The operations that may be next: those called before the first answer that is still to come.
    fn callable<'s>(&'s self, at: &'s At) -> impl Iterator<Item = (usize, &'s Operation)> {
        let first = self.pending(at).map(|(_, operation)| operation.end()).min().unwrap_or(u64::MAX);
        self.pending(at).take_while(move |(_, operation)| operation.called < first)
    }

    /// Puts every operation next that is right and changes nothing. Says whether none is left whose answer came.
    fn take_what_changes_nothing(&self, at: &mut At) -> bool {
        loop {
            let still: Vec<_> = self
                .callable(at)
                .filter(|(_, it)| !it.action.is_unknown() && it.action.on(&at.product) == Step::Same)
                .map(|(index, _)| index)
                .collect();
            if still.is_empty() {
                return self.pending(at).all(|(_, operation)| operation.action.is_unknown());
            }
            still.into_iter().for_each(|index| at.put(index));
        }
    }

    /// Where the search may go from here; the last is to be gone to first.
    fn next(&self, at: &At) -> Vec<At> {
        let mut found = Vec::new();
        for (index, operation) in self.callable(at) {
            let Step::Becomes(product) = operation.action.on(&at.product) else { continue };
            let mut next = At { product, ..at.clone() };
            next.put(index);
            if self.pending(&next).all(|(_, it)| it.action.may_come(&next.product)) {
                found.push((operation.end(), next));
            }
        }
        // What was answered first most likely came first, and what was never answered most likely never came.
        found.sort_by_key(|(end, _)| std::cmp::Reverse(*end));
        found.into_iter().map(|(_, at)| at).collect()
    }

    /// The place behind which there is no order.
    fn told(&self) -> String {
        let Some(at) = &self.deepest else { return "no operation can be the first".to_owned() };
        let line = |operation: &Operation| {
            let end = match operation.end() {
                u64::MAX => "never".to_owned(),
                end => end.to_string(),
            };
            format!("  {:>12} {:>6}..{end:<6} {:?}\n", operation.client, operation.called, operation.action)
        };
        let mut text = format!(
            "{} of {} operations can be put in order, and then the product is\n  {:?}\nThe last of them:\n",
            at.order.len(),
            self.operations.len(),
            at.product
        );
        let last = at.order.len().saturating_sub(6);
        at.order[last..].iter().for_each(|index| text += &line(self.operations[*index]));
        text += "None of these can be next:\n";
        for (index, operation) in self.callable(at) {
            text += &line(operation);
            // Why: its own answer is wrong here, or some other answer would be wrong for good behind it.
            let Step::Becomes(product) = operation.action.on(&at.product) else { continue };
            let others =
                self.pending(at).filter(|(other, it)| *other != index && !it.action.may_come(&product));
            for (_, other) in others.take(2) {
                text += "    behind it, this is wrong for good:\n    ";
                text += &line(other);
            }
        }
        text
    }
}

#[cfg(test)]
#[path = "search_tests.rs"]
mod tests;
