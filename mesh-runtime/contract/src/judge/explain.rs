//! Why a value is no instance: which keyword of which schema object it breaks, and where in the value.
//!
//! This is the slow path behind a check that failed. It walks a graph that knows where each node stands in the document.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use serde_json::{Map, Value};

use super::coverage::{ItemCoverage, MemberCoverage, Walk, items_covered, members_covered};
use super::hash::FastMap;
use super::member::Checker;
use super::resolve::address;
use super::schema::{Graph, Keyword, Members, Node, Tuple};
use super::trace::{Trace, push_token};
use super::validator::Violation;

/// Steps of work to explain one value; no record that people write comes near.
const LIMIT: u64 = 50_000_000;
/// Schemas looked into for one explanation: values nested in unions of unions have very many.
const MOST_VISITS: u32 = 50_000;

/// The schema object that applied a schema, and the keyword by which it did.
#[derive(Clone, Copy)]
struct Holder<'a> {
    schema: &'a str,
    keyword: &'static str,
}

/// What a branch breaks; shared between the unions that ask for it.
type Broken = Rc<Vec<Violation>>;

pub(crate) struct Explainer<'t> {
    graph: &'t Graph,
    trace: &'t Trace,
    checker: Checker<'t>,
    visits: Cell<u32>,
    /// What each branch of a union breaks at each part of the value.
    branches: RefCell<FastMap<(Node, usize), Broken>>,
}

impl<'t> Explainer<'t> {
    pub(crate) fn new(graph: &'t Graph, trace: &'t Trace) -> Self {
        Self {
            graph,
            trace,
            checker: Checker::of_one_value(graph, LIMIT),
            visits: Cell::new(0),
            branches: RefCell::default(),
        }
    }

    /// The keywords that the value breaks.
    pub(crate) fn violations(&self, root: Node, value: &Value) -> Vec<Violation> {
        let mut out = Vec::new();
        let holder = Holder { schema: "", keyword: "false" };
        self.explain(root, value, holder, &mut String::new(), &mut out);
        out.sort();
        out.dedup();
        out
    }

    fn explain(
        &self,
        node: Node,
        value: &Value,
        holder: Holder<'_>,
        at: &mut String,
        out: &mut Vec<Violation>,
    ) {
        self.visits.set(self.visits.get() + 1);
        if self.visits.get() > MOST_VISITS || self.checker.is_member(node, value) != Ok(false) {
            return;
        }
        let keywords = self.graph.keywords(node);
        let place = match (self.trace.place(node), keywords) {
            // A `false` has no keywords of its own: what applied it is what is broken.
            (_, [Keyword::Types(types)]) if types.is_empty() => None,
            (None, [Keyword::Ref(target)]) => return self.explain(*target, value, holder, at, out),
            (place, _) => place,
        };
        let Some(place) = place else {
            return out.push(Violation::new(at, holder.keyword, holder.schema));
        };
        let before = out.len();
        for (index, keyword) in keywords.iter().enumerate() {
            let name = place.names.get(index).copied().unwrap_or_else(|| keyword.name());
            let holder = Holder { schema: &place.pointer, keyword: name };
            self.keyword(node, keyword, value, holder, at, out, out.len() == before);
        }
        if out.len() == before {
            out.push(Violation::new(at, holder.keyword, &place.pointer));
        }
    }

    /// What one keyword finds; `alone` says that no other keyword of its schema has found anything.
    #[expect(
        clippy::too_many_arguments,
        reason = "the arguments are one visit, spread out so that it borrows"
    )]
    fn keyword(
        &self,
        node: Node,
        keyword: &Keyword,
        value: &Value,
        holder: Holder<'_>,
        at: &mut String,
        out: &mut Vec<Violation>,
        alone: bool,
    ) {
        match (keyword, value) {
            (Keyword::Ref(node), _) => self.explain(*node, value, holder, at, out),
            (Keyword::AllOf(nodes), _) => {
                nodes.iter().for_each(|node| self.explain(*node, value, holder, at, out));
            }
            (Keyword::DependentSchema(name, node), Value::Object(map)) if map.contains_key(&**name) => {
                self.explain(*node, value, holder, at, out);
            }
            (Keyword::DependentSchema(..), _) => {}
            (Keyword::If { condition, then, otherwise }, _) => {
                let (branch, keyword) = if self.checker.is_member(*condition, value) == Ok(true) {
                    (then, "then")
                } else {
                    (otherwise, "else")
                };
                self.explain(*branch, value, Holder { keyword, ..holder }, at, out);
            }
            (Keyword::Members(members), Value::Object(map)) => self.members(members, map, holder, at, out),
            (Keyword::Tuple(tuple), Value::Array(items)) => self.items(tuple, items, holder, at, out),
            (Keyword::Required(names), Value::Object(map)) => {
                for name in names.iter().filter(|name| !map.contains_key(&***name)) {
                    let mut pointer = at.clone();
                    push_token(&mut pointer, name);
                    out.push(Violation::new(&pointer, holder.keyword, holder.schema));
                }
            }
            (Keyword::UnevaluatedProperties(schema), Value::Object(map)) => {
                let evaluated = self.evaluated_members(node, value, alone);
                for (name, member) in map.iter().filter(|(name, _)| !evaluated(name)) {
                    self.below(name, *schema, member, holder, at, out);
                }
            }
            (Keyword::UnevaluatedItems(schema), Value::Array(items)) => {
                let evaluated = self.evaluated_items(node, value, alone);
                for (index, item) in items.iter().enumerate().filter(|(index, _)| !evaluated(*index)) {
                    self.below(&index.to_string(), *schema, item, holder, at, out);
                }
            }
            (Keyword::UnevaluatedProperties(_) | Keyword::UnevaluatedItems(_), _) => {}
            (other, _) if self.checker.one_keyword(other, value) => {}
            (Keyword::AnyOf(nodes) | Keyword::OneOf(nodes), _) => {
                let nearest = self.nearest(nodes, value, holder, at);
                out.push(Violation { nearest, ..Violation::new(at, holder.keyword, holder.schema) });
            }
            (Keyword::Contains(contains), Value::Array(items)) => {
                let fits = |item: &&Value| self.checker.is_member(contains.schema, item) == Ok(true);
                let count = items.iter().filter(fits).count() as u64;
                let keyword = if count >= contains.min {
                    "maxContains"
                } else if contains.min > 1 {
                    "minContains"
                } else {
                    holder.keyword
                };
                out.push(Violation::new(at, keyword, holder.schema));
            }
            _ => out.push(Violation::new(at, holder.keyword, holder.schema)),
        }
    }

    fn below(
        &self,
        token: &str,
        node: Node,
        value: &Value,
        holder: Holder<'_>,
        at: &mut String,
        out: &mut Vec<Violation>,
    ) {
        let length = at.len();
        push_token(at, token);
        self.explain(node, value, holder, at, out);
        at.truncate(length);
    }

    fn members(
        &self,
        members: &Members,
        map: &Map<String, Value>,
        holder: Holder<'_>,
        at: &mut String,
        out: &mut Vec<Violation>,
    ) {
        for (name, member) in map {
            let mut named = false;
            let property = members.property(name).map(|node| (node, "properties"));
            let patterned = members.patterns.iter().filter(|(pattern, _)| pattern.is_match(name));
            for (node, keyword) in
                property.into_iter().chain(patterned.map(|(_, node)| (*node, "patternProperties")))
            {
                named = true;
                self.below(name, node, member, Holder { keyword, ..holder }, at, out);
            }
            if !named && let Some(node) = members.additional {
                let holder = Holder { keyword: "additionalProperties", ..holder };
                self.below(name, node, member, holder, at, out);
            }
        }
    }

    fn items(
        &self,
        tuple: &Tuple,
        items: &[Value],
        holder: Holder<'_>,
        at: &mut String,
        out: &mut Vec<Violation>,
    ) {
        let rest = match holder.keyword {
            "prefixItems" => "items",
            // Before 2020-12 a list under `items` had its rest elsewhere.
            _ if !tuple.prefix.is_empty() => "additionalItems",
            other => other,
        };
        for (index, item) in items.iter().enumerate() {
            if let Some(node) = tuple.schema_at(index) {
                let keyword = if index < tuple.prefix.len() { holder.keyword } else { rest };
                self.below(&index.to_string(), node, item, Holder { keyword, ..holder }, at, out);
            }
        }
    }

    /// Which members count as evaluated. Beside a keyword that fails, and so evaluates nothing, it is what the
    /// schemas in place name: a member must not be called unknown because another one is wrong.
    fn evaluated_members(&self, node: Node, value: &Value, alone: bool) -> Box<dyn Fn(&str) -> bool> {
        if alone {
            let evaluated = self.checker.evaluated(node, value);
            return Box::new(move |name| evaluated.has_member(name));
        }
        let found = Walk::contributions(self.graph, self.graph.keywords(node), true, members_covered);
        let Some(found) = found else { return Box::new(|_| true) };
        let mut coverage = MemberCoverage::default();
        found.iter().for_each(|contribution| coverage.merge(&contribution.covers));
        Box::new(move |name| {
            coverage.all
                || coverage.names.iter().any(|known| **known == *name)
                || coverage.patterns.iter().any(|pattern| pattern.is_match(name))
        })
    }

    fn evaluated_items(&self, node: Node, value: &Value, alone: bool) -> Box<dyn Fn(usize) -> bool> {
        if alone {
            let evaluated = self.checker.evaluated(node, value);
            return Box::new(move |index| evaluated.has_item(index));
        }
        let found = Walk::contributions(self.graph, self.graph.keywords(node), true, items_covered);
        let Some(found) = found else { return Box::new(|_| true) };
        let mut coverage = ItemCoverage::default();
        found.iter().for_each(|contribution| coverage.merge(&contribution.covers));
        Box::new(move |index| coverage.all || !coverage.matching.is_empty() || index < coverage.prefix)
    }

    /// What the branch breaks that fits best; nothing where branches hold and only their number is wrong.
    fn nearest(&self, nodes: &[Node], value: &Value, holder: Holder<'_>, at: &mut String) -> Vec<Violation> {
        let mut best: Option<(Misfit, Broken)> = None;
        for node in nodes {
            let key = (*node, address(value));
            let known = self.branches.borrow().get(&key).cloned();
            let broken = known.unwrap_or_else(|| {
                let mut out = Vec::new();
                self.explain(*node, value, holder, at, &mut out);
                out.sort();
                out.dedup();
                let broken = Rc::new(out);
                self.branches.borrow_mut().insert(key, broken.clone());
                broken
            });
            if broken.is_empty() {
                return Vec::new();
            }
            let misfit = Misfit::of(&broken, at);
            if best.as_ref().is_none_or(|(known, _)| misfit < *known) {
                best = Some((misfit, broken));
            }
        }
        best.map(|(_, broken)| broken.to_vec()).unwrap_or_default()
    }
}

/// How badly a value misses a branch, the worst first: it is of another type, its tag is another one, its members are
/// others, some of what is in them is wrong.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Misfit {
    kind: usize,
    tag: usize,
    members: usize,
    all: usize,
}

impl Misfit {
    fn of(broken: &[Violation], at: &str) -> Self {
        let mut misfit = Self::default();
        for violation in broken {
            let depth = violation.pointer.get(at.len()..).unwrap_or("").matches('/').count();
            if depth == 0 && !violation.nearest.is_empty() {
                // A union within the branch is as near as its own nearest branch.
                let inner = Self::of(&violation.nearest, at);
                misfit.kind += inner.kind;
                misfit.tag += inner.tag;
                misfit.members += inner.members;
                misfit.all += inner.all;
                continue;
            }
            misfit.all += 1;
            match (violation.keyword, depth) {
                (_, 0) => misfit.kind += 1,
                ("const" | "enum", 1) => misfit.tag += 1,
                ("required" | "additionalProperties" | "unevaluatedProperties", 1) => misfit.members += 1,
                _ => {}
            }
        }
        misfit
    }
}
