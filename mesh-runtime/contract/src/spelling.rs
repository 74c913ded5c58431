//! The word that was probably meant: asked by the macros and by the reader of documents.

/// The known word nearest to a wrong one, if any is near.
pub fn nearest<'w>(wrong: &str, known: &[&'w str]) -> Option<&'w str> {
    let wrong = wrong.to_lowercase();
    let allowed = (wrong.chars().count() / 3).max(1);
    known
        .iter()
        .map(|word| (slips(&wrong, &word.to_lowercase()), *word))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, word)| word)
}

/// How many slips of the hand lie between two words: a letter too many, too few, another one, or two that changed places.
fn slips(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    // A row for each beginning of the one word, with an entry for each beginning of the other.
    let mut rows: Vec<Vec<usize>> = vec![(0..=other.len()).collect()];
    for (i, letter) in one.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, wanted) in other.iter().enumerate() {
            let mut least =
                (rows[i][j] + usize::from(letter != wanted)).min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *letter == other[j - 1] && one[i - 1] == *wanted {
                least = least.min(rows[i - 1][j - 1] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[one.len()][other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_found_only_when_it_is_near() {
        let known = ["name", "version", "kind", "sharedWith"];
        assert_eq!(nearest("nmae", &known), Some("name"));
        assert_eq!(nearest("Version", &known), Some("version"));
        assert_eq!(nearest("shared_with", &known), Some("sharedWith"));
        assert_eq!(nearest("colour", &known), None);
    }

    #[test]
    fn slips_are_counted_one_by_one() {
        for (one, other, count) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("abc", "acb", 1),
            ("kitten", "sitting", 3),
            ("ab", "ba", 1),
        ] {
            assert_eq!(slips(one, other), count, "{one} and {other}");
        }
    }
}
