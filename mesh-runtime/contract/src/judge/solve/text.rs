//! Strings within bounds of length that match some patterns and not others.

use serde_json::Value;

use super::formula::Fact;
use super::tableau::{count_excluded, is_excluded};
use super::{Found, Solver};
use crate::judge::budget::Reason;
use crate::judge::pattern::{Language, LanguageAnswer, Pattern};

/// Longer texts are not written down as a witness.
const LONGEST: u64 = 100_000;

/// Steps that a sample of one pattern counts for, whether it was looked for now or before.
const SAMPLE: u64 = 20;

/// Steps of work on the automata of one question.
const WORK: u64 = 150_000;

impl Solver<'_, '_> {
    pub(super) fn texts(&mut self, facts: &[Fact], want: usize) -> Result<Found, Reason> {
        let (mut min, mut max) = (0, None);
        let mut patterns: Vec<(&Pattern, bool)> = Vec::new();
        for fact in facts {
            match fact {
                Fact::MinLength(least) => min = min.max(*least),
                Fact::MaxLength(most) => max = Some(max.map_or(*most, |known: u64| known.min(*most))),
                Fact::Match(pattern, sign) => patterns.push((pattern, *sign)),
                Fact::OneOf(constants) => {
                    let fits = |value: &Value| fits(facts, value);
                    let values =
                        constants.iter().map(|constant| constant.value().clone()).filter(fits).collect();
                    return Ok(Found::all(values));
                }
                _ => {}
            }
        }
        if max.is_some_and(|max| max < min) {
            return Ok(Found::nothing());
        }
        if want == 1
            && let Some((pattern, _)) = patterns.iter().find(|(_, sign)| *sign)
            && let Some(sample) = pattern.sample().map(Value::from)
            && fits(facts, &sample)
        {
            self.budget.spend(SAMPLE)?;
            return Ok(Found::some(vec![sample]));
        }
        let needed = want.saturating_add(count_excluded(facts));
        let mut found = if patterns.is_empty() {
            plain(min, max, needed)
        } else {
            self.matching(&patterns, min, max, needed)?
        };
        found.values.retain(|value| !is_excluded(facts, value));
        if found.values.len() > want {
            found.values.truncate(want);
            found.more = true;
        }
        if found.values.is_empty() && found.more && found.doubt.is_none() {
            return Ok(Found::open("more excluded strings than the search tries"));
        }
        Ok(found)
    }

    fn matching(
        &mut self,
        patterns: &[(&Pattern, bool)],
        min: u64,
        max: Option<u64>,
        want: usize,
    ) -> Result<Found, Reason> {
        let Some(language) = Language::new(patterns.iter().copied(), min, max) else {
            return Ok(Found::open("the complement of a pattern with lookahead"));
        };
        let mut spent = 0;
        let answer = language.texts(want, WORK.min(self.budget.left()), &mut spent);
        self.budget.spend(spent)?;
        Ok(match answer {
            LanguageAnswer::Texts { found, more } => {
                Found { values: found.into_iter().map(Value::String).collect(), more, doubt: None }
            }
            LanguageAnswer::TooLarge => {
                Found::open("an intersection of patterns with a very large automaton")
            }
        })
    }
}

fn fits(facts: &[Fact], value: &Value) -> bool {
    let Some(text) = value.as_str() else { return false };
    let length = text.chars().count() as u64;
    !is_excluded(facts, value)
        && facts.iter().all(|fact| match fact {
            Fact::MinLength(least) => length >= *least,
            Fact::MaxLength(most) => length <= *most,
            Fact::Match(pattern, sign) => pattern.is_match(text) == *sign,
            _ => true,
        })
}

/// Texts of letters, shortest first.
fn plain(min: u64, max: Option<u64>, want: usize) -> Found {
    if min > LONGEST {
        return Found::open("strings longer than a witness is written");
    }
    let mut values = Vec::new();
    let mut length = min;
    while values.len() < want && max.is_none_or(|max| length <= max) && length <= min + 8 {
        let stem = "a".repeat(usize::try_from(length).unwrap_or(0).saturating_sub(2));
        let tails: Vec<String> = match length {
            0 => vec![String::new()],
            1 => ('a'..='z').chain('0'..='9').map(String::from).collect(),
            _ => {
                ('a'..='z').flat_map(|left| ('a'..='z').map(move |right| format!("{left}{right}"))).collect()
            }
        };
        let missing = want - values.len();
        values.extend(tails.into_iter().take(missing).map(|tail| Value::String(format!("{stem}{tail}"))));
        length += 1;
    }
    Found { values, more: max != Some(0), doubt: None }
}
