//! Filling a template.

/// Replaces each `@word@` by its value.
pub(crate) fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut text = template.to_owned();
    for (word, value) in values {
        text = text.replace(&format!("@{word}@"), value);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn each_word_is_replaced_wherever_it_stands() {
        let text = fill("@a@ and @b@ and @a@, not ${{ a }} or me@a.example", &[("a", "1"), ("b", "2")]);
        assert_eq!(text, "1 and 2 and 1, not ${{ a }} or me@a.example");
    }
}
