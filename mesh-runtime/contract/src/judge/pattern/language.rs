//! Intersections and complements of patterns, decided by walking the product of their automata.
//!
//! The product is built only where it is reached. Characters that no pattern tells apart are one
//! letter of the alphabet, so the walk does not depend on how large Unicode is.

use std::cmp::Reverse;
use std::collections::{BTreeMap, VecDeque};

use super::Pattern;
use super::class::Class;
use super::nfa::{Marks, Nfa, Side};
use crate::judge::hash::{FastMap, FastSet};

/// The texts that every automaton matches, or does not match, as its sign says, within bounds of length.
pub(crate) struct Language<'p> {
    parts: Vec<(&'p Nfa, bool)>,
    min: u64,
    max: Option<u64>,
    /// One pattern has to match and not to match, which needs no automaton to be refused.
    contradicts: bool,
}

/// Some texts of a language.
pub(crate) enum LanguageAnswer {
    /// Different texts, shortest first; `more` tells whether there may be others.
    Texts { found: Vec<String>, more: bool },
    /// The product is larger than the work allowed.
    TooLarge,
}

/// One automaton after some text: the states it may be in, or the certainty of a match.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Stand {
    Matched,
    Open { kernel: Vec<u32>, before: Side },
}

type Tuple = Vec<u32>;

/// A letter of the alphabet: characters that no automaton tells apart.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    representative: u32,
    ranges: Vec<(u32, u32)>,
}

struct Product<'l, 'p> {
    language: &'l Language<'p>,
    letters: Vec<Letter>,
    stands: Vec<Vec<Stand>>,
    numbers: Vec<FastMap<Stand, u32>>,
    steps: FastMap<(u32, u32, u32), u32>,
    marks: Marks,
    work: u64,
}

impl<'p> Language<'p> {
    pub(crate) fn new(
        patterns: impl IntoIterator<Item = (&'p Pattern, bool)>,
        min: u64,
        max: Option<u64>,
    ) -> Option<Self> {
        let mut parts: Vec<(&Nfa, bool)> = Vec::new();
        let patterns: Vec<(&Pattern, bool)> = patterns.into_iter().collect();
        let contradicts = patterns.iter().enumerate().any(|(index, (pattern, sign))| {
            patterns.iter().take(index).any(|(other, its)| other.text() == pattern.text() && its != sign)
        });
        if contradicts {
            return Some(Self { parts, min, max, contradicts });
        }
        for (pattern, sign) in patterns {
            if sign || pattern.parts().len() == 1 {
                parts.extend(pattern.parts().iter().map(|(nfa, part)| (nfa, *part == sign)));
            } else {
                // The complement of a conjunction is no conjunction.
                return None;
            }
        }
        Some(Self { parts, min, max, contradicts })
    }

    /// Up to `want` different texts, at most `budget` steps of work; the work done is added to `spent`.
    pub(crate) fn texts(&self, want: usize, budget: u64, spent: &mut u64) -> LanguageAnswer {
        if self.contradicts {
            return LanguageAnswer::Texts { found: Vec::new(), more: false };
        }
        let mut product = Product::new(self);
        let answer = product.texts(want, budget);
        *spent += product.work;
        answer.unwrap_or(LanguageAnswer::TooLarge)
    }

    /// The automaton of the language, ready to draw texts from; nothing where it is larger than the work allowed.
    pub(crate) fn sampler(&self, budget: u64) -> Option<Sampler> {
        if self.contradicts {
            return None;
        }
        let mut product = Product::new(self);
        let Explored { places } = product.explore(budget)?;
        let places = places
            .iter()
            .map(|place| {
                let is_live =
                    |target: usize| places.get(target).is_some_and(|place| place.distance.is_some());
                let next = place.next.iter().copied().filter(|(_, target)| is_live(*target)).collect();
                SamplerPlace { next, accepts: place.accepts, live: place.distance.is_some() }
            })
            .collect();
        let max = self.max.unwrap_or(u64::MAX).min(self.min.saturating_add(64));
        Some(Sampler { letters: product.letters, places, max })
    }
}

fn alphabet(parts: &[(&Nfa, bool)]) -> Vec<Letter> {
    let mut seen = FastSet::default();
    let mut classes: Vec<&Class> = Vec::new();
    let words = Class::word();
    for (nfa, _) in parts {
        classes.extend(nfa.classes().filter(|class| seen.insert((*class).clone())));
    }
    if parts.iter().any(|(nfa, _)| nfa.has_boundaries()) {
        classes.push(&words);
    }
    let any = Class::any();
    let mut cuts: Vec<u32> = Vec::new();
    for class in classes.iter().copied().chain([&any]) {
        for (from, to) in class.ranges() {
            cuts.extend([*from, to + 1]);
        }
    }
    cuts.sort_unstable();
    cuts.dedup();
    let mut numbers: FastMap<Vec<bool>, usize> = FastMap::default();
    let mut letters: Vec<Letter> = Vec::new();
    for pair in cuts.windows(2) {
        let &[from, next] = pair else { continue };
        if !any.contains(from) {
            continue;
        }
        let signature: Vec<bool> = classes.iter().map(|class| class.contains(from)).collect();
        let number = *numbers.entry(signature).or_insert(letters.len());
        if number == letters.len() {
            letters.push(Letter { representative: from, ranges: Vec::new() });
        }
        if let Some(letter) = letters.get_mut(number) {
            letter.ranges.push((from, next - 1));
        }
    }
    for letter in &mut letters {
        letter.representative = readable(&letter.ranges);
    }
    // Readable letters first, so that witnesses are.
    letters.sort_by_key(|letter| (rank(letter.representative), letter.representative));
    letters
}

fn rank(point: u32) -> u8 {
    match point {
        0x61..=0x7A => 0,
        0x30..=0x39 => 1,
        0x41..=0x5A => 2,
        0x21..=0x7E => 3,
        0x20 => 4,
        0x2028 | 0x2029 => 6,
        0xA1.. => 5,
        _ => 6,
    }
}

/// A character that a person can read, where there is one.
pub(super) fn readable(ranges: &[(u32, u32)]) -> u32 {
    let mut best: Option<u32> = None;
    for (from, to) in ranges {
        for candidate in [0x61, 0x30, 0x41, 0x21, 0xA1, *from] {
            let candidate = candidate.max(*from);
            if candidate <= *to && best.is_none_or(|best| rank(candidate) < rank(best)) {
                best = Some(candidate);
            }
        }
    }
    best.or(ranges.first().map(|range| range.0)).unwrap_or(0x61)
}

impl Letter {
    /// Up to `count` characters of the letter, the representative first.
    fn points(&self, count: usize) -> Vec<u32> {
        let others = self.ranges.iter().flat_map(|(from, to)| *from..=*to);
        let mut points = vec![self.representative];
        points.extend(others.filter(|point| *point != self.representative).take(count.saturating_sub(1)));
        points
    }

    fn size(&self) -> usize {
        self.ranges.iter().map(|(from, to)| (to - from + 1) as usize).sum()
    }
}

impl<'l, 'p> Product<'l, 'p> {
    fn new(language: &'l Language<'p>) -> Self {
        let count = language.parts.len();
        Self {
            language,
            letters: alphabet(&language.parts),
            stands: vec![Vec::new(); count],
            numbers: vec![FastMap::default(); count],
            steps: FastMap::default(),
            marks: Marks::default(),
            work: 0,
        }
    }

    fn number(&mut self, part: usize, stand: Stand) -> u32 {
        let (Some(numbers), Some(stands)) = (self.numbers.get_mut(part), self.stands.get_mut(part)) else {
            return 0;
        };
        if let Some(known) = numbers.get(&stand) {
            return *known;
        }
        let number = u32::try_from(stands.len()).unwrap_or(u32::MAX);
        stands.push(stand.clone());
        numbers.insert(stand, number);
        number
    }

    fn start(&mut self) -> Tuple {
        let language = self.language;
        (0..language.parts.len())
            .map(|part| {
                let kernel = language.parts.get(part).map(|(nfa, _)| vec![nfa.start()]).unwrap_or_default();
                self.number(part, Stand::Open { kernel, before: Side::Edge })
            })
            .collect()
    }

    fn stand(&self, part: usize, number: u32) -> Stand {
        self.stands
            .get(part)
            .and_then(|stands| stands.get(number as usize))
            .cloned()
            .unwrap_or(Stand::Matched)
    }

    /// Where one automaton goes on a letter.
    fn step(&mut self, part: usize, number: u32, letter: usize) -> u32 {
        let place = (u32::try_from(part).unwrap_or(0), number, u32::try_from(letter).unwrap_or(0));
        if let Some(known) = self.steps.get(&place) {
            return *known;
        }
        let language = self.language;
        let next = match (self.stand(part, number), language.parts.get(part), self.letters.get(letter)) {
            (Stand::Open { kernel, before }, Some((nfa, _)), Some(letter)) => {
                let point = letter.representative;
                let side = Side::of(point);
                let mut consuming = Vec::new();
                self.work += 1 + kernel.len() as u64 / 4;
                if nfa.closure(kernel, before, side, &mut self.marks, &mut consuming) {
                    Stand::Matched
                } else {
                    let mut kernel: Vec<u32> =
                        consuming.iter().filter_map(|id| nfa.step(*id, point)).collect();
                    kernel.push(nfa.start());
                    kernel.sort_unstable();
                    kernel.dedup();
                    let before = if nfa.has_boundaries() { side } else { Side::Other };
                    Stand::Open { kernel, before }
                }
            }
            _ => Stand::Matched,
        };
        let next = self.number(part, next);
        self.steps.insert(place, next);
        next
    }

    fn step_all(&mut self, tuple: &Tuple, letter: usize) -> Tuple {
        self.work += 1;
        tuple.iter().enumerate().map(|(part, number)| self.step(part, *number, letter)).collect()
    }

    /// Whether the text so far is in the language, lengths aside.
    fn accepts(&mut self, tuple: &Tuple) -> bool {
        let language = self.language;
        tuple.iter().zip(&language.parts).enumerate().all(|(part, (number, (nfa, sign)))| {
            let matched = match self.stand(part, *number) {
                Stand::Matched => true,
                Stand::Open { kernel, before } => {
                    nfa.closure(kernel, before, Side::Edge, &mut self.marks, &mut Vec::new())
                }
            };
            matched == *sign
        })
    }

    /// Whether no continuation can be in the language.
    fn is_dead(&self, tuple: &Tuple) -> bool {
        tuple.iter().zip(&self.language.parts).enumerate().any(|(part, (number, (_, sign)))| {
            !*sign
                && self.stands.get(part).and_then(|stands| stands.get(*number as usize))
                    == Some(&Stand::Matched)
        })
    }

    /// All reachable places with their successors, and whether a text can end in the language from each.
    fn explore(&mut self, budget: u64) -> Option<Explored> {
        let min = self.language.min;
        let mut places: Vec<Place> = Vec::new();
        let mut numbers: FastMap<(Tuple, u64), usize> = FastMap::default();
        let mut queue = VecDeque::new();
        let start = self.start();
        numbers.insert((start.clone(), 0), 0);
        places.push(Place { tuple: start, length: 0, next: Vec::new(), accepts: false, distance: None });
        queue.push_back((0usize, 0u64));
        while let Some((number, depth)) = queue.pop_front() {
            if self.work > budget {
                return None;
            }
            let (tuple, length) = places.get(number).map(|place| (place.tuple.clone(), place.length))?;
            let accepts = length >= min && self.accepts(&tuple);
            let mut next = Vec::new();
            if self.language.max.is_none_or(|max| depth < max) {
                for letter in 0..self.letters.len() {
                    let target = self.step_all(&tuple, letter);
                    if self.is_dead(&target) {
                        continue;
                    }
                    let place = (target, (length + 1).min(min));
                    let known = numbers.get(&place).copied();
                    let target = known.unwrap_or_else(|| {
                        numbers.insert(place.clone(), places.len());
                        places.push(Place {
                            tuple: place.0,
                            length: place.1,
                            next: Vec::new(),
                            accepts: false,
                            distance: None,
                        });
                        queue.push_back((places.len() - 1, depth + 1));
                        places.len() - 1
                    });
                    next.push((letter, target));
                }
            }
            if let Some(place) = places.get_mut(number) {
                place.accepts = accepts;
                place.next = next;
            }
        }
        let mut before: Vec<Vec<usize>> = vec![Vec::new(); places.len()];
        for (number, place) in places.iter().enumerate() {
            for (_, target) in &place.next {
                if let Some(sources) = before.get_mut(*target) {
                    sources.push(number);
                }
            }
        }
        let accepting = places.iter().enumerate().filter(|(_, place)| place.accepts);
        let mut work: VecDeque<(usize, u64)> = accepting.map(|(number, _)| (number, 0)).collect();
        while let Some((number, distance)) = work.pop_front() {
            if let Some(place) = places.get_mut(number)
                && place.distance.is_none()
            {
                place.distance = Some(distance);
                work.extend(before.get(number).into_iter().flatten().map(|source| (*source, distance + 1)));
            }
        }
        Some(Explored { places })
    }

    fn texts(&mut self, want: usize, budget: u64) -> Option<LanguageAnswer> {
        let explored = self.explore(budget)?;
        // Control characters and line separators only where nothing else will do.
        let readable = self.texts_of(&explored, want, budget, 5);
        match readable {
            Some(LanguageAnswer::Texts { found, more }) if found.len() >= want => {
                Some(LanguageAnswer::Texts { found, more })
            }
            _ => self.texts_of(&explored, want, budget, u8::MAX),
        }
    }

    fn texts_of(
        &mut self,
        explored: &Explored,
        want: usize,
        budget: u64,
        worst: u8,
    ) -> Option<LanguageAnswer> {
        let max = self.language.max.unwrap_or(u64::MAX);
        let mut found = Vec::new();
        // The text that can end soonest goes first, and among those the one begun last: straight to the end.
        let mut queue: BTreeMap<(u64, Reverse<u64>), (usize, Vec<u32>)> = BTreeMap::new();
        let first = explored.places.first().and_then(|place| place.distance);
        if let Some(distance) = first {
            queue.insert((distance, Reverse(0)), (0, Vec::new()));
        }
        let mut begun = 0;
        let mut visited: FastMap<(usize, u64), usize> = FastMap::default();
        let mut cut = false;
        while let Some((_, (number, text))) = queue.pop_first() {
            let Some(place) = explored.places.get(number) else { continue };
            if place.accepts && text.len() as u64 <= max {
                found.push(text.iter().filter_map(|point| char::from_u32(*point)).collect());
                if found.len() >= want {
                    return Some(LanguageAnswer::Texts { found, more: true });
                }
            }
            self.work += 1;
            if self.work > budget {
                return None;
            }
            let length = text.len() as u64 + 1;
            // More texts than wanted at one place can only end in more texts than wanted.
            let visits = visited.entry((number, length)).or_insert(0);
            *visits += 1;
            if *visits > want {
                continue;
            }
            for (letter, target) in place.next.iter().rev() {
                let distance = explored.places.get(*target).and_then(|place| place.distance);
                let Some(distance) = distance.filter(|distance| length.saturating_add(*distance) <= max)
                else {
                    continue;
                };
                let Some(letter) = self.letters.get(*letter) else { continue };
                if rank(letter.representative) > worst {
                    continue;
                }
                // For one text one character of each letter is enough.
                let points = letter.points(want);
                cut |= points.len() < letter.size();
                for point in points.into_iter().rev() {
                    self.work += 1;
                    begun += 1;
                    let mut longer = text.clone();
                    longer.push(point);
                    queue.insert((length + distance, Reverse(begun)), (*target, longer));
                }
            }
            // The queue holds texts; a wide language fills it long before it is exhausted.
            if queue.len() > 20_000 {
                return None;
            }
        }
        Some(LanguageAnswer::Texts { more: cut && !found.is_empty(), found })
    }
}

/// A language to draw texts from. Exploring the automaton is what costs, so it is kept.
#[derive(Debug, Clone)]
pub(crate) struct Sampler {
    letters: Vec<Letter>,
    places: Vec<SamplerPlace>,
    max: u64,
}

#[derive(Debug, Clone)]
struct SamplerPlace {
    /// Letters and the places that they lead to, of which all can end in the language.
    next: Vec<(usize, usize)>,
    accepts: bool,
    live: bool,
}

impl Sampler {
    /// A text drawn by the caller's choices: `choose(n)` answers a number below `n`.
    pub(crate) fn draw(&self, choose: &mut dyn FnMut(usize) -> usize) -> Option<String> {
        let mut text = String::new();
        let mut length = 0;
        let mut number = 0;
        loop {
            let place = self.places.get(number).filter(|place| place.live)?;
            // Long texts are worth having now and then, endless ones are not.
            if place.accepts && (place.next.is_empty() || length >= self.max || choose(6) == 0) {
                return Some(text);
            }
            if length >= self.max.saturating_add(512) {
                return None;
            }
            let (letter, target) = place.next.get(choose(place.next.len().max(1)))?;
            let letter = self.letters.get(*letter)?;
            let (from, to) = *letter.ranges.get(choose(letter.ranges.len()))?;
            let point = if choose(3) == 0 {
                from + choose((to - from + 1) as usize) as u32
            } else {
                letter.representative
            };
            text.push(char::from_u32(point)?);
            length += 1;
            number = *target;
        }
    }
}

struct Place {
    tuple: Tuple,
    /// The length of the text so far, counted no further than the least length asked for.
    length: u64,
    next: Vec<(usize, usize)>,
    accepts: bool,
    /// How many more characters a text needs at least, where any text ends in the language.
    distance: Option<u64>,
}

struct Explored {
    places: Vec<Place>,
}
