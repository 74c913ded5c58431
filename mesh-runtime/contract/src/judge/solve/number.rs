//! Numbers within bounds that are multiples of some steps and not of others.

use super::Found;
use super::formula::Fact;
use super::tableau::{count_excluded, is_excluded};
use crate::judge::number::Decimal;

struct Bounds {
    low: Option<(Decimal, bool)>,
    high: Option<(Decimal, bool)>,
    steps: Vec<Decimal>,
    not_steps: Vec<Decimal>,
}

/// Multiples tried before a finite but long list is left open.
const SCAN: i128 = 20_000;

pub(crate) fn numbers(facts: &[Fact], want: usize) -> Found {
    let bounds = Bounds::of(facts);
    if let (Some((low, low_exclusive)), Some((high, high_exclusive))) = (bounds.low, bounds.high)
        && (low > high || (low == high && (low_exclusive || high_exclusive)))
    {
        return Found::nothing();
    }
    let mut common: Option<Decimal> = None;
    for step in &bounds.steps {
        common = match common {
            None => Some(*step),
            Some(known) => match known.least_common_multiple(*step) {
                Some(common) => Some(common),
                None => return Found::open("a common multiple of very different steps"),
            },
        };
    }
    match common {
        Some(step) => bounds.on_lattice(step, facts, want),
        None => bounds.on_line(facts, want),
    }
}

impl Bounds {
    fn of(facts: &[Fact]) -> Self {
        let mut bounds = Self { low: None, high: None, steps: Vec::new(), not_steps: Vec::new() };
        for fact in facts {
            match fact {
                Fact::Low { limit, exclusive } => {
                    let new = (*limit, *exclusive);
                    bounds.low = Some(bounds.low.map_or(new, |known| known.max(new)));
                }
                Fact::High { limit, exclusive } => {
                    // Of equal limits the exclusive one is the tighter.
                    let new = (*limit, !*exclusive);
                    let known = bounds.high.map(|(limit, exclusive)| (limit, !exclusive));
                    let (limit, inclusive) = known.map_or(new, |known| known.min(new));
                    bounds.high = Some((limit, !inclusive));
                }
                Fact::Multiple(step, true) => bounds.steps.push(*step),
                Fact::Multiple(step, false) => bounds.not_steps.push(*step),
                _ => {}
            }
        }
        bounds
    }

    fn admits(&self, number: Decimal) -> bool {
        self.low.is_none_or(|(limit, exclusive)| if exclusive { number > limit } else { number >= limit })
            && self
                .high
                .is_none_or(|(limit, exclusive)| if exclusive { number < limit } else { number <= limit })
            && self.steps.iter().all(|step| number.is_multiple_of(*step))
            && !self.not_steps.iter().any(|step| number.is_multiple_of(*step))
    }

    /// The numbers are `k · step`; `k` is searched outwards from the one nearest to zero.
    fn on_lattice(&self, step: Decimal, facts: &[Fact], want: usize) -> Found {
        // What every multiple of the step is a multiple of rules all of them out.
        if self.not_steps.iter().any(|not_step| step.is_multiple_of(*not_step)) {
            return Found::nothing();
        }
        let first = match self.low {
            None => None,
            Some((low, exclusive)) => match low.div_floor(step) {
                None => return Found::open("multiples of a small step near a large number"),
                Some(times) => {
                    let at = Decimal::from_i128(times).and_then(|times| times.checked_mul(step));
                    let short = at.is_none_or(|at| at < low || (exclusive && at == low));
                    Some(times + i128::from(short))
                }
            },
        };
        let last = match self.high {
            None => None,
            Some((high, exclusive)) => match high.div_floor(step) {
                None => return Found::open("multiples of a small step near a large number"),
                Some(times) => {
                    let at = Decimal::from_i128(times).and_then(|times| times.checked_mul(step));
                    Some(times - i128::from(exclusive && at == Some(high)))
                }
            },
        };
        if let (Some(first), Some(last)) = (first, last)
            && first > last
        {
            return Found::nothing();
        }
        let origin = 0i128.max(first.unwrap_or(0)).min(last.unwrap_or(i128::MAX));
        let inside =
            |times: i128| first.is_none_or(|first| times >= first) && last.is_none_or(|last| times <= last);
        let mut values = Vec::new();
        let mut unwritable = false;
        for distance in 0..SCAN {
            let (up, down) = (origin.checked_add(distance), origin.checked_sub(distance));
            let up = up.filter(|up| inside(*up));
            let down = down.filter(|down| distance > 0 && inside(*down));
            if up.is_none() && down.is_none() && distance > 0 {
                let open = unwritable && values.is_empty();
                return if open { unwritten() } else { Found { values, more: unwritable, doubt: None } };
            }
            for times in [up, down].into_iter().flatten() {
                let number = Decimal::from_i128(times).and_then(|times| times.checked_mul(step));
                let Some(number) = number else {
                    unwritable = true;
                    continue;
                };
                if !self.admits(number) {
                    continue;
                }
                match number.to_value() {
                    None => unwritable = true,
                    Some(value) if is_excluded(facts, &value) => {}
                    Some(value) => values.push(value),
                }
            }
            if values.len() >= want {
                values.truncate(want);
                return Found::some(values);
            }
        }
        if values.is_empty() {
            Found::open("a long range of multiples in which every number seems to be ruled out")
        } else {
            Found::some(values)
        }
    }

    /// The numbers are dense: between any two there are decimals that are multiples of none of the steps.
    fn on_line(&self, facts: &[Fact], want: usize) -> Found {
        if let (Some((low, _)), Some((high, _))) = (self.low, self.high)
            && low == high
        {
            if !self.admits(low) {
                return Found::nothing();
            }
            return match low.to_value() {
                None => unwritten(),
                Some(value) if is_excluded(facts, &value) => Found::nothing(),
                Some(value) => Found::all(vec![value]),
            };
        }
        let mut values = Vec::new();
        let mut numbers: Vec<Decimal> = Vec::new();
        let tries = want.saturating_mul(4).saturating_add(count_excluded(facts) + 24).min(20_000);
        let origin = match (self.low, self.high) {
            (Some((low, _)), _) if low > Decimal::ZERO => low,
            (_, Some((high, _))) if high < Decimal::ZERO => high,
            _ => Decimal::ZERO,
        };
        // Whole numbers first, then finer and finer fractions.
        let finest = match (self.low, self.high) {
            (Some((low, _)), Some((high, _))) => {
                high.checked_sub(low).map_or(0, |width| width.exponent().min(0) - 4)
            }
            _ => -4,
        };
        let finest =
            finest.min(self.not_steps.iter().map(|step| step.exponent() - 2).min().unwrap_or(0)).max(-340);
        'search: for exponent in (finest..=0).rev() {
            let Some(unit) = Decimal::power_of_ten(exponent) else { continue };
            let Some(start) = origin.div_floor(unit) else { continue };
            for distance in 0..i128::try_from(tries).unwrap_or(i128::MAX) {
                for times in [start.checked_add(distance), start.checked_sub(distance)].into_iter().flatten()
                {
                    let number = Decimal::from_i128(times).and_then(|times| times.checked_mul(unit));
                    let Some(number) = number.filter(|number| self.admits(*number)) else { continue };
                    if numbers.contains(&number) {
                        continue;
                    }
                    if let Some(value) = number.to_value().filter(|value| !is_excluded(facts, value)) {
                        numbers.push(number);
                        values.push(value);
                        if values.len() >= want {
                            break 'search;
                        }
                    }
                }
            }
        }
        // Beyond what a double tells apart from its neighbours, rounder and rounder numbers.
        for exponent in 1..=307 {
            if !values.is_empty() {
                break;
            }
            let Some(unit) = Decimal::power_of_ten(exponent) else { continue };
            let Some(start) = origin.div_floor(unit) else { continue };
            let around = (-2..=2).filter_map(|distance| start.checked_add(distance));
            let numbers = around.filter_map(|times| Decimal::from_i128(times)?.checked_mul(unit));
            let written = numbers.filter(|number| self.admits(*number)).filter_map(Decimal::to_value);
            values.extend(written.filter(|value| !is_excluded(facts, value)).take(1));
        }
        if values.is_empty() {
            // The borders themselves, written with more digits than the search tries.
            let borders = [self.low, self.high].into_iter().flatten().map(|(limit, _)| limit);
            values.extend(
                borders
                    .filter(|limit| self.admits(*limit))
                    .filter_map(Decimal::to_value)
                    .filter(|value| !is_excluded(facts, value))
                    .take(1),
            );
        }
        if values.is_empty() { unwritten() } else { Found::some(values) }
    }
}

fn unwritten() -> Found {
    Found::open("numbers that no JSON number of double precision writes down")
}
