//! Prose as wide as the terminal.

use unicode_width::UnicodeWidthStr as _;

/// Wider lines are hard to read.
const WIDEST: usize = 100;

/// How wide prose may be: as wide as the terminal, if there is one.
pub(crate) fn width() -> usize {
    let columns = rustix::termios::tcgetwinsize(std::io::stdout()).map_or(0, |size| usize::from(size.ws_col));
    if columns == 0 { WIDEST } else { columns.clamp(20, WIDEST) }
}

/// The lines of a text that is wrapped between words. A word that is wider than a line stands alone.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split("\n\n") {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if !line.is_empty() && line.width() + 1 + word.width() > width {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_wrapped_between_words_and_paragraphs_stay() {
        assert_eq!(
            wrapped("one two\nthree größe\n\nunbreakable x", 10),
            ["one two", "three", "größe", "", "unbreakable", "x"]
        );
    }
}
