//! Arrays: rules by position, counts of matching items, lengths, and whether items differ.
//!
//! The search goes over lengths and then over positions. For each position and each rule that counts it
//! is chosen whether the item matches. Longer arrays than the rules can tell apart are never needed:
//! an item behind every fixed position that no least count asks for can be taken out again.

use serde_json::Value;

use super::formula::{Fact, ItemCount};
use super::tableau::{count_excluded, is_excluded};
use super::{Found, Literal, Solver};
use crate::judge::budget::Reason;
use crate::judge::constant::equal;
use crate::judge::hash::FastSet;
use crate::judge::schema::Tuple;

/// Longer arrays are not written down as a witness.
const LONGEST: u64 = 3_000;
/// Positions that are searched one by one.
const MOST_POSITIONS: u64 = 200;
/// Rules that count items at once.
const MOST_COUNTS: usize = 6;

struct Rules<'f> {
    tuples: Vec<&'f Tuple>,
    counts: Vec<&'f ItemCount>,
    min: u64,
    max: Option<u64>,
    /// All items differ.
    unique: bool,
    /// From here on all positions have the same rules.
    uniform: usize,
}

/// A search over the arrays of one length.
struct Walk<'f> {
    length: usize,
    want: usize,
    /// Two positions that hold equal items.
    twins: Option<(usize, usize)>,
    found: Vec<Value>,
    excluded: &'f [Fact],
    /// Positions and counts from which nothing was found.
    hopeless: FastSet<(usize, Vec<u64>)>,
    /// Some question on the way had more values than were looked at.
    partial: bool,
    doubt: Option<Reason>,
}

impl Solver<'_, '_> {
    pub(super) fn arrays(&mut self, facts: &[Fact], want: usize) -> Result<Found, Reason> {
        let mut rules =
            Rules { tuples: Vec::new(), counts: Vec::new(), min: 0, max: None, unique: false, uniform: 0 };
        let mut twins = false;
        for fact in facts {
            match fact {
                Fact::MinItems(least) => rules.min = rules.min.max(*least),
                Fact::MaxItems(most) => rules.max = Some(rules.max.map_or(*most, |known| known.min(*most))),
                Fact::Unique(true) => rules.unique = true,
                Fact::Unique(false) => twins = true,
                Fact::Items(tuple) => {
                    rules.uniform = rules.uniform.max(tuple.prefix.len());
                    rules.tuples.push(tuple);
                }
                Fact::Count(count) => {
                    rules.uniform = rules.uniform.max(count.to.unwrap_or(count.from));
                    rules.counts.push(count);
                }
                _ => {}
            }
        }
        if twins && rules.unique {
            return Ok(Found::nothing());
        }
        if rules.counts.len() > MOST_COUNTS {
            return Ok(Found::open("many rules that count items of one array"));
        }
        let needed: u64 = rules.counts.iter().map(|count| count.min).fold(0, u64::saturating_add);
        let fixed = (rules.uniform as u64).saturating_add(needed).saturating_add(if twins { 2 } else { 0 });
        let enough = rules.min.max(fixed);
        if rules.min > LONGEST {
            return self.too_long(&rules);
        }
        if enough > MOST_POSITIONS.max(rules.min) {
            return Ok(Found::open("arrays longer than the search goes"));
        }
        let several = want.saturating_add(count_excluded(facts)).min(64) as u64;
        let last =
            enough.saturating_add(if several > 1 { several } else { 0 }).min(rules.max.unwrap_or(u64::MAX));
        let mut found = Found::nothing();
        let shortest = rules.min.max(if twins { 2 } else { 0 });
        let mut ends_early = false;
        for length in shortest..=last {
            if found.values.len() >= want {
                found.more = true;
                break;
            }
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            let part = self.arrays_of(&rules, length, twins, facts, want - found.values.len())?;
            // With a position that nothing fits, longer arrays are impossible, too.
            if part.is_empty() && self.is_position_hopeless(&rules, length)? {
                ends_early = true;
                break;
            }
            found.values.extend(part.values);
            found.more |= part.more;
            if found.doubt.is_none() {
                found.doubt = part.doubt;
            }
        }
        if !found.values.is_empty() && !ends_early && rules.max.is_none_or(|max| max > last) {
            found.more = true;
        }
        Ok(found)
    }

    /// Arrays that no witness could write down: decided where an item is impossible, open otherwise.
    fn too_long(&mut self, rules: &Rules<'_>) -> Result<Found, Reason> {
        if rules.max.is_some_and(|max| max < rules.min)
            || self.is_position_hopeless(rules, rules.uniform + 1)?
        {
            return Ok(Found::nothing());
        }
        Ok(Found::open("arrays longer than a witness is written"))
    }

    fn goal_at(rules: &Rules<'_>, index: usize) -> Vec<Literal> {
        rules.tuples.iter().filter_map(|tuple| tuple.schema_at(index)).map(|node| (node, true)).collect()
    }

    /// Whether nothing fits the last position of arrays of this length.
    fn is_position_hopeless(&mut self, rules: &Rules<'_>, length: usize) -> Result<bool, Reason> {
        let Some(index) = length.checked_sub(1) else { return Ok(false) };
        Ok(self.solve(&Self::goal_at(rules, index), 1)?.is_empty())
    }

    fn arrays_of(
        &mut self,
        rules: &Rules<'_>,
        length: usize,
        twins: bool,
        facts: &[Fact],
        want: usize,
    ) -> Result<Found, Reason> {
        if rules.max.is_some_and(|max| (length as u64) > max) {
            return Ok(Found::nothing());
        }
        let mut walk = Walk {
            length,
            want,
            twins: None,
            found: Vec::new(),
            excluded: facts,
            hopeless: FastSet::default(),
            partial: false,
            doubt: None,
        };
        let counts = vec![0; rules.counts.len()];
        if twins {
            // Positions with the same rules can be exchanged, so two of them stand for all.
            let border = length.min(rules.uniform + 2);
            for second in 1..border {
                for first in 0..second {
                    if walk.found.len() < want {
                        walk.twins = Some((first, second));
                        walk.hopeless.clear();
                        self.walk(rules, &mut walk, &mut Vec::new(), counts.clone())?;
                    }
                }
            }
        } else if rules.unique && self.is_crowded(rules, length)? {
            return Ok(Found::nothing());
        } else {
            self.walk(rules, &mut walk, &mut Vec::new(), counts)?;
        }
        let more = walk.partial || walk.found.len() >= want || twins;
        let doubt = walk.doubt.or_else(|| {
            (walk.found.is_empty() && walk.partial).then_some(Reason::Undecided {
                case: "arrays in which the choice of one item rules out others",
            })
        });
        Ok(Found { values: walk.found, more, doubt })
    }

    /// Whether the positions at the end need more different items than there are.
    fn is_crowded(&mut self, rules: &Rules<'_>, length: usize) -> Result<bool, Reason> {
        let positions = length.saturating_sub(rules.uniform);
        if positions < 2 {
            return Ok(false);
        }
        let found = self.solve(&Self::goal_at(rules, rules.uniform), positions)?;
        Ok(found.is_complete() && found.values.len() < positions)
    }

    fn walk(
        &mut self,
        rules: &Rules<'_>,
        walk: &mut Walk<'_>,
        items: &mut Vec<Value>,
        counts: Vec<u64>,
    ) -> Result<(), Reason> {
        self.budget.spend(1)?;
        let index = items.len();
        let over =
            rules.counts.iter().zip(&counts).any(|(rule, count)| rule.max.is_some_and(|max| *count > max));
        if over {
            return Ok(());
        }
        if index == walk.length {
            let met = rules.counts.iter().zip(&counts).all(|(rule, count)| *count >= rule.min);
            let value = Value::Array(items.clone());
            if met && !is_excluded(walk.excluded, &value) {
                walk.found.push(value);
            }
            return Ok(());
        }
        let left = (walk.length - index) as u64;
        // A least count that the rest cannot reach; the twin of an item counts before its turn.
        let ahead = u64::from(walk.twins.is_some());
        if rules.counts.iter().zip(&counts).any(|(rule, count)| count + left + ahead < rule.min) {
            return Ok(());
        }
        let simple =
            !rules.unique && walk.want == 1 && walk.twins.is_none() && count_excluded(walk.excluded) == 0;
        let clipped: Vec<u64> = rules
            .counts
            .iter()
            .zip(&counts)
            .map(|(rule, count)| (*count).min(rule.max.map_or(rule.min, |max| max.max(rule.min) + 1)))
            .collect();
        if simple && walk.hopeless.contains(&(index, clipped.clone())) {
            return Ok(());
        }
        let before = walk.found.len();
        if let Some((first, second)) = walk.twins
            && index == second
        {
            let twin = items.get(first).cloned().unwrap_or(Value::Null);
            items.push(twin);
            self.walk(rules, walk, items, counts)?;
            items.pop();
            return Ok(());
        }
        let mut positions = vec![index];
        if let Some((first, second)) = walk.twins
            && index == first
        {
            positions.push(second);
        }
        let asked: Vec<(usize, &&ItemCount)> = rules
            .counts
            .iter()
            .enumerate()
            .filter(|(_, rule)| positions.iter().any(|index| covers(rule, *index)))
            .collect();
        let goal: Vec<Literal> = positions.iter().flat_map(|index| Self::goal_at(rules, *index)).collect();
        // Matching first: that is what least counts need.
        for signs in (0u32..1 << asked.len()).rev() {
            let mut chosen = goal.clone();
            let mut counted = counts.clone();
            for (place, (number, rule)) in asked.iter().enumerate() {
                let matches = signs & (1 << place) != 0;
                chosen.push((rule.literal.0, rule.literal.1 == matches));
                if matches && let Some(count) = counted.get_mut(*number) {
                    *count += positions.iter().filter(|index| covers(rule, **index)).count() as u64;
                }
            }
            let want =
                if rules.unique { walk.length } else { walk.want + count_excluded(walk.excluded).min(16) };
            let found = self.solve(&chosen, if simple { 1 } else { want })?;
            walk.partial |= !simple && found.more && found.values.len() < want;
            if walk.doubt.is_none() {
                walk.doubt = found.doubt;
            }
            for value in found.values {
                if walk.found.len() >= walk.want {
                    return Ok(());
                }
                if rules.unique && items.iter().any(|item| equal(item, &value)) {
                    continue;
                }
                items.push(value);
                self.walk(rules, walk, items, counted.clone())?;
                items.pop();
            }
        }
        if simple && walk.found.len() == before {
            walk.hopeless.insert((index, clipped));
        }
        Ok(())
    }
}

fn covers(rule: &ItemCount, index: usize) -> bool {
    index >= rule.from && rule.to.is_none_or(|to| index < to)
}
