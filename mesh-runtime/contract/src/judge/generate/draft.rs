//! Drafts of values: one branch of every choice, and a value of the shape that is left.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::height::ENDLESS;
use super::random::Random;
use super::scalar::{NumberDraft, Samplers, draw_text};
use crate::judge::constant::Constant;
use crate::judge::hash::FastSet;
use crate::judge::member::{Checker, are_unique};
use crate::judge::pattern::Pattern;
use crate::judge::schema::{Contains, Graph, Keyword, Members, Node, Tuple, Type, TypeSet};

/// From this depth on only the smallest instances are drafted.
const DEEP: usize = 5;
/// Deeper drafts are dropped.
const DEEPEST: usize = 40;
/// Steps of work to check one part of a draft.
const CHECK: u64 = 200_000;
/// Schemas looked at for one draft. Parts that fail are drafted again, within parts that are.
const MOST_VISITS: u32 = 20_000;

pub(crate) struct Drafter<'d> {
    graph: &'d Graph,
    heights: &'d [u32],
    random: &'d mut Random,
    samplers: &'d mut Samplers,
    /// Values left to draft before the rest is kept as small as possible.
    room: usize,
    /// Schemas that may still be looked at.
    visits: u32,
}

/// Everything that holds at once for a value, with one branch of every choice taken.
#[derive(Default)]
struct Shape<'d> {
    types: Option<TypeSet>,
    constants: Option<&'d [Constant]>,
    number: NumberDraft,
    min_length: u64,
    max_length: Option<u64>,
    patterns: Vec<&'d Pattern>,
    min_items: u64,
    max_items: Option<u64>,
    unique: bool,
    tuples: Vec<&'d Tuple>,
    contains: Vec<&'d Contains>,
    min_members: u64,
    max_members: Option<u64>,
    required: Vec<Arc<str>>,
    members: Vec<&'d Members>,
    names: Vec<Node>,
    dependents: Vec<(&'d Arc<str>, &'d [Arc<str>])>,
    dependent_schemas: Vec<(&'d Arc<str>, Node)>,
    /// Members that unevaluated rules look at stay known ones.
    closed: bool,
    risky: bool,
}

impl<'d> Drafter<'d> {
    pub(crate) fn new(
        graph: &'d Graph,
        heights: &'d [u32],
        random: &'d mut Random,
        samplers: &'d mut Samplers,
    ) -> Self {
        let room = match random.below(3) {
            0 => 12,
            1 => 60,
            _ => 250,
        };
        Self { graph, heights, random, samplers, room, visits: MOST_VISITS }
    }

    fn height(&self, node: Node) -> u32 {
        self.heights.get(node.0 as usize).copied().unwrap_or(ENDLESS)
    }

    fn is_tight(&self, depth: usize) -> bool {
        depth > DEEP || self.room == 0
    }

    /// A value that tries to satisfy all nodes.
    pub(crate) fn value(&mut self, nodes: &[Node], depth: usize) -> Option<Value> {
        if depth > DEEPEST || nodes.contains(&Node::FALSE) {
            return None;
        }
        self.room = self.room.saturating_sub(1);
        let mut nodes = nodes.to_vec();
        nodes.sort();
        nodes.dedup();
        for _ in 0..8 {
            let mut shape = Shape::default();
            for node in &nodes {
                self.shape(*node, &mut shape, depth);
            }
            if self.visits == 0 {
                return None;
            }
            let value = self.of_shape(&shape, depth);
            let Some(value) = value else { continue };
            if !shape.risky {
                return Some(value);
            }
            let checker = Checker::new(self.graph, CHECK);
            if nodes.iter().all(|node| checker.is_member(*node, &value) == Ok(true)) {
                return Some(value);
            }
        }
        None
    }

    fn shape(&mut self, node: Node, shape: &mut Shape<'d>, depth: usize) {
        self.visits = self.visits.saturating_sub(1);
        if self.visits == 0 {
            return;
        }
        for keyword in self.graph.keywords(node) {
            match keyword {
                Keyword::Types(types) => {
                    shape.types = Some(shape.types.map_or(*types, |known| known.intersect(*types)));
                }
                Keyword::Enum(constants) => {
                    shape.risky |= shape.constants.is_some();
                    if shape.constants.is_none_or(|known| known.len() > constants.len()) {
                        shape.constants = Some(constants);
                    }
                }
                Keyword::Minimum { limit, exclusive } => shape.number.at_least(*limit, *exclusive),
                Keyword::Maximum { limit, exclusive } => shape.number.at_most(*limit, *exclusive),
                Keyword::MultipleOf(step) => shape.number.multiple_of(*step),
                Keyword::MinLength(least) => shape.min_length = shape.min_length.max(*least),
                Keyword::MaxLength(most) => shape.max_length = smaller(shape.max_length, *most),
                Keyword::Pattern(pattern) => shape.patterns.push(pattern),
                Keyword::MinItems(least) => shape.min_items = shape.min_items.max(*least),
                Keyword::MaxItems(most) => shape.max_items = smaller(shape.max_items, *most),
                Keyword::UniqueItems => shape.unique = true,
                Keyword::Tuple(tuple) => shape.tuples.push(tuple),
                Keyword::Contains(contains) => {
                    shape.risky = true;
                    shape.contains.push(contains);
                }
                Keyword::MinProperties(least) => shape.min_members = shape.min_members.max(*least),
                Keyword::MaxProperties(most) => shape.max_members = smaller(shape.max_members, *most),
                Keyword::Required(names) => shape.required.extend(names.iter().cloned()),
                Keyword::Members(members) => shape.members.push(members),
                Keyword::PropertyNames(node) => shape.names.push(*node),
                Keyword::DependentRequired(name, needed) => shape.dependents.push((name, needed)),
                Keyword::DependentSchema(name, node) => {
                    shape.risky = true;
                    shape.dependent_schemas.push((name, *node));
                    if self.random.one_in(2) {
                        self.shape(*node, shape, depth);
                    }
                }
                Keyword::Ref(node) => self.shape(*node, shape, depth),
                Keyword::AllOf(nodes) => nodes.iter().for_each(|node| self.shape(*node, shape, depth)),
                Keyword::AnyOf(nodes) | Keyword::OneOf(nodes) => {
                    shape.risky = true;
                    if let Some(branch) = self.branch(nodes, depth) {
                        self.shape(branch, shape, depth);
                    }
                }
                Keyword::If { condition, then, otherwise } => {
                    shape.risky = true;
                    if self.random.one_in(2) {
                        self.shape(*condition, shape, depth);
                        self.shape(*then, shape, depth);
                    } else {
                        self.shape(*otherwise, shape, depth);
                    }
                }
                Keyword::Not(_) | Keyword::Opaque(_) => shape.risky = true,
                Keyword::UnevaluatedItems(_) | Keyword::UnevaluatedProperties(_) => {
                    shape.risky = true;
                    shape.closed = true;
                }
            }
        }
    }

    fn branch(&mut self, nodes: &[Node], depth: usize) -> Option<Node> {
        if self.is_tight(depth) && !self.random.one_in(4) {
            return nodes.iter().copied().min_by_key(|node| self.height(*node));
        }
        let finite: Vec<Node> = nodes.iter().copied().filter(|node| self.height(*node) < ENDLESS).collect();
        self.random.pick(&finite).copied()
    }

    fn of_shape(&mut self, shape: &Shape<'d>, depth: usize) -> Option<Value> {
        if let Some(constants) = shape.constants {
            let types = shape.types.unwrap_or(TypeSet::ALL);
            let fitting: Vec<&Constant> =
                constants.iter().filter(|constant| types.has(Type::of(constant.value()))).collect();
            return self.random.pick(&fitting).map(|constant| constant.value().clone());
        }
        let types = shape.types.unwrap_or(TypeSet::ALL);
        let mut kinds: Vec<Type> = Type::ALL.into_iter().filter(|kind| types.has(*kind)).collect();
        if self.is_tight(depth) && kinds.len() > 1 {
            kinds.retain(|kind| !matches!(kind, Type::Array | Type::Object));
        }
        Some(match self.random.pick(&kinds)? {
            Type::Null => Value::Null,
            Type::Bool => Value::Bool(self.random.one_in(2)),
            Type::Number => {
                let mut number = shape.number;
                if types.integers_only() {
                    number.multiple_of(crate::judge::number::Decimal::ONE);
                }
                number.draw(self.random)?
            }
            Type::String => Value::String(draw_text(
                self.random,
                self.samplers,
                shape.min_length,
                shape.max_length,
                &shape.patterns,
            )?),
            Type::Array => self.array(shape, depth)?,
            Type::Object => self.object(shape, depth)?,
        })
    }

    fn array(&mut self, shape: &Shape<'d>, depth: usize) -> Option<Value> {
        let wanted: u64 = shape.contains.iter().map(|contains| contains.min).sum();
        let least = shape.min_items.max(wanted.min(64));
        let most = shape.max_items.unwrap_or(u64::MAX);
        let longest = shape.tuples.iter().map(|tuple| tuple.prefix.len()).max().unwrap_or(0) as u64;
        let length = if self.is_tight(depth) {
            least
        } else {
            match self.random.below(5) {
                0 => least,
                1 => least.max(longest),
                2 => least.saturating_add(1),
                3 if most < 40 => most,
                _ => least + self.random.below(4) as u64,
            }
        };
        let length = length.min(most).max(least);
        if length > 2_000 || length > most {
            return None;
        }
        let mut demands: Vec<Node> = Vec::new();
        for contains in &shape.contains {
            demands.extend(std::iter::repeat_n(contains.schema, usize::try_from(contains.min).ok()?.min(64)));
        }
        let mut items: Vec<Value> = Vec::new();
        for index in 0..usize::try_from(length).ok()? {
            let mut nodes: Vec<Node> =
                shape.tuples.iter().filter_map(|tuple| tuple.schema_at(index)).collect();
            let left = usize::try_from(length).ok()? - index;
            if !demands.is_empty() && (demands.len() >= left || self.random.one_in(2)) {
                nodes.extend(demands.pop());
            }
            let tries = if shape.unique { 12 } else { 1 };
            let item = (0..tries).find_map(|_| {
                let item = self.value(&nodes, depth + 1)?;
                if shape.unique {
                    items.push(item);
                    if are_unique(&items) {
                        return items.pop();
                    }
                    items.pop();
                    return None;
                }
                Some(item)
            });
            match item {
                Some(item) => items.push(item),
                None if items.len() as u64 >= least => break,
                None => return None,
            }
        }
        Some(Value::Array(items))
    }

    fn object(&mut self, shape: &Shape<'d>, depth: usize) -> Option<Value> {
        let mut map = Map::new();
        let mut required: Vec<Arc<str>> = shape.required.clone();
        required.sort();
        required.dedup();
        let mut at = 0;
        while let Some(name) = required.get(at).cloned() {
            for (trigger, needed) in &shape.dependents {
                if **trigger == name {
                    let missing: Vec<_> =
                        needed.iter().filter(|name| !required.contains(name)).cloned().collect();
                    required.extend(missing);
                }
            }
            at += 1;
        }
        for name in &required {
            let value = self.member(shape, name, depth)?;
            map.insert(name.to_string(), value);
        }
        let most = shape.max_members.unwrap_or(u64::MAX);
        let mut optional: Vec<Arc<str>> = shape
            .members
            .iter()
            .flat_map(|members| members.properties.iter().map(|(name, _)| name.clone()))
            .chain(shape.dependents.iter().map(|(name, _)| (*name).clone()))
            .chain(shape.dependent_schemas.iter().map(|(name, _)| (*name).clone()))
            .filter(|name| !map.contains_key(&**name))
            .collect();
        optional.sort();
        optional.dedup();
        // All, none, or each as the coin falls.
        let mode = if self.is_tight(depth) { 1 } else { self.random.below(4) };
        for name in optional {
            let short = (map.len() as u64) < shape.min_members;
            let taken = match mode {
                0 => true,
                1 => false,
                _ => self.random.one_in(2),
            };
            if (!taken && !short) || map.len() as u64 >= most || !self.is_admitted(shape, &name) {
                continue;
            }
            let needs_more = shape.dependents.iter().any(|(trigger, needed)| {
                **trigger == name && needed.iter().any(|needed| !map.contains_key(&**needed))
            });
            if needs_more {
                continue;
            }
            if let Some(value) = self.member(shape, &name, depth) {
                map.insert(name.to_string(), value);
            }
        }
        let extra =
            if self.is_tight(depth) || shape.closed { 0 } else { self.random.below(5).saturating_sub(2) };
        let goal = shape.min_members.max(map.len() as u64 + extra as u64).min(most);
        let mut seen = FastSet::default();
        for _ in 0..goal.saturating_mul(4).min(400) {
            if map.len() as u64 >= goal {
                break;
            }
            let Some(name) = self.fresh_name(shape) else { continue };
            if map.contains_key(&name) || !seen.insert(name.clone()) || !self.is_admitted(shape, &name) {
                continue;
            }
            if let Some(value) = self.member(shape, &name, depth) {
                map.insert(name, value);
            }
        }
        Some(Value::Object(map))
    }

    /// Whether some member of this name could be there.
    fn is_admitted(&self, shape: &Shape<'d>, name: &str) -> bool {
        let checker = Checker::new(self.graph, CHECK);
        let text = Value::String(name.to_owned());
        !shape
            .members
            .iter()
            .any(|members| members.schemas_for(name).any(|node| self.height(node) >= ENDLESS))
            && shape.names.iter().all(|node| checker.is_member(*node, &text) == Ok(true))
    }

    fn member(&mut self, shape: &Shape<'d>, name: &str, depth: usize) -> Option<Value> {
        let nodes: Vec<Node> = shape.members.iter().flat_map(|members| members.schemas_for(name)).collect();
        self.value(&nodes, depth + 1)
    }

    fn fresh_name(&mut self, shape: &Shape<'d>) -> Option<String> {
        let patterns: Vec<&Pattern> = shape
            .members
            .iter()
            .flat_map(|members| members.patterns.iter().map(|(pattern, _)| &**pattern))
            .collect();
        if self.random.one_in(2)
            && let Some(pattern) = self.random.pick(&patterns).copied()
        {
            return draw_text(self.random, self.samplers, 0, None, &[pattern]);
        }
        if let Some(node) = shape.names.first() {
            return self.value(&[*node], DEEP).and_then(|name| name.as_str().map(str::to_owned));
        }
        draw_text(self.random, self.samplers, 0, Some(8), &[])
    }
}

fn smaller(known: Option<u64>, other: u64) -> Option<u64> {
    Some(known.map_or(other, |known| known.min(other)))
}
