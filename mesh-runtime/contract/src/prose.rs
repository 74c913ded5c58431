//! Descriptions as people wrote them, in comments whose lines end where the editor's window did.

/// The text with the lines of each paragraph joined by a space. Paragraphs, headings, lists, quotations, tables and code stay
/// as they are, and so does a line that ends in a backslash, which asks for a break.
pub fn unwrapped(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    let mut before = Line::Break;
    let mut fence: Option<&str> = None;
    for (index, line) in text.lines().enumerate() {
        let mark = ["```", "~~~"].into_iter().find(|mark| line.trim_start().starts_with(mark));
        let kind = match (fence, mark) {
            (None, Some(mark)) => {
                fence = Some(mark);
                Line::Kept
            }
            (Some(open), mark) => {
                fence = fence.filter(|_| mark != Some(open));
                Line::Kept
            }
            (None, None) => Line::of(line, before),
        };
        match (index, before, kind) {
            (0, _, _) => {}
            (_, Line::Paragraph, Line::Paragraph) => {
                joined.push(' ');
                joined.push_str(line.trim_start());
                before = if line.ends_with('\\') { Line::Break } else { kind };
                continue;
            }
            _ => joined.push('\n'),
        }
        joined.push_str(line);
        before = if kind == Line::Paragraph && line.ends_with('\\') { Line::Break } else { kind };
    }
    joined
}

/// What a line is to the next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    /// Nothing goes on over it.
    Break,
    /// The next one may belong to it.
    Paragraph,
    /// A block of its own, which the next plain line stays a part of.
    Kept,
    /// A block of its own, which ends with it.
    Single,
}

impl Line {
    fn of(line: &str, before: Self) -> Self {
        let content = line.trim_start();
        if content.is_empty() {
            return Self::Break;
        }
        if content.starts_with('#') {
            return Self::Single;
        }
        let indented = line.starts_with("    ") || line.starts_with('\t');
        let opens = content.starts_with(['|', '>']) || is_item(content);
        if opens || before == Self::Kept || (indented && before != Self::Paragraph) {
            return Self::Kept;
        }
        Self::Paragraph
    }
}

/// Whether a line begins an item of a list.
fn is_item(content: &str) -> bool {
    let numbered = content.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let number = numbered.len() < content.len() && numbered.len() + 10 > content.len();
    let bullet = ["- ", "* ", "+ "].iter().any(|bullet| content.starts_with(bullet));
    bullet || (number && (numbered.starts_with(". ") || numbered.starts_with(") ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_a_paragraph_become_one() {
        assert_eq!(
            unwrapped("One order\nof a customer,\n  paid.\n\nAnd more\nof it."),
            "One order of a customer, paid.\n\nAnd more of it."
        );
        assert_eq!(unwrapped("One."), "One.");
        assert_eq!(unwrapped(""), "");
    }

    #[test]
    fn lists_code_tables_headings_and_asked_breaks_stay() {
        for kept in [
            "Kinds:\n- one\n- two,\n  which goes on\n\nEnd.",
            "Steps:\n1. first\n2) second",
            "```text\na\nb\n```",
            "~~~\na\n```\nb\n~~~",
            "Code:\n\n    a\n    b",
            "| a | b |\n|---|---|\n| 1 | 2 |",
            "# Title\nText.",
            "> said\n> so",
            "One\\\ntwo",
        ] {
            assert_eq!(unwrapped(kept), kept);
        }
    }

    #[test]
    fn what_stands_behind_a_block_is_joined_again() {
        assert_eq!(unwrapped("```\na\n```\n\nOne\ntwo."), "```\na\n```\n\nOne two.");
        assert_eq!(unwrapped("- a\n\nOne\ntwo."), "- a\n\nOne two.");
        assert_eq!(
            unwrapped("In 2019\nand 2020 - a year -\nit grew."),
            "In 2019 and 2020 - a year - it grew."
        );
    }

    #[test]
    fn doing_it_again_changes_nothing() {
        for text in ["a\nb\n- c\nd\n\ne\nf", "a\\\nb\nc", "x\n    y\nz", "```\na\nb"] {
            assert_eq!(unwrapped(&unwrapped(text)), unwrapped(text));
        }
    }
}
