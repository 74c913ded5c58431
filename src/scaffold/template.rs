//! Filling a template.

/// Replaces each `@word@` by its value.
pub(crate) fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut text = template.to_owned();
    for (word, value) in values {
        text = text.replace(&format!("@{word}@"), value);
    }
    text
}

/// The first `@word@` that is left.
#[cfg(test)]
pub(crate) fn unfilled(text: &str) -> Option<&str> {
    text.split('@').skip(1).step_by(1).find(|word| {
        !word.is_empty()
            && word.len() < 20
            && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
            && text.contains(&format!("@{word}@"))
    })
}
