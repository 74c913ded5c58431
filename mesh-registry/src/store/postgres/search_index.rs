//! The words of a product as PostgreSQL indexes them, and what somebody looks for in the same form: without case and accents,
//! cut where letters and digits end, as the embedded store's index does it.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// What a product says of itself, where words are looked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Said<'a> {
    pub(crate) address: &'a str,
    pub(crate) tags: &'a [String],
    pub(crate) description: &'a str,
    pub(crate) owner: &'a str,
    pub(crate) fields: &'a str,
}

/// A longer word is told apart by its beginning.
const LONGEST_WORD: usize = 255;
/// PostgreSQL numbers places so far; words behind are found, though not as neighbours.
const LAST_PLACE: u32 = 16_383;
/// PostgreSQL notes so many places of one word.
const MOST_PLACES: usize = 255;
/// PostgreSQL takes a megabyte for one product; what is behind is not found.
const MOST_BYTES: usize = 900_000;

/// What relevance weighs, in the order D, C, B, A: a field may be called anything, a description says what it is about, a
/// tag was chosen to be found by, and a word of the address says most.
pub(super) const WEIGHTS: [f32; 4] = [0.1, 0.3, 0.5, 1.0];

/// The words of a text.
fn words(text: &str) -> Vec<String> {
    let plain: String = text.to_lowercase().nfd().filter(|letter| !is_combining_mark(*letter)).collect();
    plain
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| word.chars().take(LONGEST_WORD).collect())
        .collect()
}

/// What a product says, as the text of a `tsvector`.
pub(crate) fn vector(said: Said<'_>) -> String {
    let Said { address, tags, description, owner, fields } = said;
    let tags = tags.join("\n");
    let parts = [(address, "A"), (&tags, "B"), (description, "C"), (owner, "D"), (fields, "D")];
    let mut places: BTreeMap<String, Vec<(u32, &str)>> = BTreeMap::new();
    let (mut place, mut bytes) = (0, 0);
    for (text, weight) in parts {
        // A gap, so that the end of one part and the beginning of the next are no neighbours.
        place += 2;
        for word in words(text) {
            bytes += word.len() + 8;
            if bytes > MOST_BYTES {
                break;
            }
            place += 1;
            let noted = places.entry(word).or_default();
            if noted.len() < MOST_PLACES {
                noted.push((place.min(LAST_PLACE), weight));
            }
        }
    }
    let entry = |(word, places): (String, Vec<(u32, &str)>)| {
        let places: Vec<_> = places.iter().map(|(place, weight)| format!("{place}{weight}")).collect();
        // Nothing but letters and digits is left of a word, so quotes need no escape.
        format!("'{word}':{}", places.join(","))
    };
    places.into_iter().map(entry).collect::<Vec<_>>().join(" ")
}

/// Every word as the beginning of a word, as the text of a `tsquery`. What falls apart into several is looked for as
/// neighbours. `None` when one of them has no letter, which nothing begins with.
pub(super) fn query(asked: &[String]) -> Option<String> {
    let mut all = Vec::with_capacity(asked.len());
    for asked in asked {
        let mut quoted: Vec<_> = words(asked).into_iter().map(|word| format!("'{word}'")).collect();
        quoted.last_mut()?.push_str(":*");
        all.push(format!("({})", quoted.join(" <-> ")));
    }
    if all.is_empty() { None } else { Some(all.join(" & ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(words: &[&str]) -> Option<String> {
        query(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn words_have_neither_case_nor_accents() {
        assert_eq!(words("Für ÜBERALL, order_id\u{0}x é́"), ["fur", "uberall", "order", "id", "x", "e"]);
        assert_eq!(words(&"ü".repeat(1000))[0].len(), LONGEST_WORD);
    }

    #[test]
    fn whatever_a_word_looks_like_it_is_quoted() {
        assert_eq!(asked(&["NEAR", "a'b", "x*"]).as_deref(), Some("('near':*) & ('a' <-> 'b':*) & ('x':*)"));
        assert_eq!(asked(&["orders", "-"]), None);
        assert_eq!(asked(&[]), None);
    }
}
