//! What each keyword, or its negation, says about values of one type.

use std::sync::Arc;

use super::{Literal, Solver};
use crate::judge::budget::Reason;
use crate::judge::constant::Constant;
use crate::judge::coverage::{
    Condition, Contribution, ItemCoverage, MemberCoverage, Walk, items_covered, members_covered,
};
use crate::judge::number::Decimal;
use crate::judge::pattern::Pattern;
use crate::judge::schema::{Keyword, Members, Node, Tuple, Type};

/// A fact about a value of one type.
#[derive(Debug, Clone)]
pub(crate) enum Fact {
    OneOf(Arc<[Constant]>),
    NoneOf(Arc<[Constant]>),
    Low { limit: Decimal, exclusive: bool },
    High { limit: Decimal, exclusive: bool },
    Multiple(Decimal, bool),
    MinLength(u64),
    MaxLength(u64),
    Match(Arc<Pattern>, bool),
    MinItems(u64),
    MaxItems(u64),
    Unique(bool),
    Items(Tuple),
    Count(ItemCount),
    MinMembers(u64),
    MaxMembers(u64),
    Members(Members),
    Names(Node),
    Has(Arc<str>, Option<Literal>),
    Absent(Arc<str>),
    Exists(Box<Exists>),
    Opaque(Reason),
}

/// This many of the items from one index up to another satisfy the literal.
#[derive(Debug, Clone)]
pub(crate) struct ItemCount {
    pub(crate) from: usize,
    pub(crate) to: Option<usize>,
    pub(crate) literal: Literal,
    pub(crate) min: u64,
    pub(crate) max: Option<u64>,
}

/// Some member whose name is of this kind satisfies the literal.
#[derive(Debug, Clone)]
pub(crate) struct Exists {
    pub(crate) matching: Vec<(Arc<Pattern>, bool)>,
    pub(crate) not_named: Vec<Arc<str>>,
    pub(crate) name: Option<Literal>,
    pub(crate) value: Literal,
}

/// Facts under `and` and `or`, with sub-schemas that are not yet taken apart.
#[derive(Debug, Clone)]
pub(crate) enum Formula {
    Constant(bool),
    Fact(Fact),
    All(Vec<Self>),
    Any(Vec<Self>),
    Node(Literal),
}

impl Formula {
    pub(crate) const FALSE: Self = Self::Constant(false);

    fn nodes(nodes: &[Node], sign: bool) -> Vec<Self> {
        nodes.iter().map(|node| Self::Node((*node, sign))).collect()
    }
}

/// Case distinctions with more cases than this are not made: seven conditions in every combination, or as many that
/// exclude each other, as the tags of variants do.
const MOST_CASES: usize = 128;

impl Solver<'_, '_> {
    /// What the node, or its negation, says about values of the type.
    pub(crate) fn formula(&mut self, (node, sign): Literal, kind: Type) -> Formula {
        let keywords = self.graph.shared(node);
        let parts =
            keywords.iter().map(|keyword| self.keyword_formula(keyword, &keywords, sign, kind)).collect();
        if sign { Formula::All(parts) } else { Formula::Any(parts) }
    }

    fn keyword_formula(&mut self, keyword: &Keyword, node: &[Keyword], sign: bool, kind: Type) -> Formula {
        let on = |expected: Type, fact: Fact| {
            if kind == expected { Formula::Fact(fact) } else { Formula::Constant(sign) }
        };
        match keyword {
            Keyword::Types(types) if kind == Type::Number && types.integers_only() => {
                Formula::Fact(Fact::Multiple(Decimal::ONE, sign))
            }
            Keyword::Types(types) => Formula::Constant(types.has(kind) == sign),
            Keyword::Enum(constants) if sign => Formula::Fact(Fact::OneOf(constants.clone())),
            Keyword::Enum(constants) => Formula::Fact(Fact::NoneOf(constants.clone())),
            Keyword::Minimum { limit, exclusive } if sign => {
                on(Type::Number, Fact::Low { limit: *limit, exclusive: *exclusive })
            }
            Keyword::Minimum { limit, exclusive } => {
                on(Type::Number, Fact::High { limit: *limit, exclusive: !*exclusive })
            }
            Keyword::Maximum { limit, exclusive } if sign => {
                on(Type::Number, Fact::High { limit: *limit, exclusive: *exclusive })
            }
            Keyword::Maximum { limit, exclusive } => {
                on(Type::Number, Fact::Low { limit: *limit, exclusive: !*exclusive })
            }
            Keyword::MultipleOf(step) => on(Type::Number, Fact::Multiple(*step, sign)),
            Keyword::MinLength(least) => {
                least_formula(*least, sign, kind == Type::String, Fact::MinLength, Fact::MaxLength)
            }
            Keyword::MinItems(least) => {
                least_formula(*least, sign, kind == Type::Array, Fact::MinItems, Fact::MaxItems)
            }
            Keyword::MinProperties(least) => {
                least_formula(*least, sign, kind == Type::Object, Fact::MinMembers, Fact::MaxMembers)
            }
            Keyword::MaxLength(most) => {
                most_formula(*most, sign, kind == Type::String, Fact::MinLength, Fact::MaxLength)
            }
            Keyword::MaxItems(most) => {
                most_formula(*most, sign, kind == Type::Array, Fact::MinItems, Fact::MaxItems)
            }
            Keyword::MaxProperties(most) => {
                most_formula(*most, sign, kind == Type::Object, Fact::MinMembers, Fact::MaxMembers)
            }
            Keyword::Pattern(pattern) => on(Type::String, Fact::Match(pattern.clone(), sign)),
            Keyword::UniqueItems => on(Type::Array, Fact::Unique(sign)),
            Keyword::Tuple(tuple) if kind == Type::Array => tuple_formula(tuple, sign),
            Keyword::Contains(contains) if kind == Type::Array => {
                let count = |min, max| {
                    let literal = (contains.schema, true);
                    Formula::Fact(Fact::Count(ItemCount { from: 0, to: None, literal, min, max }))
                };
                if sign {
                    count(contains.min, contains.max)
                } else {
                    let fewer = contains.min.checked_sub(1).map(|most| count(0, Some(most)));
                    let more =
                        contains.max.and_then(|most| most.checked_add(1)).map(|least| count(least, None));
                    Formula::Any(fewer.into_iter().chain(more).collect())
                }
            }
            Keyword::Required(names) if kind == Type::Object => {
                if sign {
                    Formula::All(names.iter().map(has).collect())
                } else {
                    Formula::Any(names.iter().map(absent).collect())
                }
            }
            Keyword::Members(members) if kind == Type::Object => members_formula(members, sign),
            Keyword::PropertyNames(schema) if kind == Type::Object => {
                if sign {
                    Formula::Fact(Fact::Names(*schema))
                } else {
                    Formula::Fact(Fact::Exists(Box::new(Exists {
                        matching: Vec::new(),
                        not_named: Vec::new(),
                        name: Some((*schema, false)),
                        value: (Node::TRUE, true),
                    })))
                }
            }
            Keyword::DependentRequired(name, needed) if kind == Type::Object => {
                if sign {
                    Formula::Any(vec![absent(name), Formula::All(needed.iter().map(has).collect())])
                } else {
                    Formula::All(vec![has(name), Formula::Any(needed.iter().map(absent).collect())])
                }
            }
            Keyword::DependentSchema(name, schema) if kind == Type::Object => {
                if sign {
                    Formula::Any(vec![absent(name), Formula::Node((*schema, true))])
                } else {
                    Formula::All(vec![has(name), Formula::Node((*schema, false))])
                }
            }
            Keyword::Ref(target) => Formula::Node((*target, sign)),
            Keyword::AllOf(nodes) if sign => Formula::All(Formula::nodes(nodes, true)),
            Keyword::AllOf(nodes) => Formula::Any(Formula::nodes(nodes, false)),
            Keyword::AnyOf(nodes) if sign => Formula::Any(Formula::nodes(nodes, true)),
            Keyword::AnyOf(nodes) => Formula::All(Formula::nodes(nodes, false)),
            Keyword::OneOf(nodes) => one_of_formula(nodes, sign),
            Keyword::Not(inner) => Formula::Node((*inner, !sign)),
            Keyword::If { condition, then, otherwise } => Formula::Any(vec![
                Formula::All(vec![Formula::Node((*condition, true)), Formula::Node((*then, sign))]),
                Formula::All(vec![Formula::Node((*condition, false)), Formula::Node((*otherwise, sign))]),
            ]),
            Keyword::UnevaluatedProperties(schema) if kind == Type::Object => {
                match Walk::contributions(self.graph, node, true, members_covered) {
                    Some(found) => {
                        self.unevaluated(found, sign, MemberCoverage::merge, &mut |_, coverage| {
                            members_formula(&coverage.except(*schema), sign)
                        })
                    }
                    None => too_many_conditions(),
                }
            }
            Keyword::UnevaluatedItems(schema) if kind == Type::Array => {
                match Walk::contributions(self.graph, node, true, items_covered) {
                    Some(found) => {
                        self.unevaluated(found, sign, ItemCoverage::merge, &mut |solver, coverage| {
                            match solver.graph.items_except(&coverage, *schema) {
                                Keyword::Tuple(tuple) => tuple_formula(&tuple, sign),
                                _ => Formula::Constant(sign),
                            }
                        })
                    }
                    None => too_many_conditions(),
                }
            }
            Keyword::Opaque(opaque) => Formula::Fact(Fact::Opaque(Reason::from(opaque))),
            // The others say nothing about values of this type.
            _ => Formula::Constant(sign),
        }
    }

    /// `unevaluated*` as a case distinction over which conditional contributions apply.
    ///
    /// More contributions only evaluate more. So the rule holds where it holds for some set of contributions
    /// that all apply, and is broken where it is broken for some set outside of which none applies.
    fn unevaluated<C: Clone + Default + PartialEq>(
        &mut self,
        found: Vec<Contribution<C>>,
        sign: bool,
        merge: fn(&mut C, &C),
        rule: &mut dyn FnMut(&mut Self, C) -> Formula,
    ) -> Formula {
        let mut always = C::default();
        let mut conditional: Vec<Contribution<C>> = Vec::new();
        for contribution in found {
            if contribution.when.is_empty() {
                merge(&mut always, &contribution.covers);
            } else if let Some(same) = conditional.iter_mut().find(|other| other.when == contribution.when) {
                merge(&mut same.covers, &contribution.covers);
            } else {
                conditional.push(contribution);
            }
        }
        conditional.retain(|contribution| contribution.covers != C::default());
        let Some(sets) = self.sets_of(&conditional) else { return too_many_conditions() };
        let mut cases = Vec::new();
        for set in sets {
            let mut covered = always.clone();
            let mut parts = Vec::new();
            for (place, contribution) in conditional.iter().enumerate() {
                let applies = set & (1 << place) != 0;
                if applies {
                    merge(&mut covered, &contribution.covers);
                }
                if applies && sign {
                    parts
                        .extend(contribution.when.iter().map(|condition| condition_formula(condition, true)));
                }
                if !applies && !sign {
                    let fails = contribution.when.iter().map(|condition| condition_formula(condition, false));
                    parts.push(Formula::Any(fails.collect()));
                }
            }
            parts.push(rule(self, covered));
            cases.push(Formula::All(parts));
        }
        Formula::Any(cases)
    }
}

impl Solver<'_, '_> {
    /// The sets of contributions that can apply at once, the empty one first: it is the simplest case.
    fn sets_of<C>(&mut self, conditional: &[Contribution<C>]) -> Option<Vec<u128>> {
        let mut sets = vec![0u128];
        for (place, contribution) in conditional.iter().enumerate() {
            let mut excluded = 0u128;
            for (other, known) in conditional.iter().take(place).enumerate() {
                if self.exclude(&contribution.when, &known.when) {
                    excluded |= 1 << other;
                }
            }
            let bit = 1u128.checked_shl(u32::try_from(place).ok()?)?;
            let with: Vec<u128> =
                sets.iter().filter(|set| *set & excluded == 0).map(|set| set | bit).collect();
            sets.extend(with);
            if sets.len() > MOST_CASES {
                return None;
            }
        }
        Some(sets)
    }

    /// Whether no value fulfils the conditions of both.
    fn exclude(&mut self, left: &[Condition], right: &[Condition]) -> bool {
        left.iter().any(|left| {
            right.iter().any(|right| match (left, right) {
                (Condition::Schema(one, true), Condition::Schema(other, true)) => {
                    self.are_disjoint(*one, *other)
                }
                (Condition::Schema(one, holds), Condition::Schema(other, also)) => {
                    one == other && holds != also
                }
                _ => false,
            })
        })
    }
}

fn condition_formula(condition: &Condition, sign: bool) -> Formula {
    match condition {
        Condition::Schema(node, holds) => Formula::Node((*node, *holds == sign)),
        Condition::Has(name) if sign => has(name),
        Condition::Has(name) => absent(name),
    }
}

fn too_many_conditions() -> Formula {
    Formula::Fact(Fact::Opaque(Reason::Undecided {
        case: "`unevaluatedProperties` or `unevaluatedItems` beside very many conditional sub-schemas",
    }))
}

fn has(name: &Arc<str>) -> Formula {
    Formula::Fact(Fact::Has(name.clone(), None))
}

fn absent(name: &Arc<str>) -> Formula {
    Formula::Fact(Fact::Absent(name.clone()))
}

fn least_formula(
    least: u64,
    sign: bool,
    applies: bool,
    low: fn(u64) -> Fact,
    high: fn(u64) -> Fact,
) -> Formula {
    match (applies, sign) {
        (false, _) => Formula::Constant(sign),
        (true, true) => Formula::Fact(low(least)),
        (true, false) => least.checked_sub(1).map_or(Formula::FALSE, |most| Formula::Fact(high(most))),
    }
}

fn most_formula(
    most: u64,
    sign: bool,
    applies: bool,
    low: fn(u64) -> Fact,
    high: fn(u64) -> Fact,
) -> Formula {
    match (applies, sign) {
        (false, _) => Formula::Constant(sign),
        (true, true) => Formula::Fact(high(most)),
        (true, false) => most.checked_add(1).map_or(Formula::FALSE, |least| Formula::Fact(low(least))),
    }
}

fn tuple_formula(tuple: &Tuple, sign: bool) -> Formula {
    if sign {
        return Formula::Fact(Fact::Items(tuple.clone()));
    }
    let broken = |node: Node, from: usize, to: Option<usize>| {
        let count = ItemCount { from, to, literal: (node, false), min: 1, max: None };
        (node != Node::TRUE).then_some(Formula::Fact(Fact::Count(count)))
    };
    let prefix =
        tuple.prefix.iter().enumerate().filter_map(|(index, node)| broken(*node, index, Some(index + 1)));
    let rest = tuple.rest.and_then(|node| broken(node, tuple.prefix.len(), None));
    Formula::Any(prefix.chain(rest).collect())
}

fn members_formula(members: &Members, sign: bool) -> Formula {
    if sign {
        return Formula::Fact(Fact::Members(members.clone()));
    }
    let mut broken = Vec::new();
    for (name, node) in members.properties.iter().filter(|(_, node)| *node != Node::TRUE) {
        broken.push(Formula::Fact(Fact::Has(name.clone(), Some((*node, false)))));
    }
    for (pattern, node) in members.patterns.iter().filter(|(_, node)| *node != Node::TRUE) {
        broken.push(Formula::Fact(Fact::Exists(Box::new(Exists {
            matching: vec![(pattern.clone(), true)],
            not_named: Vec::new(),
            name: None,
            value: (*node, false),
        }))));
    }
    if let Some(node) = members.additional.filter(|node| *node != Node::TRUE) {
        broken.push(Formula::Fact(Fact::Exists(Box::new(Exists {
            matching: members.patterns.iter().map(|(pattern, _)| (pattern.clone(), false)).collect(),
            not_named: members.properties.iter().map(|(name, _)| name.clone()).collect(),
            name: None,
            value: (node, false),
        }))));
    }
    Formula::Any(broken)
}

fn one_of_formula(nodes: &[Node], sign: bool) -> Formula {
    if sign {
        let only = |chosen: usize| {
            let parts = nodes.iter().enumerate().map(|(place, node)| Formula::Node((*node, place == chosen)));
            Formula::All(parts.collect())
        };
        return Formula::Any((0..nodes.len()).map(only).collect());
    }
    let mut cases = vec![Formula::All(Formula::nodes(nodes, false))];
    for (place, left) in nodes.iter().enumerate() {
        for right in nodes.iter().skip(place + 1) {
            cases.push(Formula::All(vec![Formula::Node((*left, true)), Formula::Node((*right, true))]));
        }
    }
    Formula::Any(cases)
}
