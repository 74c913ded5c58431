//! The word that was probably meant.

pub(crate) use mesh_contract::spelling::nearest;

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
    fn the_nearest_word_is_suggested_and_else_all_are_told() {
        let known = ["name", "version", "kind"];
        assert_eq!(suggestion("nmae", &known), "did you mean `name`?");
        assert_eq!(suggestion("colour", &known), "write one of `name`, `version`, `kind`");
    }
}
