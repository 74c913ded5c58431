//! The compiled form of schemas: a graph of nodes in which equal sub-schemas are one node.
//!
//! A node is a conjunction of keywords in a fixed order. Nodes are interned, so that two schemas
//! which say the same, wherever they stand and however they are annotated, compare by one integer.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::constant::Constant;
use super::hash::{FastHasher, FastMap};
use super::number::Decimal;
use super::pattern::Pattern;

/// A sub-schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Node(pub(crate) u32);

impl Node {
    /// Admits every value.
    pub(crate) const TRUE: Self = Self(0);
    /// Admits none.
    pub(crate) const FALSE: Self = Self(1);
}

/// A set of JSON types; `integer` is a number without fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct TypeSet(u8);

/// The six types of JSON values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Type {
    Null = 1,
    Bool = 2,
    Number = 4,
    String = 8,
    Array = 16,
    Object = 32,
}

impl Type {
    pub(crate) const ALL: [Self; 6] =
        [Self::Null, Self::Bool, Self::Number, Self::String, Self::Array, Self::Object];

    pub(crate) fn of(value: &serde_json::Value) -> Self {
        use serde_json::Value;
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Bool,
            Value::Number(_) => Self::Number,
            Value::String(_) => Self::String,
            Value::Array(_) => Self::Array,
            Value::Object(_) => Self::Object,
        }
    }
}

impl TypeSet {
    const INTEGER: u8 = 64;
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const ALL: Self = Self(63);

    pub(crate) fn only(kind: Type) -> Self {
        Self(kind as u8)
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(Self(match name {
            "null" => Type::Null as u8,
            "boolean" => Type::Bool as u8,
            "number" => Type::Number as u8,
            "integer" => Self::INTEGER,
            "string" => Type::String as u8,
            "array" => Type::Array as u8,
            "object" => Type::Object as u8,
            _ => return None,
        }))
    }

    pub(crate) fn union(self, other: Self) -> Self {
        let bits = self.0 | other.0;
        // All numbers include the integers.
        Self(if bits & Type::Number as u8 != 0 { bits & !Self::INTEGER } else { bits })
    }

    pub(crate) fn intersect(self, other: Self) -> Self {
        let mut bits = self.0 & other.0 & !Self::INTEGER;
        if bits & Type::Number as u8 == 0 && self.has(Type::Number) && other.has(Type::Number) {
            bits |= Self::INTEGER;
        }
        Self(bits)
    }

    /// Whether some value of the type is in the set.
    pub(crate) fn has(self, kind: Type) -> bool {
        self.0 & kind as u8 != 0 || (kind == Type::Number && self.0 & Self::INTEGER != 0)
    }

    /// Whether the numbers of the set are the integers alone.
    pub(crate) fn integers_only(self) -> bool {
        self.0 & Self::INTEGER != 0
    }

    pub(crate) fn is_subset(self, other: Self) -> bool {
        self.intersect(other) == self
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// The rules for members of an object: `properties`, `patternProperties` and `additionalProperties`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Members {
    /// Sorted by name.
    pub(crate) properties: Vec<(Arc<str>, Node)>,
    pub(crate) patterns: Vec<(Arc<Pattern>, Node)>,
    /// `None` where the keyword is absent: then the other members are admitted and stay unevaluated.
    pub(crate) additional: Option<Node>,
}

impl Members {
    pub(crate) fn property(&self, name: &str) -> Option<Node> {
        let found = self.properties.binary_search_by(|(known, _)| (**known).cmp(name)).ok()?;
        self.properties.get(found).map(|(_, node)| *node)
    }

    /// The property, which is probably the next behind the one that was found last.
    pub(crate) fn property_near(&self, name: &str, hint: &mut usize) -> Option<Node> {
        if let Some((known, node)) = self.properties.get(*hint)
            && **known == *name
        {
            *hint += 1;
            return Some(*node);
        }
        let found = self.properties.binary_search_by(|(known, _)| (**known).cmp(name)).ok()?;
        *hint = found + 1;
        self.properties.get(found).map(|(_, node)| *node)
    }

    /// The schemas that the member of this name must satisfy.
    pub(crate) fn schemas_for<'a>(&'a self, name: &'a str) -> impl Iterator<Item = Node> + 'a {
        let property = self.property(name);
        let patterned =
            self.patterns.iter().filter(|(pattern, _)| pattern.is_match(name)).map(|(_, node)| *node);
        let mut any = property.is_some();
        let mut additional = self.additional;
        property.into_iter().chain(patterned).map(Some).chain(std::iter::once(None)).filter_map(
            move |found| match found {
                Some(node) => {
                    any = true;
                    Some(node)
                }
                None if any => None,
                None => additional.take(),
            },
        )
    }

    /// Whether a member of this name falls to `additionalProperties`.
    pub(crate) fn is_additional(&self, name: &str) -> bool {
        self.property(name).is_none() && !self.patterns.iter().any(|(pattern, _)| pattern.is_match(name))
    }
}

/// The rules for items by position: `prefixItems` and `items`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Tuple {
    pub(crate) prefix: Vec<Node>,
    /// `None` where the keyword is absent: then the other items are admitted and stay unevaluated.
    pub(crate) rest: Option<Node>,
}

impl Tuple {
    pub(crate) fn schema_at(&self, index: usize) -> Option<Node> {
        self.prefix.get(index).copied().or(self.rest)
    }
}

/// How many items match a schema.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Contains {
    pub(crate) schema: Node,
    pub(crate) min: u64,
    pub(crate) max: Option<u64>,
    /// Whether a match counts as evaluated; draft 2019-09 says no.
    pub(crate) evaluates: bool,
}

/// A construct that the engine cannot reason about; the first such one is named in the answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Opaque {
    pub(crate) construct: Arc<str>,
    pub(crate) pointer: Arc<str>,
}

/// One assertion or applicator. The order of the variants is the order within a node.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Keyword {
    Types(TypeSet),
    /// `enum` and `const`, sorted and without repetition.
    Enum(Arc<[Constant]>),
    Minimum {
        limit: Decimal,
        exclusive: bool,
    },
    Maximum {
        limit: Decimal,
        exclusive: bool,
    },
    MultipleOf(Decimal),
    MinLength(u64),
    MaxLength(u64),
    Pattern(Arc<Pattern>),
    MinItems(u64),
    MaxItems(u64),
    UniqueItems,
    Tuple(Tuple),
    Contains(Contains),
    MinProperties(u64),
    MaxProperties(u64),
    /// Sorted.
    Required(Vec<Arc<str>>),
    Members(Box<Members>),
    PropertyNames(Node),
    DependentRequired(Arc<str>, Vec<Arc<str>>),
    DependentSchema(Arc<str>, Node),
    Ref(Node),
    AllOf(Vec<Node>),
    AnyOf(Vec<Node>),
    OneOf(Vec<Node>),
    Not(Node),
    If {
        condition: Node,
        then: Node,
        otherwise: Node,
    },
    UnevaluatedItems(Node),
    UnevaluatedProperties(Node),
    Opaque(Opaque),
}

impl Keyword {
    /// The place of the variant in a node.
    pub(crate) fn rank(&self) -> u8 {
        match self {
            Self::Types(_) => 0,
            Self::Enum(_) => 1,
            Self::Minimum { .. } => 2,
            Self::Maximum { .. } => 3,
            Self::MultipleOf(_) => 4,
            Self::MinLength(_) => 5,
            Self::MaxLength(_) => 6,
            Self::Pattern(_) => 7,
            Self::MinItems(_) => 8,
            Self::MaxItems(_) => 9,
            Self::UniqueItems => 10,
            Self::Tuple(_) => 11,
            Self::Contains(_) => 12,
            Self::MinProperties(_) => 13,
            Self::MaxProperties(_) => 14,
            Self::Required(_) => 15,
            Self::Members(_) => 16,
            Self::PropertyNames(_) => 17,
            Self::DependentRequired(..) => 18,
            Self::DependentSchema(..) => 19,
            Self::Ref(_) => 20,
            Self::AllOf(_) => 21,
            Self::AnyOf(_) => 22,
            Self::OneOf(_) => 23,
            Self::Not(_) => 24,
            Self::If { .. } => 25,
            Self::UnevaluatedItems(_) => 26,
            Self::UnevaluatedProperties(_) => 27,
            Self::Opaque(_) => 28,
        }
    }

    /// The name of the keyword as a violation tells it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Types(types) if types.is_empty() => "false",
            Self::Types(_) => "type",
            Self::Enum(constants) if constants.len() == 1 => "const",
            Self::Enum(_) => "enum",
            Self::Minimum { exclusive: false, .. } => "minimum",
            Self::Minimum { exclusive: true, .. } => "exclusiveMinimum",
            Self::Maximum { exclusive: false, .. } => "maximum",
            Self::Maximum { exclusive: true, .. } => "exclusiveMaximum",
            Self::MultipleOf(_) => "multipleOf",
            Self::MinLength(_) => "minLength",
            Self::MaxLength(_) => "maxLength",
            Self::Pattern(_) => "pattern",
            Self::MinItems(_) => "minItems",
            Self::MaxItems(_) => "maxItems",
            Self::UniqueItems => "uniqueItems",
            Self::Tuple(_) => "items",
            Self::Contains(_) => "contains",
            Self::MinProperties(_) => "minProperties",
            Self::MaxProperties(_) => "maxProperties",
            Self::Required(_) => "required",
            Self::Members(_) => "properties",
            Self::PropertyNames(_) => "propertyNames",
            Self::DependentRequired(..) => "dependentRequired",
            Self::DependentSchema(..) => "dependentSchemas",
            Self::Ref(_) => "$ref",
            Self::AllOf(_) => "allOf",
            Self::AnyOf(_) => "anyOf",
            Self::OneOf(_) => "oneOf",
            Self::Not(_) => "not",
            Self::If { .. } => "if",
            Self::UnevaluatedItems(_) => "unevaluatedItems",
            Self::UnevaluatedProperties(_) => "unevaluatedProperties",
            Self::Opaque(_) => "pattern",
        }
    }

    /// The sub-schemas that judge the same value as the keyword does.
    pub(crate) fn in_place(&self) -> Vec<Node> {
        match self {
            Self::Ref(node) | Self::Not(node) | Self::DependentSchema(_, node) => vec![*node],
            Self::AllOf(nodes) | Self::AnyOf(nodes) | Self::OneOf(nodes) => nodes.clone(),
            Self::If { condition, then, otherwise } => vec![*condition, *then, *otherwise],
            _ => Vec::new(),
        }
    }
}

/// All nodes of the schemas under judgement.
#[derive(Debug, Clone)]
pub(crate) struct Graph {
    nodes: Vec<Arc<[Keyword]>>,
    table: FastMap<u64, Node>,
    patterns: FastMap<Arc<str>, Arc<Pattern>>,
    /// Nodes that stand for a recursive reference.
    slots: Vec<Node>,
}

/// How far a graph had grown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark {
    nodes: usize,
    slots: usize,
}

impl Graph {
    pub(crate) fn new() -> Self {
        let mut graph = Self {
            nodes: Vec::with_capacity(64),
            table: FastMap::default(),
            patterns: FastMap::default(),
            slots: Vec::new(),
        };
        graph.intern(Vec::new());
        graph.intern(vec![Keyword::Types(TypeSet::NONE)]);
        graph
    }

    pub(crate) fn keywords(&self, node: Node) -> &[Keyword] {
        self.nodes.get(node.0 as usize).map_or(&[], |keywords| &**keywords)
    }

    /// The keywords of a node, for whoever changes the graph meanwhile.
    pub(crate) fn shared(&self, node: Node) -> Arc<[Keyword]> {
        self.nodes.get(node.0 as usize).cloned().unwrap_or_else(|| Arc::new([]))
    }

    /// The node behind references that add nothing.
    pub(crate) fn behind(&self, mut node: Node) -> Node {
        for _ in 0..32 {
            match self.keywords(node) {
                [Keyword::Ref(target)] => node = *target,
                _ => break,
            }
        }
        node
    }

    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// How far the graph has grown, to come back to.
    pub(crate) fn mark(&self) -> Mark {
        Mark { nodes: self.nodes.len(), slots: self.slots.len() }
    }

    /// Forgets every node that came after a mark; patterns stay compiled.
    pub(crate) fn back_to(&mut self, mark: Mark) {
        self.nodes.truncate(mark.nodes);
        self.slots.truncate(mark.slots);
        // A node interned later never made an earlier one take another place in the table.
        self.table.retain(|_, node| (node.0 as usize) < mark.nodes);
    }

    /// The node of these keywords, which is the same for the same keywords.
    pub(crate) fn intern(&mut self, mut keywords: Vec<Keyword>) -> Node {
        keywords.sort_by_key(Keyword::rank);
        if let [Keyword::Ref(target)] = keywords.as_slice() {
            return *target;
        }
        let mut hasher = FastHasher::default();
        keywords.hash(&mut hasher);
        let mut hash = hasher.finish();
        loop {
            match self.table.get(&hash) {
                Some(known) if self.keywords(*known) == keywords.as_slice() => return *known,
                Some(_) => hash = hash.wrapping_add(1),
                None => {
                    let node = self.push(keywords);
                    self.table.insert(hash, node);
                    return node;
                }
            }
        }
    }

    /// A node of its own for these keywords, which stand in the order of their ranks.
    pub(crate) fn push(&mut self, keywords: Vec<Keyword>) -> Node {
        let node = Node(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(keywords.into());
        node
    }

    /// A node that will refer to a schema still being compiled.
    pub(crate) fn new_slot(&mut self) -> Node {
        let node = Node(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(Arc::new([Keyword::Ref(Node::TRUE)]));
        self.slots.push(node);
        node
    }

    pub(crate) fn fill_slot(&mut self, slot: Node, target: Node) {
        if let Some(keywords) = self.nodes.get_mut(slot.0 as usize) {
            *keywords = Arc::new([Keyword::Ref(target)]);
        }
    }

    /// The first construct that the engine cannot reason about.
    pub(crate) fn first_opaque(&self) -> Option<&Opaque> {
        self.nodes.iter().flat_map(|keywords| keywords.iter()).find_map(|keyword| match keyword {
            Keyword::Opaque(opaque) => Some(opaque),
            _ => None,
        })
    }

    pub(crate) fn slots(&self) -> &[Node] {
        &self.slots
    }

    pub(crate) fn is_slot(&self, node: Node) -> bool {
        self.slots.binary_search(&node).is_ok()
    }

    /// The compiled pattern, compiled once for each text.
    pub(crate) fn pattern(&mut self, text: &str) -> Result<Arc<Pattern>, super::pattern::PatternError> {
        if let Some(known) = self.patterns.get(text) {
            return Ok(known.clone());
        }
        let pattern = Arc::new(Pattern::new(text)?);
        self.patterns.insert(text.into(), pattern.clone());
        Ok(pattern)
    }
}
