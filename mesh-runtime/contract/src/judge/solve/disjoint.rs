//! A cheap test whether two schemas have no instance in common, above all by the tags of variants.
//!
//! It is asked before the negation of a schema is taken apart: what is disjoint from something that holds
//! anyway is broken anyway. So unions of many tagged variants do not multiply.

use std::sync::Arc;

use super::Solver;
use crate::judge::constant::Constant;
use crate::judge::member::Checker;
use crate::judge::schema::{Keyword, Members, Node, TypeSet};

/// Tags are looked for this many levels down.
const LEVELS: usize = 3;

/// What holds at the top of a schema.
struct Outline<'g> {
    types: TypeSet,
    constants: Option<&'g [Constant]>,
    required: Vec<&'g Arc<str>>,
    members: Vec<&'g Members>,
}

impl Solver<'_, '_> {
    /// True only where no value is an instance of both.
    pub(crate) fn are_disjoint(&mut self, left: Node, right: Node) -> bool {
        let pair = (left.min(right), left.max(right));
        if let Some(known) = self.disjoint.get(&pair) {
            return *known;
        }
        let answer = self.disjoint_within(left, right, LEVELS);
        self.disjoint.insert(pair, answer);
        answer
    }

    fn disjoint_within(&self, left: Node, right: Node, levels: usize) -> bool {
        let (left, right) = (self.behind(left), self.behind(right));
        if left == Node::FALSE || right == Node::FALSE {
            return true;
        }
        if left == right || levels == 0 {
            return false;
        }
        let (one, other) = (self.outline(left), self.outline(right));
        let types = one.types.intersect(other.types);
        if types.is_empty() {
            return true;
        }
        if let Some(constants) = one.constants.filter(|constants| constants.len() <= 64) {
            let checker = Checker::new(self.graph, 10_000);
            return constants.iter().all(|constant| checker.is_member(right, constant.value()) == Ok(false));
        }
        if let Some(constants) = other.constants.filter(|constants| constants.len() <= 64) {
            let checker = Checker::new(self.graph, 10_000);
            return constants.iter().all(|constant| checker.is_member(left, constant.value()) == Ok(false));
        }
        if types != TypeSet::only(crate::judge::schema::Type::Object) {
            return false;
        }
        one.required.iter().chain(&other.required).any(|name| {
            one.members.iter().any(|one| {
                other.members.iter().any(|other| {
                    one.schemas_for(name).any(|left| {
                        other.schemas_for(name).any(|right| self.disjoint_within(left, right, levels - 1))
                    })
                })
            }) || one
                .members
                .iter()
                .chain(&other.members)
                .any(|members| members.schemas_for(name).any(|node| node == Node::FALSE))
        })
    }

    fn outline(&self, node: Node) -> Outline<'_> {
        let mut outline =
            Outline { types: TypeSet::ALL, constants: None, required: Vec::new(), members: Vec::new() };
        let mut work = vec![node];
        let mut left = 64;
        while let Some(node) = work.pop() {
            left -= 1;
            if left == 0 {
                break;
            }
            for keyword in self.graph.keywords(node) {
                match keyword {
                    Keyword::Types(types) => outline.types = outline.types.intersect(*types),
                    Keyword::Enum(constants) => outline.constants = Some(constants),
                    Keyword::Required(names) => outline.required.extend(names),
                    Keyword::Members(members) => outline.members.push(members),
                    Keyword::Ref(node) => work.push(*node),
                    Keyword::AllOf(nodes) => work.extend(nodes),
                    _ => {}
                }
            }
        }
        outline
    }
}
