//! The word that was probably meant: asked by the macros and by the reader of documents.

/// The known word nearest to a wrong one, if any is near.
pub fn nearest<'w>(wrong: &str, known: &[&'w str]) -> Option<&'w str> {
    let wrong = wrong.to_lowercase();
    let allowed = (wrong.chars().count() / 3).max(1);
    known
        .iter()
        .map(|word| (strsim::damerau_levenshtein(&wrong, &word.to_lowercase()), *word))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, word)| word)
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
}
