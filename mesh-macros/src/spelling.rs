//! The word that was probably meant.

/// The known word nearest to a wrong one, if any is near.
pub(crate) fn nearest<'w>(wrong: &str, known: &[&'w str]) -> Option<&'w str> {
    let wrong = wrong.to_lowercase();
    let allowed = (wrong.chars().count() / 3).max(1);
    known
        .iter()
        .map(|word| (strsim::damerau_levenshtein(&wrong, word), *word))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, word)| word)
}

/// Words in backticks, with commas between.
pub(crate) fn listed(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// What to write instead of an unknown word: the nearest, else all there are.
pub(crate) fn suggestion(wrong: &str, known: &[&str]) -> String {
    match nearest(wrong, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("write one of {}", listed(known)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_suggested_only_when_it_is_near() {
        let known = ["name", "version", "kind"];
        assert_eq!(nearest("nmae", &known), Some("name"));
        assert_eq!(nearest("Version", &known), Some("version"));
        assert_eq!(nearest("colour", &known), None);
        assert_eq!(suggestion("colour", &known), "write one of `name`, `version`, `kind`");
    }
}
