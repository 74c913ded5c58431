//! What the page of a search shows.

use mesh_contract::wire::ProductSummary;

/// The answer to a search.
#[derive(Debug, Default)]
pub struct SearchView {
    /// What was asked for.
    pub query: String,
    /// The domain that it was narrowed to.
    pub domain: Option<String>,
    /// The kind that it was narrowed to.
    pub kind: Option<String>,
    /// The domains of what was found, to narrow the search to.
    pub domains: Vec<String>,
    /// What was found, best first.
    pub hits: Vec<ProductSummary>,
    /// What to send as `after` for the next page.
    pub next: Option<String>,
}

/// A text in pieces, those that match a word of the query marked.
pub fn highlighted<'t>(text: &'t str, query: &str) -> Vec<(&'t str, bool)> {
    let words: Vec<String> = query
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let mut pieces = Vec::new();
    let mut plain_from = 0;
    let mut at = 0;
    let mut at_word_start = true;
    while let Some(character) = text[at..].chars().next() {
        let found =
            at_word_start.then(|| words.iter().filter_map(|word| prefix_length(&text[at..], word)).max());
        match found.flatten() {
            Some(length) => {
                if plain_from < at {
                    pieces.push((&text[plain_from..at], false));
                }
                pieces.push((&text[at..at + length], true));
                at += length;
                plain_from = at;
                at_word_start = false;
            }
            None => {
                at_word_start = !character.is_alphanumeric();
                at += character.len_utf8();
            }
        }
    }
    if plain_from < text.len() {
        pieces.push((&text[plain_from..], false));
    }
    pieces
}

/// How many bytes of the text a word matches at its start, case aside.
fn prefix_length(text: &str, word: &str) -> Option<usize> {
    let mut wanted = word.chars();
    let mut next = wanted.next();
    for (at, character) in text.char_indices() {
        if next.is_none() {
            return Some(at);
        }
        for lower in character.to_lowercase() {
            if next != Some(lower) {
                return None;
            }
            next = wanted.next();
        }
    }
    next.is_none().then_some(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_marked_where_they_begin() {
        assert_eq!(
            highlighted("One record for each customer order, from any reorder.", "Order rec"),
            [
                ("One ", false),
                ("rec", true),
                ("ord for each customer ", false),
                ("order", true),
                (", from any reorder.", false)
            ]
        );
    }

    #[test]
    fn nothing_is_lost_whatever_the_text() {
        for (text, query) in
            [("İstanbul ÄÖ ß", "i ä ss"), ("", "x"), ("日本 sales", "日 sa"), ("a<b>&c", "b <"), ("x", "")]
        {
            let joined: String = highlighted(text, query).into_iter().map(|(piece, _)| piece).collect();
            assert_eq!(joined, text, "{query}");
        }
    }
}
