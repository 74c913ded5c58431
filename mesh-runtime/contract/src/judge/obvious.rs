//! An instance that one sees at a glance: what is required, and of each part the simplest value.
//!
//! Witnesses of a part are set into an instance of the whole, and most wholes are objects whose members have nothing to do with
//! each other. Looking for them with the search costs more than the comparison. What is built here is not checked here:
//! whoever uses it checks the whole, and asks the search where this fails.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::budget::Reason;
use super::number::Decimal;
use super::schema::{Keyword, Node, Type, TypeSet};
use super::solve::Solver;

/// Deeper values are the search's.
const DEEPEST: usize = 24;
/// Longer arrays and strings are the search's.
const LONGEST: u64 = 64;

impl Solver<'_, '_> {
    /// The obvious instance of a node, where there is one. It is probably right.
    pub(crate) fn obvious(&mut self, node: Node) -> Result<Option<Arc<Value>>, Reason> {
        self.obvious_within(node, 0)
    }

    fn obvious_within(&mut self, node: Node, depth: usize) -> Result<Option<Arc<Value>>, Reason> {
        let node = self.behind(node);
        if let Some(known) = self.pairs.obvious.get(&node) {
            return Ok(known.clone());
        }
        self.budget.spend(1)?;
        // Met again while it is built, it is not obvious.
        self.pairs.obvious.insert(node, None);
        let value = if depth < DEEPEST { self.build(node, depth)?.map(Arc::new) } else { None };
        self.pairs.obvious.insert(node, value.clone());
        Ok(value)
    }

    fn build(&mut self, node: Node, depth: usize) -> Result<Option<Value>, Reason> {
        let parts = self.parts(node);
        let mut types = TypeSet::ALL;
        let mut constants = None;
        for keyword in parts.keywords() {
            match keyword {
                Keyword::Types(named) => types = types.intersect(*named),
                Keyword::Enum(values) => constants = Some(values.clone()),
                Keyword::AnyOf(nodes) | Keyword::OneOf(nodes) => {
                    let nodes = nodes.clone();
                    return self.of_a_branch(node, &nodes, depth);
                }
                Keyword::Not(_)
                | Keyword::If { .. }
                | Keyword::Contains(_)
                | Keyword::UniqueItems
                | Keyword::PropertyNames(_)
                | Keyword::DependentSchema(..)
                | Keyword::DependentRequired(..)
                | Keyword::Opaque(_) => return Ok(None),
                _ => {}
            }
        }
        if let Some(constants) = constants {
            return Ok(constants
                .iter()
                .map(|constant| constant.value())
                .find(|value| types.has(Type::of(value)))
                .cloned());
        }
        let Some(kind) = Type::ALL.into_iter().find(|kind| types.has(*kind)) else { return Ok(None) };
        let keywords = parts.keywords();
        Ok(match kind {
            Type::Null => Some(Value::Null),
            Type::Bool => Some(Value::Bool(false)),
            Type::Number => number(keywords),
            Type::String => text(keywords),
            Type::Array => {
                let least = keywords.fold(0, |least, keyword| match keyword {
                    Keyword::MinItems(count) => least.max(*count),
                    _ => least,
                });
                if least > LONGEST {
                    return Ok(None);
                }
                let mut items = Vec::new();
                for index in 0..usize::try_from(least).unwrap_or(0) {
                    let nodes = parts.tuples().filter_map(|tuple| tuple.schema_at(index)).collect();
                    let Some(item) = self.of_all(nodes, depth)? else { return Ok(None) };
                    items.push(item);
                }
                Some(Value::Array(items))
            }
            Type::Object => {
                let mut members = Map::new();
                for keyword in keywords {
                    match keyword {
                        Keyword::Required(names) => {
                            for name in names {
                                let nodes =
                                    parts.members().flat_map(|members| members.schemas_for(name)).collect();
                                let Some(member) = self.of_all(nodes, depth)? else { return Ok(None) };
                                members.insert(name.to_string(), member);
                            }
                        }
                        Keyword::MinProperties(_) => return Ok(None),
                        _ => {}
                    }
                }
                Some(Value::Object(members))
            }
        })
    }

    /// A value of one part, for which all these hold.
    fn of_all(&mut self, mut nodes: Vec<Node>, depth: usize) -> Result<Option<Value>, Reason> {
        nodes.retain(|node| *node != Node::TRUE);
        nodes.dedup();
        match nodes.as_slice() {
            [] => self.of_one(None, depth),
            [one] => self.of_one(Some(*one), depth),
            _ => Ok(None),
        }
    }

    fn of_one(&mut self, node: Option<Node>, depth: usize) -> Result<Option<Value>, Reason> {
        match node {
            None | Some(Node::TRUE) => Ok(Some(Value::Null)),
            Some(node) => Ok(self.obvious_within(node, depth + 1)?.map(|value| Value::clone(&value))),
        }
    }

    /// The obvious value of a branch that is one of the whole.
    fn of_a_branch(&mut self, node: Node, nodes: &[Node], depth: usize) -> Result<Option<Value>, Reason> {
        for branch in nodes.iter().take(8) {
            if let Some(value) = self.obvious_within(*branch, depth + 1)?
                && self.satisfies(&[(node, true)], &value)? == Ok(true)
            {
                return Ok(Some(Value::clone(&value)));
            }
        }
        Ok(None)
    }
}

fn number<'k>(keywords: impl Iterator<Item = &'k Keyword>) -> Option<Value> {
    let mut low: Option<(Decimal, bool)> = None;
    let mut step = None;
    for keyword in keywords {
        match keyword {
            Keyword::Minimum { limit, exclusive } if low.is_none_or(|known| known < (*limit, *exclusive)) => {
                low = Some((*limit, *exclusive));
            }
            Keyword::MultipleOf(_) if step.is_some() => return None,
            Keyword::MultipleOf(other) => step = Some(*other),
            Keyword::Maximum { limit, .. } if limit.is_negative() => return limit.to_value(),
            _ => {}
        }
    }
    match low {
        Some((limit, exclusive)) if limit > Decimal::ZERO || (exclusive && !limit.is_negative()) => {
            let step = step.unwrap_or(Decimal::ONE);
            limit.checked_add(step)?.to_value()
        }
        _ => Some(Value::from(0)),
    }
}

fn text<'k>(keywords: impl Iterator<Item = &'k Keyword>) -> Option<Value> {
    let (mut least, mut sample) = (0, None);
    for keyword in keywords {
        match keyword {
            Keyword::MinLength(count) => least = least.max(*count),
            Keyword::Pattern(_) if sample.is_some() => return None,
            Keyword::Pattern(pattern) => sample = Some(pattern.sample()?.to_owned()),
            _ => {}
        }
    }
    if least > LONGEST {
        return None;
    }
    Some(Value::String(sample.unwrap_or_else(|| "a".repeat(usize::try_from(least).unwrap_or(0)))))
}
