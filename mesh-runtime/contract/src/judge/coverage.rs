//! Which members and items the keywords beside `unevaluatedProperties` and `unevaluatedItems` have evaluated.
//!
//! Every applicator in place contributes what it covers, under the condition that it applies. Without
//! conditions the keyword says the same as `additionalProperties` or `items` would, and is compiled to that.

use std::sync::Arc;

use super::pattern::Pattern;
use super::schema::{Graph, Keyword, Members, Node};

/// What has to hold for a contribution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Condition {
    Schema(Node, bool),
    Has(Arc<str>),
}

/// The members that are evaluated.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct MemberCoverage {
    pub(crate) names: Vec<Arc<str>>,
    pub(crate) patterns: Vec<Arc<Pattern>>,
    pub(crate) all: bool,
}

impl MemberCoverage {
    pub(crate) fn merge(&mut self, other: &Self) {
        self.names.extend(other.names.iter().cloned());
        self.patterns.extend(other.patterns.iter().cloned());
        self.all |= other.all;
    }

    /// The rule that members outside of the coverage satisfy the schema.
    pub(crate) fn except(mut self, schema: Node) -> Members {
        self.names.sort();
        self.names.dedup();
        self.patterns.sort_by(|left, right| left.text().cmp(right.text()));
        self.patterns.dedup();
        Members {
            properties: self.names.into_iter().map(|name| (name, Node::TRUE)).collect(),
            patterns: self.patterns.into_iter().map(|pattern| (pattern, Node::TRUE)).collect(),
            additional: Some(if self.all { Node::TRUE } else { schema }),
        }
    }
}

/// The items that are evaluated.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ItemCoverage {
    /// This many from the front.
    pub(crate) prefix: usize,
    /// Those that match one of these.
    pub(crate) matching: Vec<Node>,
    pub(crate) all: bool,
}

impl ItemCoverage {
    pub(crate) fn merge(&mut self, other: &Self) {
        self.prefix = self.prefix.max(other.prefix);
        self.matching.extend(other.matching.iter().copied());
        self.all |= other.all;
    }
}

/// A coverage that holds where all conditions do.
#[derive(Debug, Clone)]
pub(crate) struct Contribution<C> {
    pub(crate) when: Vec<Condition>,
    pub(crate) covers: C,
}

/// A walk over everything that applies in place.
pub(crate) struct Walk<'g, C> {
    graph: &'g Graph,
    /// Whether recursive references are complete, or the compiler is still at work on them.
    complete: bool,
    found: Vec<Contribution<C>>,
    steps: usize,
}

/// More contributions than this are not worth a case distinction.
const MOST: usize = 2_000;

impl<'g, C: Clone> Walk<'g, C> {
    /// The contributions of a node's keywords; `None` where a reference is not complete or there are too many.
    pub(crate) fn contributions(
        graph: &'g Graph,
        keywords: &[Keyword],
        complete: bool,
        covers: fn(&Keyword, bool) -> Option<C>,
    ) -> Option<Vec<Contribution<C>>> {
        let mut walk = Self { graph, complete, found: Vec::new(), steps: 0 };
        walk.visit(keywords, &[], true, covers).then_some(walk.found)
    }

    fn visit(
        &mut self,
        keywords: &[Keyword],
        when: &[Condition],
        top: bool,
        covers: fn(&Keyword, bool) -> Option<C>,
    ) -> bool {
        self.steps += 1;
        if self.steps > MOST {
            return false;
        }
        for keyword in keywords {
            if let Some(covered) = covers(keyword, top) {
                self.found.push(Contribution { when: when.to_vec(), covers: covered });
            }
            let fine = match keyword {
                Keyword::Ref(node) => self.node(*node, when, covers),
                Keyword::AllOf(nodes) => nodes.iter().all(|node| self.node(*node, when, covers)),
                Keyword::AnyOf(nodes) | Keyword::OneOf(nodes) => {
                    nodes.iter().all(|node| self.under(*node, when, Condition::Schema(*node, true), covers))
                }
                Keyword::If { condition, then, otherwise } => {
                    let holds = Condition::Schema(*condition, true);
                    let fails = Condition::Schema(*condition, false);
                    self.under(*condition, when, holds.clone(), covers)
                        && self.under(*then, when, holds, covers)
                        && self.under(*otherwise, when, fails, covers)
                }
                Keyword::DependentSchema(name, node) => {
                    self.under(*node, when, Condition::Has(name.clone()), covers)
                }
                _ => true,
            };
            if !fine {
                return false;
            }
        }
        true
    }

    fn under(
        &mut self,
        node: Node,
        when: &[Condition],
        condition: Condition,
        covers: fn(&Keyword, bool) -> Option<C>,
    ) -> bool {
        let mut when = when.to_vec();
        if !when.contains(&condition) {
            when.push(condition);
        }
        self.node(node, &when, covers)
    }

    fn node(&mut self, node: Node, when: &[Condition], covers: fn(&Keyword, bool) -> Option<C>) -> bool {
        if !self.complete && self.graph.is_slot(node) {
            return false;
        }
        self.visit(self.graph.keywords(node), when, false, covers)
    }
}

/// What one keyword says about members.
pub(crate) fn members_covered(keyword: &Keyword, top: bool) -> Option<MemberCoverage> {
    match keyword {
        Keyword::Members(members) => Some(MemberCoverage {
            names: members.properties.iter().map(|(name, _)| name.clone()).collect(),
            patterns: members.patterns.iter().map(|(pattern, _)| pattern.clone()).collect(),
            all: members.additional.is_some(),
        }),
        Keyword::UnevaluatedProperties(_) if !top => Some(MemberCoverage { all: true, ..Default::default() }),
        _ => None,
    }
}

/// What one keyword says about items.
pub(crate) fn items_covered(keyword: &Keyword, top: bool) -> Option<ItemCoverage> {
    match keyword {
        Keyword::Tuple(tuple) => {
            Some(ItemCoverage { prefix: tuple.prefix.len(), all: tuple.rest.is_some(), ..Default::default() })
        }
        Keyword::Contains(contains) if contains.evaluates => {
            Some(ItemCoverage { matching: vec![contains.schema], ..Default::default() })
        }
        Keyword::UnevaluatedItems(_) if !top => Some(ItemCoverage { all: true, ..Default::default() }),
        _ => None,
    }
}
