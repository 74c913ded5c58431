//! Objects: rules by name, members that must or must not be there, and how many there are.
//!
//! Names that some rule mentions are looked at one by one. All other names fall into kinds by the
//! patterns they match, and one fresh name of a kind stands for the rest.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::formula::{Exists, Fact};
use super::tableau::{count_excluded, is_excluded};
use super::{Found, Literal, Solver};
use crate::judge::budget::Reason;
use crate::judge::constant::Constant;
use crate::judge::pattern::Pattern;
use crate::judge::schema::{Members, Node, Type};

/// Patterns of names that one object is searched with.
const MOST_PATTERNS: usize = 8;
/// Members that are added to reach a least count.
const MOST_FILLED: u64 = 2_000;

struct Rules<'f> {
    members: Vec<&'f Members>,
    names: Vec<Node>,
    absent: BTreeSet<Arc<str>>,
    min: u64,
    max: Option<u64>,
    /// All names that some rule mentions.
    mentioned: BTreeSet<Arc<str>>,
    patterns: Vec<&'f Arc<Pattern>>,
}

/// A kind of names that no rule mentions, by the patterns they match.
struct Kind {
    matches: Vec<bool>,
    value: Vec<Literal>,
}

type Chosen = BTreeMap<Arc<str>, Vec<Literal>>;

impl Solver<'_, '_> {
    pub(super) fn objects(&mut self, facts: &[Fact], want: usize) -> Result<Found, Reason> {
        let mut rules = Rules {
            members: Vec::new(),
            names: Vec::new(),
            absent: BTreeSet::new(),
            min: 0,
            max: None,
            mentioned: BTreeSet::new(),
            patterns: Vec::new(),
        };
        let mut chosen = Chosen::new();
        let mut exists: Vec<&Exists> = Vec::new();
        for fact in facts {
            match fact {
                Fact::MinMembers(least) => rules.min = rules.min.max(*least),
                Fact::MaxMembers(most) => rules.max = Some(rules.max.map_or(*most, |known| known.min(*most))),
                Fact::Members(members) => rules.members.push(members),
                Fact::Names(node) => rules.names.push(*node),
                Fact::Has(name, literal) => chosen.entry(name.clone()).or_default().extend(*literal),
                Fact::Absent(name) => {
                    rules.absent.insert(name.clone());
                }
                Fact::Exists(one) => exists.push(one),
                _ => {}
            }
        }
        rules.collect_names(&chosen, &exists);
        if rules.max.is_some_and(|max| max < rules.min.max(chosen.len() as u64)) {
            return Ok(Found::nothing());
        }
        for name in chosen.keys() {
            if rules.absent.contains(name) {
                return Ok(Found::nothing());
            }
        }
        let needed = want.saturating_add(count_excluded(facts));
        let mut found = self.with_existing(&rules, chosen, &exists, needed)?;
        found.values.retain(|value| !is_excluded(facts, value));
        if found.values.len() > want {
            found.values.truncate(want);
            found.more = true;
        }
        let named = exists.iter().filter(|one| one.name.is_some()).count();
        if found.is_empty() && rules.max.is_some() && exists.len() > 1 && named > 0 {
            return Ok(Found::open(
                "several members that must exist in few places, by rules for their names",
            ));
        }
        if found.values.is_empty() && found.more && found.doubt.is_none() && count_excluded(facts) > 0 {
            return Ok(Found::open("objects of which some are ruled out by name"));
        }
        Ok(found)
    }

    /// Chooses a member for each that has to exist, then completes the object.
    fn with_existing(
        &mut self,
        rules: &Rules<'_>,
        chosen: Chosen,
        exists: &[&Exists],
        want: usize,
    ) -> Result<Found, Reason> {
        self.budget.spend(1)?;
        let Some((first, rest)) = exists.split_first() else { return self.complete(rules, &chosen, want) };
        let mut answer = Found::nothing();
        let candidates: BTreeSet<Arc<str>> = rules.mentioned.iter().chain(chosen.keys()).cloned().collect();
        for name in candidates {
            if answer.values.len() >= want {
                break;
            }
            self.budget.spend(1)?;
            if rules.absent.contains(&name) || !self.is_named(first, &name, &mut answer)? {
                continue;
            }
            let mut next = chosen.clone();
            next.entry(name).or_default().push(first.value);
            if rules.max.is_some_and(|max| next.len() as u64 > max) {
                continue;
            }
            let part = self.with_existing(rules, next, rest, want - answer.values.len())?;
            answer.absorb(part);
        }
        if rules.max.is_none_or(|max| (chosen.len() as u64) < max) {
            for kind in self.kinds(rules, Some(first), &mut answer)? {
                if answer.values.len() >= want {
                    break;
                }
                let mut value = kind.value.clone();
                value.push(first.value);
                let values = self.solve(&value, 1)?;
                if values.is_empty() {
                    continue;
                }
                let names = self.fresh_names(rules, &kind, first.name, &chosen, 1)?;
                if names.values.is_empty() {
                    answer.absorb(Found { values: Vec::new(), ..names });
                    continue;
                }
                for name in &names.values {
                    let Some(name) = name.as_str() else { continue };
                    let mut next = chosen.clone();
                    next.insert(name.into(), vec![first.value]);
                    let part = self.with_existing(rules, next, rest, want - answer.values.len())?;
                    answer.absorb(part);
                }
            }
        }
        // Other fresh names would do as well.
        answer.more |= !answer.values.is_empty();
        Ok(answer)
    }

    /// Whether a name is of the kind that has to exist.
    fn is_named(&mut self, exists: &Exists, name: &Arc<str>, answer: &mut Found) -> Result<bool, Reason> {
        if exists.not_named.contains(name)
            || exists.matching.iter().any(|(pattern, sign)| pattern.is_match(name) != *sign)
        {
            return Ok(false);
        }
        match exists.name {
            None => Ok(true),
            Some(literal) => self.is_name(&[literal], name, answer),
        }
    }

    fn is_name(&mut self, goal: &[Literal], name: &Arc<str>, answer: &mut Found) -> Result<bool, Reason> {
        match self.satisfies(goal, &Value::String(name.to_string()))? {
            Ok(admitted) => Ok(admitted),
            Err(reason) => {
                answer.absorb(Found::doubtful(reason));
                Ok(false)
            }
        }
    }

    /// The object with the chosen members, and as many others as the least count asks for.
    fn complete(&mut self, rules: &Rules<'_>, chosen: &Chosen, want: usize) -> Result<Found, Reason> {
        let mut answer = Found::nothing();
        let naming: Vec<Literal> = rules.names.iter().map(|node| (*node, true)).collect();
        let mut members: Vec<(Arc<str>, Found)> = Vec::with_capacity(chosen.len());
        for (name, literals) in chosen {
            if !naming.is_empty() && !self.is_name(&naming, name, &mut answer)? {
                return Ok(answer);
            }
            let mut goal = rules.value_goal(name);
            goal.extend(literals);
            let found = self.solve(&goal, want)?;
            if found.values.is_empty() {
                return Ok(Found { values: Vec::new(), ..found });
            }
            members.push((name.clone(), found));
        }
        let base: Map<String, Value> = members
            .iter()
            .filter_map(|(name, found)| Some((name.to_string(), found.values.first()?.clone())))
            .collect();
        let short = rules.min.saturating_sub(base.len() as u64);
        if short > MOST_FILLED {
            return Ok(Found::open("objects with more members than a witness is written with"));
        }
        let spare = if want > 1 { 1 } else { 0 };
        let wanted = usize::try_from(short).unwrap_or(usize::MAX) + spare;
        let others = if wanted == 0 { Vec::new() } else { self.others(rules, chosen, wanted, &mut answer)? };
        let count = usize::try_from(short).unwrap_or(usize::MAX);
        if others.len() < count {
            return Ok(answer);
        }
        answer.doubt = None;
        let mut filled = base;
        for (name, found) in others.iter().take(count) {
            if let Some(value) = found.values.first() {
                filled.insert(name.to_string(), value.clone());
            }
        }
        let mut values = vec![Value::Object(filled.clone())];
        let mut more = want == 1 || others.len() > count;
        // Different objects by other values of one member, and by one more member.
        for (name, found) in members.iter().chain(others.iter().take(count)) {
            more |= found.more || found.values.len() > 1;
            for value in found.values.iter().skip(1) {
                let mut other = filled.clone();
                other.insert(name.to_string(), value.clone());
                values.push(Value::Object(other));
            }
        }
        if let Some((name, found)) = others.get(count)
            && rules.max.is_none_or(|max| (filled.len() as u64) < max)
        {
            for value in &found.values {
                let mut other = filled.clone();
                other.insert(name.to_string(), value.clone());
                values.push(Value::Object(other));
            }
        }
        // All of them are listed where at most one member varies.
        let varying = members.iter().filter(|(_, found)| found.values.len() > 1 || found.more).count();
        if varying <= 1 && others.is_empty() && want > 1 {
            more = members.iter().any(|(_, found)| found.more);
        }
        answer.more |= more;
        values.truncate(want.max(1));
        answer.values = values;
        Ok(answer)
    }

    /// Members that may be added to the chosen ones.
    fn others(
        &mut self,
        rules: &Rules<'_>,
        chosen: &Chosen,
        count: usize,
        answer: &mut Found,
    ) -> Result<Vec<(Arc<str>, Found)>, Reason> {
        let naming: Vec<Literal> = rules.names.iter().map(|node| (*node, true)).collect();
        let mut others = Vec::new();
        for name in &rules.mentioned {
            if others.len() >= count {
                return Ok(others);
            }
            self.budget.spend(1)?;
            if chosen.contains_key(name)
                || rules.absent.contains(name)
                || !self.is_name(&naming, name, answer)?
            {
                continue;
            }
            let found = self.solve(&rules.value_goal(name), 1)?;
            if found.values.is_empty() {
                answer.absorb(Found { values: Vec::new(), ..found });
            } else {
                others.push((name.clone(), found));
            }
        }
        for kind in self.kinds(rules, None, answer)? {
            if others.len() >= count {
                break;
            }
            let found = self.solve(&kind.value, 1)?;
            if found.values.is_empty() {
                answer.absorb(Found { values: Vec::new(), ..found });
                continue;
            }
            let names = self.fresh_names(rules, &kind, None, chosen, count - others.len())?;
            if names.more && names.values.len() < count - others.len() {
                answer.absorb(Found::open("more different names than the search tries"));
            }
            for name in names.values.iter().filter_map(Value::as_str) {
                others.push((name.into(), found.clone()));
            }
        }
        Ok(others)
    }

    /// The kinds of names beside the mentioned ones, those of the given existence alone.
    fn kinds(
        &mut self,
        rules: &Rules<'_>,
        exists: Option<&Exists>,
        answer: &mut Found,
    ) -> Result<Vec<Kind>, Reason> {
        let mut patterns: Vec<&Arc<Pattern>> = rules.patterns.clone();
        for (pattern, _) in exists.into_iter().flat_map(|exists| &exists.matching) {
            if !patterns.contains(&pattern) {
                patterns.push(pattern);
            }
        }
        if patterns.len() > MOST_PATTERNS {
            answer.absorb(Found::open("very many patterns of member names in one object"));
            return Ok(Vec::new());
        }
        let mut kinds = Vec::new();
        for signs in 0u32..1 << patterns.len() {
            let matches: Vec<bool> = (0..patterns.len()).map(|place| signs & (1 << place) != 0).collect();
            let sign_of = |pattern: &Arc<Pattern>| {
                patterns
                    .iter()
                    .position(|other| *other == pattern)
                    .and_then(|place| matches.get(place))
                    .copied()
            };
            let fits = exists
                .iter()
                .flat_map(|exists| &exists.matching)
                .all(|(pattern, sign)| sign_of(pattern) == Some(*sign));
            if !fits {
                continue;
            }
            self.budget.spend(1)?;
            let mut value: Vec<Literal> = Vec::new();
            for members in &rules.members {
                let mut any = false;
                for (pattern, node) in &members.patterns {
                    if sign_of(pattern) == Some(true) {
                        any = true;
                        value.push((*node, true));
                    }
                }
                if let Some(node) = members.additional.filter(|_| !any) {
                    value.push((node, true));
                }
            }
            if !value.contains(&(Node::FALSE, true)) {
                kinds.push(Kind { matches, value });
            }
        }
        Ok(kinds)
    }

    /// Names of a kind that no rule mentions and that are not chosen yet.
    fn fresh_names(
        &mut self,
        rules: &Rules<'_>,
        kind: &Kind,
        also: Option<Literal>,
        chosen: &Chosen,
        want: usize,
    ) -> Result<Found, Reason> {
        let mut patterns: Vec<Arc<Pattern>> =
            rules.patterns.iter().map(|pattern| (*pattern).clone()).collect();
        patterns.truncate(kind.matches.len());
        let taken: BTreeSet<&Arc<str>> = rules.mentioned.iter().chain(chosen.keys()).collect();
        let mut facts: Vec<Fact> = patterns
            .iter()
            .zip(&kind.matches)
            .map(|(pattern, sign)| Fact::Match(pattern.clone(), *sign))
            .collect();
        let mut goal: Vec<Literal> = rules.names.iter().map(|node| (*node, true)).collect();
        goal.extend(also);
        // Only names that are possible have to be excluded; a long list of others would cost for nothing.
        let mut excluded = Vec::new();
        for name in taken {
            self.budget.spend(1)?;
            if patterns.iter().zip(&kind.matches).all(|(pattern, sign)| pattern.is_match(name) == *sign) {
                excluded.push(Constant::new(&Value::String(name.to_string())));
            }
        }
        if !excluded.is_empty() {
            facts.push(Fact::NoneOf(excluded.into()));
        }
        if facts.is_empty() {
            facts.push(Fact::MinLength(0));
        }
        self.tableau(Type::String, &goal, facts, want)
    }
}

impl<'f> Rules<'f> {
    fn collect_names(&mut self, chosen: &Chosen, exists: &[&'f Exists]) {
        let mut mentioned = BTreeSet::new();
        let mut patterns: Vec<&Arc<Pattern>> = Vec::new();
        let mut add = |pattern: &'f Arc<Pattern>| {
            if !patterns.contains(&pattern) {
                patterns.push(pattern);
            }
        };
        for members in &self.members {
            mentioned.extend(members.properties.iter().map(|(name, _)| name.clone()));
            members.patterns.iter().for_each(|(pattern, _)| add(pattern));
        }
        for one in exists {
            mentioned.extend(one.not_named.iter().cloned());
            one.matching.iter().for_each(|(pattern, _)| add(pattern));
        }
        mentioned.extend(self.absent.iter().cloned());
        mentioned.extend(chosen.keys().cloned());
        self.mentioned = mentioned;
        self.patterns = patterns;
    }

    /// What holds for the value of a member of this name.
    fn value_goal(&self, name: &str) -> Vec<Literal> {
        let mut goal = Vec::new();
        for members in &self.members {
            goal.extend(members.schemas_for(name).map(|node| (node, true)));
        }
        goal
    }
}
