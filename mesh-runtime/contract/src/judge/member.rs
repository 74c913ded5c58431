//! Membership: is this value an instance of this schema?
//!
//! The check reads the keywords as the specification words them, and shares nothing with the search
//! for witnesses but the compiled graph. So a witness that passes here was not merely believed.

use std::cell::{Cell, RefCell};

use serde_json::{Map, Value};

use super::constant::{Constant, equal, key};
use super::hash::{FastMap, FastSet};
use super::number::Decimal;
use super::resolve::address;
use super::schema::{Contains, Graph, Keyword, Members, Node, Opaque, Tuple, Type};

/// What the keywords of a schema have evaluated of a value.
#[derive(Debug, Default, Clone)]
pub(crate) struct Evaluated {
    all_members: bool,
    members: FastSet<String>,
    all_items: bool,
    items: FastSet<usize>,
}

impl Evaluated {
    pub(crate) fn has_member(&self, name: &str) -> bool {
        self.all_members || self.members.contains(name)
    }

    pub(crate) fn has_item(&self, index: usize) -> bool {
        self.all_items || self.items.contains(&index)
    }

    fn merge(&mut self, other: Self) {
        self.all_members |= other.all_members;
        self.members.extend(other.members);
        self.all_items |= other.all_items;
        self.items.extend(other.items);
    }
}

/// The check gave up: the schema has a construct that cannot be checked, or the work exceeds the limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Obstacle {
    Opaque(Opaque),
    Limit,
}

/// Checks values against the nodes of a graph.
pub(crate) struct Checker<'g> {
    graph: &'g Graph,
    left: Cell<u64>,
    obstacle: Cell<Option<Obstacle>>,
    /// How many unions of branches are around the check.
    unions: Cell<u32>,
    /// What is known of parts of the value. Branches of recursive unions ask the same of the same part over and over.
    known: RefCell<FastMap<(Node, usize), bool>>,
    /// Whether the next value has the same parts as the last.
    keeps: bool,
}

impl<'g> Checker<'g> {
    pub(crate) fn new(graph: &'g Graph, limit: u64) -> Self {
        Self {
            graph,
            left: Cell::new(limit),
            obstacle: Cell::new(None),
            unions: Cell::new(0),
            known: RefCell::default(),
            keeps: false,
        }
    }

    /// A checker that is asked of parts of one value alone, which lives as long as the checker is used.
    pub(crate) fn of_one_value(graph: &'g Graph, limit: u64) -> Self {
        Self { keeps: true, ..Self::new(graph, limit) }
    }

    /// Whether the value is an instance, unless the check had to give up.
    pub(crate) fn is_member(&self, node: Node, value: &Value) -> Result<bool, Obstacle> {
        if !self.keeps {
            self.known.borrow_mut().clear();
        }
        let answer = self.check(node, value, None);
        match self.obstacle.take() {
            None => Ok(answer),
            Some(obstacle) => Err(obstacle),
        }
    }

    /// The steps that are left of the limit.
    pub(crate) fn left(&self) -> u64 {
        self.left.get()
    }

    fn give_up(&self, obstacle: Obstacle) -> bool {
        let known = self.obstacle.take();
        self.obstacle.set(known.or(Some(obstacle)));
        false
    }

    fn check(&self, node: Node, value: &Value, out: Option<&mut Evaluated>) -> bool {
        if node == Node::TRUE {
            return true;
        }
        let Some(left) = self.left.get().checked_sub(1) else { return self.give_up(Obstacle::Limit) };
        self.left.set(left);
        let keywords = self.graph.keywords(node);
        let collects = keywords.iter().any(|keyword| {
            matches!(keyword, Keyword::UnevaluatedItems(_) | Keyword::UnevaluatedProperties(_))
        });
        // Below one union each part is looked at once for each branch; below two, these products multiply.
        if out.is_none() && self.unions.get() > 1 && (value.is_object() || value.is_array()) {
            let key = (node, address(value));
            let known = self.known.borrow().get(&key).copied();
            return known.unwrap_or_else(|| {
                let answer = self.check_keywords(keywords, value, None, collects);
                self.known.borrow_mut().insert(key, answer);
                answer
            });
        }
        self.check_keywords(keywords, value, out, collects)
    }

    fn check_keywords(
        &self,
        keywords: &[Keyword],
        value: &Value,
        out: Option<&mut Evaluated>,
        collects: bool,
    ) -> bool {
        match (out, collects) {
            (None, false) => keywords.iter().all(|keyword| self.keyword(keyword, value, &mut None)),
            (out, _) => {
                // Keywords are ordered so that `unevaluated*` come after everything they look at.
                let mut seen = Some(Evaluated::default());
                if !keywords.iter().all(|keyword| self.keyword(keyword, value, &mut seen)) {
                    return false;
                }
                if let (Some(out), Some(seen)) = (out, seen) {
                    out.merge(seen);
                }
                true
            }
        }
    }

    /// Checks one keyword; `out` collects what it evaluates, where somebody asks.
    pub(crate) fn one_keyword(&self, keyword: &Keyword, value: &Value) -> bool {
        self.keyword(keyword, value, &mut None)
    }

    /// What the keywords before `unevaluated*` evaluate of a value that satisfies them.
    pub(crate) fn evaluated(&self, node: Node, value: &Value) -> Evaluated {
        let mut seen = Some(Evaluated::default());
        for keyword in self.graph.keywords(node) {
            if matches!(keyword, Keyword::UnevaluatedItems(_) | Keyword::UnevaluatedProperties(_)) {
                break;
            }
            self.keyword(keyword, value, &mut seen);
        }
        seen.unwrap_or_default()
    }

    fn keyword(&self, keyword: &Keyword, value: &Value, out: &mut Option<Evaluated>) -> bool {
        match keyword {
            Keyword::Types(types) => match value {
                Value::Number(number) if types.integers_only() => Decimal::from_number(number).is_integer(),
                other => types.has(Type::of(other)),
            },
            Keyword::Enum(constants) => is_one_of(constants, value),
            Keyword::Minimum { limit, exclusive } => {
                number(value).is_none_or(|number| if *exclusive { number > *limit } else { number >= *limit })
            }
            Keyword::Maximum { limit, exclusive } => {
                number(value).is_none_or(|number| if *exclusive { number < *limit } else { number <= *limit })
            }
            Keyword::MultipleOf(step) => number(value).is_none_or(|number| number.is_multiple_of(*step)),
            Keyword::MinLength(least) => length(value).is_none_or(|length| length >= *least),
            Keyword::MaxLength(most) => length(value).is_none_or(|length| length <= *most),
            Keyword::Pattern(pattern) => value.as_str().is_none_or(|text| pattern.is_match(text)),
            Keyword::MinItems(least) => value.as_array().is_none_or(|items| items.len() as u64 >= *least),
            Keyword::MaxItems(most) => value.as_array().is_none_or(|items| items.len() as u64 <= *most),
            Keyword::UniqueItems => value.as_array().is_none_or(|items| are_unique(items)),
            Keyword::Tuple(tuple) => value.as_array().is_none_or(|items| self.tuple(tuple, items, out)),
            Keyword::Contains(contains) => {
                value.as_array().is_none_or(|items| self.contains(contains, items, out))
            }
            Keyword::MinProperties(least) => value.as_object().is_none_or(|map| map.len() as u64 >= *least),
            Keyword::MaxProperties(most) => value.as_object().is_none_or(|map| map.len() as u64 <= *most),
            Keyword::Required(names) => {
                value.as_object().is_none_or(|map| names.iter().all(|name| map.contains_key(&**name)))
            }
            Keyword::Members(members) => value.as_object().is_none_or(|map| self.members(members, map, out)),
            Keyword::PropertyNames(node) => value.as_object().is_none_or(|map| {
                map.keys().all(|name| self.check(*node, &Value::String(name.clone()), None))
            }),
            Keyword::DependentRequired(name, needed) => value.as_object().is_none_or(|map| {
                !map.contains_key(&**name) || needed.iter().all(|needed| map.contains_key(&**needed))
            }),
            Keyword::DependentSchema(name, node) => value
                .as_object()
                .is_none_or(|map| !map.contains_key(&**name) || self.check(*node, value, out.as_mut())),
            Keyword::Ref(node) => self.check(*node, value, out.as_mut()),
            Keyword::AllOf(nodes) => nodes.iter().all(|node| self.check(*node, value, out.as_mut())),
            Keyword::AnyOf(nodes) => {
                self.unions.set(self.unions.get() + 1);
                // With somebody asking, every branch that holds has something to say.
                let mut any = false;
                for node in nodes {
                    if self.check(*node, value, out.as_mut()) {
                        any = true;
                        if out.is_none() {
                            break;
                        }
                    }
                }
                self.unions.set(self.unions.get() - 1);
                any
            }
            Keyword::OneOf(nodes) => {
                self.unions.set(self.unions.get() + 1);
                let mut count = 0;
                for node in nodes {
                    if self.check(*node, value, out.as_mut()) {
                        count += 1;
                        if count > 1 {
                            break;
                        }
                    }
                }
                self.unions.set(self.unions.get() - 1);
                count == 1
            }
            Keyword::Not(node) => !self.check(*node, value, None),
            Keyword::If { condition, then, otherwise } => {
                let branch = if self.check(*condition, value, out.as_mut()) { then } else { otherwise };
                self.check(*branch, value, out.as_mut())
            }
            Keyword::UnevaluatedItems(node) => {
                value.as_array().is_none_or(|items| self.unevaluated_items(*node, items, out))
            }
            Keyword::UnevaluatedProperties(node) => {
                value.as_object().is_none_or(|map| self.unevaluated_members(*node, map, out))
            }
            Keyword::Opaque(opaque) => self.give_up(Obstacle::Opaque(opaque.clone())),
        }
    }

    fn tuple(&self, tuple: &Tuple, items: &[Value], out: &mut Option<Evaluated>) -> bool {
        let fits = items
            .iter()
            .enumerate()
            .all(|(index, item)| tuple.schema_at(index).is_none_or(|node| self.check(node, item, None)));
        if fits && let Some(out) = out {
            out.all_items |= tuple.rest.is_some() || tuple.prefix.len() >= items.len();
            out.items.extend(0..tuple.prefix.len());
        }
        fits
    }

    fn contains(&self, contains: &Contains, items: &[Value], out: &mut Option<Evaluated>) -> bool {
        let mut count = 0;
        for (index, item) in items.iter().enumerate() {
            if self.check(contains.schema, item, None) {
                count += 1;
                if let Some(out) = out
                    && contains.evaluates
                {
                    out.items.insert(index);
                }
            }
        }
        count >= contains.min && contains.max.is_none_or(|max| count <= max)
    }

    fn members(&self, members: &Members, map: &Map<String, Value>, out: &mut Option<Evaluated>) -> bool {
        let fits = if members.patterns.is_empty() {
            // Both lists are in the order of names, as a rule.
            let mut hint = 0;
            map.iter().all(|(name, member)| {
                let node = members.property_near(name, &mut hint).or(members.additional);
                node.is_none_or(|node| self.check(node, member, None))
            })
        } else {
            map.iter()
                .all(|(name, member)| members.schemas_for(name).all(|node| self.check(node, member, None)))
        };
        if fits && let Some(out) = out {
            out.all_members |= members.additional.is_some();
            out.members.extend(map.keys().filter(|name| !members.is_additional(name)).cloned());
        }
        fits
    }

    fn unevaluated_items(&self, node: Node, items: &[Value], out: &mut Option<Evaluated>) -> bool {
        let Some(out) = out else { return true };
        let fits = out.all_items
            || items
                .iter()
                .enumerate()
                .all(|(index, item)| out.items.contains(&index) || self.check(node, item, None));
        out.all_items = true;
        fits
    }

    fn unevaluated_members(&self, node: Node, map: &Map<String, Value>, out: &mut Option<Evaluated>) -> bool {
        let Some(out) = out else { return true };
        let fits = out.all_members
            || map.iter().all(|(name, member)| out.members.contains(name) || self.check(node, member, None));
        out.all_members = true;
        fits
    }
}

fn number(value: &Value) -> Option<Decimal> {
    value.as_number().map(Decimal::from_number)
}

/// The length in code points.
fn length(value: &Value) -> Option<u64> {
    value.as_str().map(|text| text.chars().count() as u64)
}

pub(crate) fn is_one_of(constants: &[Constant], value: &Value) -> bool {
    constants.iter().any(|constant| equal(constant.value(), value))
}

pub(crate) fn are_unique(items: &[Value]) -> bool {
    if items.len() < 8 {
        return items
            .iter()
            .enumerate()
            .all(|(index, item)| items.iter().take(index).all(|other| !equal(item, other)));
    }
    let mut seen = FastSet::default();
    items.iter().all(|item| seen.insert(key(item)))
}
