//! Reads a schema as closed: an object holds only the members that its place in the instance describes.
//!
//! This is `unevaluatedProperties: false` at each place of an instance: the root, the value of a member, an item. It works on
//! the compiled graph, so drafts without that keyword, or in which `$ref` hides its siblings, are closed alike.
//! A shared definition is closed where it is used, so that a tag or an extension beside the reference still counts.
//! What only asks (`not`, `if`, `contains`, `propertyNames`) stays as it is.
//!
//! A closed schema admits nothing that the schema as written does not, so whatever is left open here costs an alarm and
//! never a break that nobody sees. Left open are places that describe no members, or of which some variant
//! describes none, and places that say themselves what else they hold.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::hash::{FastMap, FastSet};
use super::schema::{Keyword, Members, Node, Tuple, Type, TypeSet};
use super::solve::Solver;
use super::structure::Compared;

/// Unions of more variants are not asked whether each two of them are disjoint.
const MOST_VARIANTS: usize = 128;

/// What a schema says of the objects among its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// There are none, they are listed, or it says itself what else they may hold.
    Settled,
    /// They hold what is described.
    Closable,
    /// Nothing is described.
    Open,
}

/// Parts of an instance that several schemas in place describe. Closing each description by itself would leave nothing.
#[derive(Debug, Default)]
struct Overlaps {
    /// `Some`: all of these hold, so they are closed as one. `None`: which hold depends, so they stay as written.
    names: BTreeMap<Arc<str>, Option<Vec<Node>>>,
    patterns: bool,
    additional: bool,
    items: bool,
}

/// No part is described twice.
const NONE: usize = 0;

enum Progress {
    Running(Option<Node>),
    Done(Node),
}

struct Closing<'s, 'g, 'i> {
    solver: &'s mut Solver<'g, 'i>,
    places: FastMap<Node, Progress>,
    inner: FastMap<(Node, usize), Progress>,
    overlaps: Vec<Overlaps>,
    /// What was closed, and what it was before.
    closed: Vec<(Node, Node)>,
}

impl Solver<'_, '_> {
    /// The schema as closed.
    pub(crate) fn closed(&mut self, root: Node) -> Node {
        let mut closing = Closing {
            solver: self,
            places: FastMap::default(),
            inner: FastMap::default(),
            overlaps: vec![Overlaps::default()],
            closed: Vec::new(),
        };
        let node = closing.place(root);
        for (closed, written) in std::mem::take(&mut closing.closed) {
            let pair = (self.behind(closed), self.behind(written));
            self.pairs.know(pair, Compared::Proved);
        }
        node
    }
}

impl Closing<'_, '_, '_> {
    /// A place of an instance.
    fn place(&mut self, node: Node) -> Node {
        let node = self.solver.behind(node);
        if node == Node::TRUE || node == Node::FALSE {
            return node;
        }
        match self.places.get(&node) {
            Some(Progress::Done(done) | Progress::Running(Some(done))) => return *done,
            Some(Progress::Running(None)) => {
                let slot = self.solver.graph.new_slot();
                self.places.insert(node, Progress::Running(Some(slot)));
                return slot;
            }
            None => {}
        }
        self.places.insert(node, Progress::Running(None));
        let overlaps = self.overlaps_at(node);
        let inner = self.within(node, overlaps);
        let closed = if self.verdict(node, false) == Verdict::Closable { self.shut(inner) } else { inner };
        if let Some(Progress::Running(Some(slot))) = self.places.insert(node, Progress::Done(closed)) {
            self.solver.graph.fill_slot(slot, closed);
        }
        if closed != node {
            self.closed.push((closed, node));
        }
        closed
    }

    /// The node with `unevaluatedProperties: false` beside its keywords.
    fn shut(&mut self, node: Node) -> Node {
        let mut keywords = if self.solver.graph.is_slot(node) {
            // What it stands for is still being closed.
            vec![Keyword::Ref(node)]
        } else {
            self.solver.graph.keywords(node).to_vec()
        };
        keywords.push(Keyword::UnevaluatedProperties(Node::FALSE));
        self.solver.graph.resolve_unevaluated(&mut keywords);
        self.solver.graph.intern(keywords)
    }

    /// The node with all places closed that lie below the value it judges.
    fn within(&mut self, node: Node, overlaps: usize) -> Node {
        let node = self.solver.behind(node);
        match self.inner.get(&(node, overlaps)) {
            Some(Progress::Done(done) | Progress::Running(Some(done))) => return *done,
            Some(Progress::Running(None)) => {
                let slot = self.solver.graph.new_slot();
                self.inner.insert((node, overlaps), Progress::Running(Some(slot)));
                return slot;
            }
            None => {}
        }
        self.inner.insert((node, overlaps), Progress::Running(None));
        let before = self.solver.graph.shared(node);
        let mut after = Vec::with_capacity(before.len() + 1);
        for keyword in before.iter() {
            self.keyword(keyword, overlaps, &mut after);
        }
        let done = if *after == *before { node } else { self.solver.graph.intern(after) };
        if let Some(Progress::Running(Some(slot))) = self.inner.insert((node, overlaps), Progress::Done(done))
        {
            self.solver.graph.fill_slot(slot, done);
        }
        if done != node {
            self.closed.push((done, node));
        }
        done
    }

    fn all_within(&mut self, nodes: &[Node], overlaps: usize) -> Vec<Node> {
        nodes.iter().map(|node| self.within(*node, overlaps)).collect()
    }

    fn keyword(&mut self, keyword: &Keyword, overlaps: usize, out: &mut Vec<Keyword>) {
        let closed = match keyword {
            Keyword::Members(members) => Keyword::Members(Box::new(self.members(members, overlaps))),
            Keyword::Tuple(tuple) if self.known(overlaps).items => Keyword::Tuple(tuple.clone()),
            Keyword::Tuple(tuple) => Keyword::Tuple(Tuple {
                prefix: tuple.prefix.iter().map(|node| self.place(*node)).collect(),
                rest: tuple.rest.map(|node| self.place(node)),
            }),
            Keyword::UnevaluatedProperties(node) => Keyword::UnevaluatedProperties(self.place(*node)),
            Keyword::UnevaluatedItems(node) => Keyword::UnevaluatedItems(self.place(*node)),
            Keyword::Ref(node) => Keyword::Ref(self.within(*node, overlaps)),
            Keyword::AllOf(nodes) => Keyword::AllOf(self.all_within(nodes, overlaps)),
            Keyword::AnyOf(nodes) => Keyword::AnyOf(self.all_within(nodes, overlaps)),
            Keyword::OneOf(nodes) => {
                let closed = self.all_within(nodes, overlaps);
                if closed == *nodes || self.are_variants(nodes) {
                    Keyword::OneOf(closed)
                } else {
                    // A value that was refused because two branches held must not pass because one of them is closed.
                    out.push(Keyword::OneOf(nodes.clone()));
                    Keyword::AnyOf(closed)
                }
            }
            Keyword::If { condition, then, otherwise } => Keyword::If {
                condition: *condition,
                then: self.within(*then, overlaps),
                otherwise: self.within(*otherwise, overlaps),
            },
            Keyword::DependentSchema(name, node) => {
                Keyword::DependentSchema(name.clone(), self.within(*node, overlaps))
            }
            other => other.clone(),
        };
        out.push(closed);
    }

    fn known(&self, overlaps: usize) -> &Overlaps {
        self.overlaps.get(overlaps).unwrap_or(&self.overlaps[NONE])
    }

    fn members(&mut self, members: &Members, overlaps: usize) -> Members {
        let mut properties = Vec::with_capacity(members.properties.len());
        for (name, node) in &members.properties {
            let node = match self.known(overlaps).names.get(name).cloned() {
                None => self.place(*node),
                Some(None) => *node,
                Some(Some(all)) => {
                    let joint = self.solver.graph.intern(vec![Keyword::AllOf(all)]);
                    self.place(joint)
                }
            };
            properties.push((name.clone(), node));
        }
        let mut patterns = members.patterns.clone();
        if !self.known(overlaps).patterns {
            for (_, node) in &mut patterns {
                *node = self.place(*node);
            }
        }
        let additional = match members.additional {
            Some(node) if !self.known(overlaps).additional => Some(self.place(node)),
            other => other,
        };
        Members { properties, patterns, additional }
    }

    /// Whether no value is an instance of two of the branches.
    fn are_variants(&mut self, nodes: &[Node]) -> bool {
        nodes.len() <= MOST_VARIANTS
            && nodes.iter().enumerate().all(|(place, left)| {
                nodes.iter().skip(place + 1).all(|right| self.solver.are_disjoint(*left, *right))
            })
    }

    /// Everything that holds at once at a place.
    fn at_once(&self, node: Node) -> Vec<&Keyword> {
        let mut all = Vec::new();
        let mut seen = FastSet::default();
        let mut work = vec![node];
        while let Some(node) = work.pop() {
            if !seen.insert(node) {
                continue;
            }
            for keyword in self.solver.graph.keywords(node) {
                match keyword {
                    Keyword::Ref(node) => work.push(*node),
                    Keyword::AllOf(nodes) => work.extend(nodes),
                    other => all.push(other),
                }
            }
        }
        all
    }

    /// What a schema says of its objects; `described` where something beside it describes members.
    fn verdict(&self, node: Node, described: bool) -> Verdict {
        let keywords = self.at_once(node);
        let (mut types, mut described, mut speaks) = (TypeSet::ALL, described, false);
        for keyword in &keywords {
            match keyword {
                Keyword::Types(named) => types = types.intersect(*named),
                Keyword::Enum(_) | Keyword::UnevaluatedProperties(_) => speaks = true,
                Keyword::Members(members) => {
                    speaks |= members.additional.is_some();
                    described |= !members.properties.is_empty() || !members.patterns.is_empty();
                }
                _ => {}
            }
        }
        if speaks || !types.has(Type::Object) {
            return Verdict::Settled;
        }
        if described {
            return Verdict::Closable;
        }
        let mut verdict = Verdict::Open;
        for keyword in keywords {
            let branches = match keyword {
                Keyword::AnyOf(nodes) | Keyword::OneOf(nodes) => nodes.clone(),
                Keyword::If { then, otherwise, .. } => vec![*then, *otherwise],
                _ => continue,
            };
            let verdicts: Vec<Verdict> = branches.iter().map(|branch| self.verdict(*branch, false)).collect();
            if verdicts.iter().all(|verdict| *verdict == Verdict::Settled) {
                return Verdict::Settled;
            }
            if !verdicts.contains(&Verdict::Open) {
                verdict = Verdict::Closable;
            }
        }
        verdict
    }

    /// Which parts of the instance several schemas in place describe.
    fn overlaps_at(&mut self, node: Node) -> usize {
        let mut found: Vec<(&Members, bool)> = Vec::new();
        let mut tuples: Vec<&Tuple> = Vec::new();
        let mut seen = FastSet::default();
        let mut work = vec![(node, true)];
        while let Some((node, always)) = work.pop() {
            if !seen.insert((node, always)) {
                continue;
            }
            for keyword in self.solver.graph.keywords(node) {
                match keyword {
                    Keyword::Members(members) if !found.contains(&(members, always)) => {
                        found.push((members, always));
                    }
                    Keyword::Tuple(tuple) if !tuples.contains(&tuple) => tuples.push(tuple),
                    Keyword::Ref(node) => work.push((*node, always)),
                    Keyword::AllOf(nodes) => work.extend(nodes.iter().map(|node| (*node, always))),
                    Keyword::AnyOf(nodes) | Keyword::OneOf(nodes) => {
                        work.extend(nodes.iter().map(|node| (*node, false)));
                    }
                    Keyword::If { then, otherwise, .. } => work.extend([(*then, false), (*otherwise, false)]),
                    Keyword::DependentSchema(_, node) => work.push((*node, false)),
                    _ => {}
                }
            }
        }
        if tuples.len() <= 1
            && found.len() <= 1
            && found.iter().all(|(members, _)| members.patterns.is_empty())
        {
            return NONE;
        }
        let overlaps = overlaps_of(&found, tuples.len() > 1);
        self.overlaps.push(overlaps);
        self.overlaps.len() - 1
    }
}

fn overlaps_of(found: &[(&Members, bool)], items: bool) -> Overlaps {
    let mut by_name: BTreeMap<&Arc<str>, Vec<(Node, bool)>> = BTreeMap::new();
    for (members, always) in found {
        for (name, node) in &members.properties {
            by_name.entry(name).or_default().push((*node, *always));
        }
    }
    let patterns = || found.iter().flat_map(|(members, _)| &members.patterns);
    let mut overlaps = Overlaps {
        patterns: patterns().count() > 1,
        additional: found.len() > 1,
        items,
        ..Overlaps::default()
    };
    for (name, described) in by_name {
        let patterned = patterns().any(|(pattern, _)| pattern.is_match(name));
        overlaps.patterns |= patterned;
        let by_rest = found.iter().any(|(members, _)| {
            members.additional.is_some_and(|rest| rest != Node::TRUE && rest != Node::FALSE)
                && members.property(name).is_none()
        });
        let mut nodes: Vec<Node> = described.iter().map(|(node, _)| *node).collect();
        nodes.sort();
        nodes.dedup();
        if patterned || by_rest {
            overlaps.names.insert(name.clone(), None);
        } else if nodes.len() > 1 {
            let all_hold = described.iter().all(|(_, always)| *always);
            overlaps.names.insert(name.clone(), all_hold.then_some(nodes));
        }
    }
    overlaps
}
