//! Comparison of two schemas part by part, before anything is searched.
//!
//! Schemas that people compare are mostly alike. Equal parts are one node and cost nothing; members, items and
//! variants are compared in pairs. What pairing cannot prove is asked of the search, for the smallest part
//! that differs, and its witness is set into an instance of the whole. Pairing never decides against the
//! search: it proves by itself, or hands over.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::budget::Reason;
use super::hash::FastMap;
use super::schema::{Keyword, Members, Node, Tuple, Type, TypeSet};
use super::solve::Solver;

/// What a comparison came to.
#[derive(Debug, Clone)]
pub(crate) enum Compared {
    Proved,
    Refuted(Arc<Value>),
    Open(Reason),
}

/// The pairs compared so far and those under comparison.
#[derive(Default)]
pub(crate) struct Pairs {
    known: FastMap<(Node, Node), Compared>,
    running: Vec<(Node, Node)>,
    /// The outermost running pair that a proof took for proved.
    leaned: Option<usize>,
    bases: FastMap<Node, Option<Arc<Value>>>,
    pub(super) obvious: FastMap<Node, Option<Arc<Value>>>,
    /// The last witness that was checked against a pair, and the pair.
    checked: Option<(Node, Node, Arc<Value>)>,
}

impl Pairs {
    /// Whether the witness was held against this very pair.
    pub(crate) fn is_checked(&self, sub: Node, sup: Node, witness: &Arc<Value>) -> bool {
        self.checked
            .as_ref()
            .is_some_and(|(left, right, value)| *left == sub && *right == sup && Arc::ptr_eq(value, witness))
    }

    /// Notes an answer that is known without comparing.
    pub(crate) fn know(&mut self, pair: (Node, Node), answer: Compared) {
        self.known.insert(pair, answer);
    }
}

/// Comparisons nested more deeply go to the search.
const DEEPEST: usize = 64;

/// What pairing found out about one keyword.
enum Paired {
    Proved,
    /// Not proved; perhaps a witness for one part is known.
    Differs(Option<Lift>),
}

/// Where a witness of a part belongs in an instance of the whole.
enum Lift {
    Member(Arc<str>, Arc<Value>),
    Item(usize, Arc<Value>),
}

/// All keywords that hold at once, with references and `allOf` followed.
pub(super) struct Parts(Vec<Arc<[Keyword]>>);

impl Parts {
    pub(super) fn keywords(&self) -> impl Iterator<Item = &Keyword> {
        let flat = self.0.iter().flat_map(|keywords| keywords.iter());
        flat.filter(|keyword| !matches!(keyword, Keyword::Ref(_) | Keyword::AllOf(_)))
    }

    pub(super) fn members(&self) -> impl Iterator<Item = &Members> {
        self.keywords().filter_map(|keyword| match keyword {
            Keyword::Members(members) => Some(&**members),
            _ => None,
        })
    }

    pub(super) fn tuples(&self) -> impl Iterator<Item = &Tuple> {
        self.keywords().filter_map(|keyword| match keyword {
            Keyword::Tuple(tuple) => Some(tuple),
            _ => None,
        })
    }

    fn types(&self) -> TypeSet {
        self.keywords().fold(TypeSet::ALL, |types, keyword| match keyword {
            Keyword::Types(named) => types.intersect(*named),
            _ => types,
        })
    }
}

impl Solver<'_, '_> {
    /// Whether every instance of `sub` is one of `sup`. The error ends the whole comparison.
    pub(crate) fn compare(&mut self, sub: Node, sup: Node) -> Result<Compared, Reason> {
        if let Some(answer) = self.compare_known(sub, sup)? {
            return Ok(answer);
        }
        let pair = (self.behind(sub), self.behind(sup));
        let place = self.pairs.running.len();
        self.pairs.running.push(pair);
        let before = self.pairs.leaned.take();
        let answer = self.compare_parts(pair.0, pair.1, true);
        self.pairs.running.pop();
        let leaned = std::mem::replace(&mut self.pairs.leaned, before);
        let answer = answer?;
        let outer = leaned.filter(|leaned| *leaned < place);
        if let Some(outer) = outer {
            self.pairs.leaned = Some(self.pairs.leaned.map_or(outer, |known| known.min(outer)));
        }
        if outer.is_none() || matches!(answer, Compared::Refuted(_)) {
            self.pairs.known.insert(pair, answer.clone());
        }
        Ok(answer)
    }

    /// The answers that need no comparison.
    fn compare_known(&mut self, sub: Node, sup: Node) -> Result<Option<Compared>, Reason> {
        self.budget.spend(1)?;
        if sub == sup || sub == Node::FALSE || sup == Node::TRUE {
            return Ok(Some(Compared::Proved));
        }
        let pair = (self.behind(sub), self.behind(sup));
        if pair.0 == pair.1 {
            return Ok(Some(Compared::Proved));
        }
        if let Some(known) = self.pairs.known.get(&pair) {
            return Ok(Some(known.clone()));
        }
        if let Some(place) = self.pairs.running.iter().position(|running| *running == pair) {
            // Instances are finite: a smallest counterexample would have to contain a smaller one.
            self.pairs.leaned = Some(self.pairs.leaned.map_or(place, |known| known.min(place)));
            return Ok(Some(Compared::Proved));
        }
        if self.pairs.running.len() >= DEEPEST {
            return self.searched(pair.0, pair.1).map(Some);
        }
        Ok(None)
    }

    /// The search for an instance of one and not of the other.
    fn searched(&mut self, sub: Node, sup: Node) -> Result<Compared, Reason> {
        let found = self.solve(&[(sub, true), (sup, false)], 1)?;
        Ok(match (found.values.into_iter().next(), found.doubt) {
            (Some(witness), _) => Compared::Refuted(Arc::new(witness)),
            (None, Some(reason)) => Compared::Open(reason),
            (None, None) => Compared::Proved,
        })
    }

    pub(super) fn parts(&self, node: Node) -> Parts {
        let mut parts = Vec::new();
        let mut work = vec![node];
        while let Some(node) = work.pop() {
            let keywords = self.graph.shared(node);
            for keyword in keywords.iter() {
                match keyword {
                    Keyword::Ref(node) => work.push(*node),
                    Keyword::AllOf(nodes) => work.extend(nodes),
                    _ => {}
                }
            }
            parts.push(keywords);
            if parts.len() > 256 {
                break;
            }
        }
        Parts(parts)
    }

    fn compare_parts(&mut self, sub: Node, sup: Node, may_search: bool) -> Result<Compared, Reason> {
        if let Some(answer) = self.compare_branches(sub, sup, may_search)? {
            return Ok(answer);
        }
        let (subs, sups) = (self.parts(sub), self.parts(sup));
        if sups.0.len() > 256 {
            return self.searched(sub, sup);
        }
        let mut proved = true;
        for keyword in sups.keywords() {
            self.budget.spend(1)?;
            match self.implied(sub, &subs, keyword, may_search)? {
                Paired::Proved => {}
                Paired::Differs(lift) => {
                    proved = false;
                    if let Some(witness) = lift.and_then(|lift| self.lifted(sub, sup, &subs, lift)) {
                        return Ok(Compared::Refuted(witness));
                    }
                    if !may_search {
                        break;
                    }
                }
            }
        }
        if proved {
            return Ok(Compared::Proved);
        }
        if may_search {
            self.searched(sub, sup)
        } else {
            Ok(Compared::Open(Reason::Undecided { case: "not proved by pairing" }))
        }
    }

    /// Compares each branch of a union on the left by itself.
    fn compare_branches(
        &mut self,
        sub: Node,
        sup: Node,
        may_search: bool,
    ) -> Result<Option<Compared>, Reason> {
        let keywords = self.graph.shared(sub);
        let mut unions = keywords.iter().filter_map(|keyword| match keyword {
            Keyword::AnyOf(nodes) | Keyword::OneOf(nodes) if nodes.len() > 1 => Some((keyword, nodes)),
            _ => None,
        });
        let (Some((union, branches)), None) = (unions.next(), unions.next()) else { return Ok(None) };
        if keywords.iter().any(|keyword| {
            matches!(keyword, Keyword::UnevaluatedItems(_) | Keyword::UnevaluatedProperties(_))
        }) || self.graph.keywords(sup).contains(union)
        {
            return Ok(None);
        }
        for branch in branches {
            let answer = match self.compare_known(*branch, sup)? {
                Some(answer) => answer,
                None if may_search => self.compare(*branch, sup)?,
                None => self.compare_parts(*branch, sup, false)?,
            };
            match answer {
                Compared::Proved => {}
                Compared::Refuted(witness) if self.satisfies(&[(sub, true)], &witness)? == Ok(true) => {
                    return Ok(Some(Compared::Refuted(witness)));
                }
                _ => return Ok(None),
            }
        }
        Ok(Some(Compared::Proved))
    }

    /// Compares a part of `sub` with a part of `sup`.
    fn pair(&mut self, left: &[Node], right: Node, may_search: bool) -> Result<Compared, Reason> {
        if right == Node::TRUE || left.contains(&right) || left.contains(&Node::FALSE) {
            return Ok(Compared::Proved);
        }
        let mut answer = None;
        for node in left {
            let next = match self.compare_known(*node, right)? {
                Some(known) => known,
                None if may_search && left.len() == 1 => self.compare(*node, right)?,
                None if self.pairs.running.len() < DEEPEST => self.paired_only(*node, right)?,
                None => continue,
            };
            if matches!(next, Compared::Proved) {
                return Ok(next);
            }
            answer = Some(next);
        }
        Ok(match answer {
            Some(answer) if left.len() == 1 => answer,
            None if left.is_empty() && may_search => self.compare(Node::TRUE, right)?,
            _ => Compared::Open(Reason::Undecided { case: "not proved by pairing" }),
        })
    }

    /// A proof by pairing alone.
    fn paired_only(&mut self, sub: Node, sup: Node) -> Result<Compared, Reason> {
        let (sub, sup) = (self.behind(sub), self.behind(sup));
        self.pairs.running.push((sub, sup));
        let answer = self.compare_parts(sub, sup, false);
        self.pairs.running.pop();
        answer
    }

    /// Whether the keyword of `sup` follows from what `sub` says.
    fn implied(
        &mut self,
        sub: Node,
        subs: &Parts,
        keyword: &Keyword,
        may_search: bool,
    ) -> Result<Paired, Reason> {
        let differs = Ok(Paired::Differs(None));
        let contextual = matches!(keyword, Keyword::UnevaluatedItems(_) | Keyword::UnevaluatedProperties(_));
        if contextual {
            return differs;
        }
        if subs.keywords().any(|other| other == keyword || is_tighter(other, keyword)) {
            return Ok(Paired::Proved);
        }
        match keyword {
            Keyword::Types(types) if subs.types().is_subset(*types) => Ok(Paired::Proved),
            Keyword::Required(names) => {
                let has = |name: &Arc<str>| {
                    subs.keywords().any(|keyword| matches!(keyword, Keyword::Required(known) if known.binary_search(name).is_ok()))
                };
                if names.iter().all(has) { Ok(Paired::Proved) } else { differs }
            }
            Keyword::Members(members) if !subs.types().has(Type::Object) => {
                let _ = members;
                Ok(Paired::Proved)
            }
            Keyword::Members(members) => self.implied_members(subs, members, may_search),
            Keyword::Tuple(_) if !subs.types().has(Type::Array) => Ok(Paired::Proved),
            Keyword::Tuple(tuple) => self.implied_items(subs, tuple, may_search),
            Keyword::AnyOf(branches) | Keyword::OneOf(branches) => {
                let only = matches!(keyword, Keyword::OneOf(_));
                for (place, branch) in branches.iter().enumerate() {
                    if self.behind(*branch) != sub && self.are_disjoint(sub, *branch) {
                        continue;
                    }
                    if only
                        && !branches
                            .iter()
                            .enumerate()
                            .all(|(other, node)| other == place || self.are_disjoint(sub, *node))
                    {
                        return differs;
                    }
                    let proved = match self.compare_known(sub, *branch)? {
                        Some(answer) => matches!(answer, Compared::Proved),
                        None => matches!(self.paired_only(sub, *branch)?, Compared::Proved),
                    };
                    if proved {
                        return Ok(Paired::Proved);
                    }
                }
                differs
            }
            Keyword::Not(node) if self.are_disjoint(sub, *node) => Ok(Paired::Proved),
            _ => differs,
        }
    }

    fn implied_members(&mut self, subs: &Parts, sup: &Members, may_search: bool) -> Result<Paired, Reason> {
        let mut all = subs.members();
        // One list of members without patterns, in the order of names like the other, needs no list of its own for each name.
        let only = match (all.next(), all.next()) {
            (Some(members), None) if members.patterns.is_empty() => Some(members),
            _ => None,
        };
        let mut near = 0;
        for (name, node) in &sup.properties {
            let (one, many);
            let left: &[Node] = if let Some(members) = only {
                one = members.property_near(name, &mut near).or(members.additional);
                one.as_slice()
            } else {
                many = subs.members().flat_map(|members| members.schemas_for(name)).collect::<Vec<Node>>();
                &many
            };
            match self.pair(left, *node, may_search)? {
                Compared::Proved => {}
                Compared::Refuted(witness) => {
                    return Ok(Paired::Differs(Some(Lift::Member(name.clone(), witness))));
                }
                Compared::Open(_) => return Ok(Paired::Differs(None)),
            }
        }
        let rules = sup.patterns.iter().map(|(pattern, node)| (Some(pattern), *node));
        let additional = sup.additional.filter(|node| *node != Node::TRUE).map(|node| (None, node));
        for (pattern, node) in rules.chain(additional) {
            let concerns = |name: &str| match pattern {
                Some(pattern) => pattern.is_match(name),
                None => sup.is_additional(name),
            };
            let mut covered = false;
            'members: for members in subs.members() {
                for (name, left) in members.properties.iter().filter(|(name, _)| concerns(name)) {
                    match self.pair(&[*left], node, may_search)? {
                        Compared::Proved => {}
                        Compared::Refuted(witness) => {
                            return Ok(Paired::Differs(Some(Lift::Member(name.clone(), witness))));
                        }
                        Compared::Open(_) => continue 'members,
                    }
                }
                for (other, left) in &members.patterns {
                    // A pattern of `sup` itself is no concern of its additional members.
                    let same = sup.patterns.iter().any(|(known, _)| known == other);
                    if pattern.is_none() && same {
                        continue;
                    }
                    if !matches!(self.pair(&[*left], node, may_search)?, Compared::Proved) {
                        continue 'members;
                    }
                }
                let caught =
                    pattern.is_some_and(|pattern| members.patterns.iter().any(|(other, _)| other == pattern));
                let rest = members.additional.unwrap_or(Node::TRUE);
                covered = caught || matches!(self.pair(&[rest], node, may_search)?, Compared::Proved);
                if covered {
                    break;
                }
            }
            if !covered {
                return Ok(Paired::Differs(None));
            }
        }
        Ok(Paired::Proved)
    }

    fn implied_items(&mut self, subs: &Parts, sup: &Tuple, may_search: bool) -> Result<Paired, Reason> {
        let longest = subs.tuples().map(|tuple| tuple.prefix.len()).max().unwrap_or(0).max(sup.prefix.len());
        for index in 0..=longest {
            let Some(right) = sup.schema_at(index) else { continue };
            let left: Vec<Node> = subs.tuples().filter_map(|tuple| tuple.schema_at(index)).collect();
            match self.pair(&left, right, may_search)? {
                Compared::Proved => {}
                Compared::Refuted(witness) => return Ok(Paired::Differs(Some(Lift::Item(index, witness)))),
                Compared::Open(_) => return Ok(Paired::Differs(None)),
            }
        }
        Ok(Paired::Proved)
    }

    /// The witness of a part within an instance of the whole, where that refutes the whole.
    fn lifted(&mut self, sub: Node, sup: Node, subs: &Parts, lift: Lift) -> Option<Arc<Value>> {
        let kind = match &lift {
            Lift::Member(..) => Type::Object,
            Lift::Item(..) => Type::Array,
        };
        let base = if subs.types() == TypeSet::only(kind) { self.base(sub)? } else { None };
        let base = base.map(Arc::unwrap_or_clone);
        let value = match lift {
            Lift::Member(name, witness) => {
                let mut members = if let Some(Value::Object(members)) = base { members } else { Map::new() };
                members.insert(name.to_string(), (*witness).clone());
                Value::Object(members)
            }
            Lift::Item(index, witness) => {
                let mut items = if let Some(Value::Array(items)) = base { items } else { Vec::new() };
                if index > items.len() {
                    return None;
                }
                items.splice(index..items.len().min(index + 1), [(*witness).clone()]);
                Value::Array(items)
            }
        };
        let refutes = self.satisfies(&[(sub, true), (sup, false)], &value) == Ok(Ok(true));
        refutes.then(|| {
            let value = Arc::new(value);
            self.pairs.checked = Some((sub, sup, value.clone()));
            value
        })
    }

    /// Some instance of a schema, looked for once.
    fn base(&mut self, node: Node) -> Option<Option<Arc<Value>>> {
        if let Some(known) = self.pairs.bases.get(&node) {
            return Some(known.clone());
        }
        if let Some(value) = self.obvious(node).ok()? {
            // Given away: whoever sets a part into it needs no copy, and it is built again as fast as copied.
            self.pairs.obvious.remove(&self.graph.behind(node));
            return Some(Some(value));
        }
        let base = self.solve(&[(node, true)], 1).ok()?.values.into_iter().next().map(Arc::new);
        self.pairs.bases.insert(node, base.clone());
        Some(base)
    }
}

/// Whether the first keyword says at least what the second says.
fn is_tighter(known: &Keyword, asked: &Keyword) -> bool {
    match (known, asked) {
        (Keyword::Enum(known), Keyword::Enum(asked)) => {
            known.iter().all(|constant| asked.binary_search(constant).is_ok())
        }
        (
            Keyword::Minimum { limit: known, exclusive: known_exclusive },
            Keyword::Minimum { limit, exclusive },
        ) => (known, known_exclusive) >= (limit, exclusive),
        (
            Keyword::Maximum { limit: known, exclusive: known_exclusive },
            Keyword::Maximum { limit, exclusive },
        ) => (known, !known_exclusive) <= (limit, !exclusive),
        (Keyword::MultipleOf(known), Keyword::MultipleOf(asked)) => known.is_multiple_of(*asked),
        (Keyword::MinLength(known), Keyword::MinLength(asked))
        | (Keyword::MinItems(known), Keyword::MinItems(asked))
        | (Keyword::MinProperties(known), Keyword::MinProperties(asked)) => known >= asked,
        (Keyword::MaxLength(known), Keyword::MaxLength(asked))
        | (Keyword::MaxItems(known), Keyword::MaxItems(asked))
        | (Keyword::MaxProperties(known), Keyword::MaxProperties(asked)) => known <= asked,
        _ => false,
    }
}
