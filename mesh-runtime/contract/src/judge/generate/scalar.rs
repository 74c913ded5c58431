//! Numbers and strings, mostly at the borders of what is admitted.

use serde_json::Value;

use super::random::Random;
use crate::judge::hash::FastMap;
use crate::judge::number::Decimal;
use crate::judge::pattern::{Language, Pattern, Sampler};

/// What is known of a number to draw.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct NumberDraft {
    pub(crate) low: Option<(Decimal, bool)>,
    pub(crate) high: Option<(Decimal, bool)>,
    pub(crate) step: Option<Decimal>,
}

impl NumberDraft {
    pub(crate) fn at_least(&mut self, limit: Decimal, exclusive: bool) {
        if self.low.is_none_or(|(known, known_exclusive)| (limit, exclusive) > (known, known_exclusive)) {
            self.low = Some((limit, exclusive));
        }
    }

    pub(crate) fn at_most(&mut self, limit: Decimal, exclusive: bool) {
        if self.high.is_none_or(|(known, known_exclusive)| (limit, !exclusive) < (known, !known_exclusive)) {
            self.high = Some((limit, exclusive));
        }
    }

    pub(crate) fn multiple_of(&mut self, step: Decimal) {
        self.step = match self.step {
            None => Some(step),
            Some(known) => known.least_common_multiple(step).or(Some(step)),
        };
    }

    fn admits(&self, number: Decimal) -> bool {
        self.low.is_none_or(|(limit, exclusive)| if exclusive { number > limit } else { number >= limit })
            && self
                .high
                .is_none_or(|(limit, exclusive)| if exclusive { number < limit } else { number <= limit })
            && self.step.is_none_or(|step| number.is_multiple_of(step))
    }

    pub(crate) fn draw(&self, random: &mut Random) -> Option<Value> {
        (0..24).find_map(|_| {
            let number = self.candidate(random)?;
            let number = match self.step {
                Some(step) => self.snapped(number, step)?,
                None => number,
            };
            if self.admits(number) { number.to_value() } else { None }
        })
    }

    /// A multiple of the step near the number, on the inner side of the bounds.
    fn snapped(&self, number: Decimal, step: Decimal) -> Option<Decimal> {
        let times = number.div_floor(step)?;
        let below = Decimal::from_i128(times)?.checked_mul(step)?;
        if self.admits(below) { Some(below) } else { below.checked_add(step) }
    }

    fn candidate(&self, random: &mut Random) -> Option<Decimal> {
        let nudge = self.step.or_else(|| Decimal::power_of_ten(if random.one_in(2) { 0 } else { -1 }))?;
        let jump = Decimal::from_u64(random.next() >> (random.below(60) + 4));
        match (self.low, self.high) {
            (Some((low, _)), Some((high, _))) => match random.below(6) {
                0 => Some(low),
                1 => Some(high),
                2 => low.checked_add(nudge),
                3 => high.checked_sub(nudge),
                4 if self.admits(Decimal::ZERO) => Some(Decimal::ZERO),
                _ => {
                    let share = Decimal::from_i128(i128::from(random.next() % 1001))?
                        .checked_mul(Decimal::power_of_ten(-3)?)?;
                    low.checked_add(high.checked_sub(low)?.checked_mul(share)?)
                }
            },
            (Some((low, _)), None) => match random.below(4) {
                0 => Some(low),
                1 => low.checked_add(nudge),
                2 if self.admits(Decimal::ZERO) => Some(Decimal::ZERO),
                _ => low.checked_add(jump),
            },
            (None, Some((high, _))) => match random.below(4) {
                0 => Some(high),
                1 => high.checked_sub(nudge),
                2 if self.admits(Decimal::ZERO) => Some(Decimal::ZERO),
                _ => high.checked_sub(jump),
            },
            (None, None) => Some(match random.below(10) {
                0 => Decimal::ZERO,
                1 => Decimal::ONE,
                2 => Decimal::ONE.negate(),
                3 => Decimal::from_i128(i128::from(i64::MAX))?,
                4 => Decimal::from_i128(i128::from(i64::MIN))?,
                5 => Decimal::from_u64(u64::MAX),
                6 => jump.checked_mul(Decimal::power_of_ten(-2)?)?,
                7 => jump.negate(),
                8 => Decimal::from_u64(random.next() % 1000)
                    .checked_mul(Decimal::power_of_ten(i32::try_from(random.below(40)).unwrap_or(0) - 20)?)?,
                _ => jump,
            }),
        }
    }
}

/// Characters that readers of text stumble over.
const ODD: &[char] = &[
    '"',
    '\\',
    '/',
    ' ',
    '\t',
    '\n',
    '\u{0}',
    '\u{7f}',
    '\u{e9}',
    '\u{df}',
    '\u{130}',
    '\u{2028}',
    '\u{6f22}',
    '\u{1f600}',
    '\u{301}',
    '\u{feff}',
    '%',
    '~',
    '\'',
    '<',
];

/// Texts longer than this are not drawn, even where they are admitted.
const LONGEST: u64 = 4_000;

/// Steps of work for a text of given patterns.
const WORK: u64 = 60_000;

/// The automata that texts were drawn from, by their patterns and lengths.
#[derive(Debug, Clone, Default)]
pub(crate) struct Samplers(FastMap<SamplerKey, Option<Sampler>>);

type SamplerKey = (Vec<Box<str>>, u64, Option<u64>);

impl Samplers {
    fn get(&mut self, patterns: &[&Pattern], min: u64, max: Option<u64>) -> Option<&Sampler> {
        let texts = patterns.iter().map(|pattern| pattern.text().into()).collect();
        let made = self.0.entry((texts, min, max)).or_insert_with(|| {
            Language::new(patterns.iter().map(|pattern| (*pattern, true)), min, max)?.sampler(WORK)
        });
        made.as_ref()
    }
}

pub(crate) fn draw_text(
    random: &mut Random,
    samplers: &mut Samplers,
    min: u64,
    max: Option<u64>,
    patterns: &[&Pattern],
) -> Option<String> {
    if max.is_some_and(|max| max < min) {
        return None;
    }
    if !patterns.is_empty() {
        return samplers.get(patterns, min, max)?.draw(&mut |count| random.below(count));
    }
    let top = max.unwrap_or(min.saturating_add(300)).min(min.saturating_add(LONGEST));
    let length = match random.below(8) {
        0 => min,
        1 => min.saturating_add(1).min(top),
        2 => top,
        3 => top.saturating_sub(1).max(min),
        _ => min + random.below(usize::try_from((top - min).min(12)).unwrap_or(0) + 1) as u64,
    };
    if length > LONGEST {
        return None;
    }
    let plain = !random.one_in(3);
    let char = |random: &mut Random| {
        if plain || random.one_in(2) {
            char::from(b'a' + u8::try_from(random.below(26)).unwrap_or(0))
        } else {
            random.pick(ODD).copied().unwrap_or('a')
        }
    };
    Some((0..length).map(|_| char(random)).collect())
}
