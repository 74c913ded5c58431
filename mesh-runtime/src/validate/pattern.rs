//! Patterns in the dialect that JSON Schema names: ECMA-262 with the `u` flag.
//!
//! They are carried over, construct by construct, to an engine that takes linear time whatever the text, since the text is
//! other people's data. What such an engine cannot do (looking around, referring back) and what it cannot do the same way
//! (Unicode properties) is refused in words, never read differently.

mod ecma;

use std::fmt;
use std::sync::LazyLock;

/// Why a pattern cannot be held against text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternError {
    /// The pattern.
    pub pattern: String,
    /// What is wrong with it, and what to write instead where that can be told.
    pub reason: String,
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pattern, reason } = self;
        write!(f, "the pattern `{pattern}` cannot be checked: {reason}")
    }
}

impl std::error::Error for PatternError {}

/// A pattern as a JSON Schema has it.
#[derive(Debug)]
pub struct Pattern {
    text: String,
    regex: regex_lite::Regex,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// When it is not ECMA-262, or uses a construct that is not checked here.
    pub fn new(pattern: &str) -> Result<Self, PatternError> {
        let refused = |reason: String| PatternError { pattern: pattern.to_owned(), reason };
        let translated = ecma::translate(pattern).map_err(refused)?;
        let regex = regex_lite::Regex::new(&translated).map_err(|error| refused(error.to_string()))?;
        Ok(Self { text: pattern.to_owned(), regex })
    }

    /// Whether the pattern is found anywhere in the text.
    pub fn is_found_in(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// A pattern in generated code, read when it is first needed.
pub type LazyPattern = LazyLock<Result<Pattern, PatternError>>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_mean_what_ecma_262_says() {
        for (pattern, found, not_found) in [
            ("^[a-z]+$", &["abc"][..], &["ab1", "abc\n", ""][..]),
            ("^.$", &["a", "é", "😀"], &["\n", "\u{2028}", "ab"]),
            (r"^\d+$", &["12"], &["١٢"]),
            (r"^\w$", &["a", "_"], &["é"]),
            (r"^\s$", &[" ", "\u{feff}", "\u{a0}", "\u{b}"], &["a", "\u{85}"]),
            (r"^[\S]$", &["a", "\u{85}"], &[" "]),
            (r"^[^\d\s]$", &["a"], &["1", " "]),
            (r"^\u{1F600}\x41\u0042$", &["😀AB"], &["😀ab"]),
            (r"^\uD83D\uDE00$", &["😀"], &["a"]),
            ("^[😀-😂]$", &["😁"], &["a"]),
            (r"^a{2,3}?b*$", &["aa", "aaab"], &["a", "aaaa"]),
            (r"^(?<year>\d{4})-(?:0[1-9]|1[0-2])$", &["2026-11"], &["2026-13"]),
            ("[^]", &["\n", "a"], &[""]),
            ("[]", &[], &["", "a"]),
            ("", &["", "anything"], &[]),
            ("a|", &["", "a", "b"], &[]),
            (r"\bend\b", &["the end", "end."], &["ends"]),
            (r"^[\w.\-]+@[a-z]+\/$", &["a-b.c@d/"], &["@d/"]),
            (r"^[\b]\cJ\0$", &["\u{8}\n\0"], &["b"]),
        ] {
            let read = Pattern::new(pattern).expect(pattern);
            assert_eq!(read.as_str(), pattern);
            for text in found {
                assert!(read.is_found_in(text), "`{pattern}` in {text:?}");
            }
            for text in not_found {
                assert!(!read.is_found_in(text), "`{pattern}` in {text:?}");
            }
        }
    }

    #[test]
    fn what_cannot_be_checked_the_same_way_is_refused_in_words() {
        for (pattern, reason) in [
            ("(?=a)", "looks ahead"),
            ("(?<!a)b", "looks behind"),
            (r"(a)\1", "refers back"),
            (r"(?<x>a)\k<x>", "refers back"),
            (r"\p{L}", "Unicode property"),
            ("(?i)a", "flag"),
            (r"\A", "`\\A`"),
            (r"a\-b", "write `-`"),
            (r"\e", "`\\e`"),
            ("a{", "`{`"),
            ("a{3,2}", "order"),
            ("a]", "`]`"),
            ("*a", "nothing to repeat"),
            ("a**", "nothing to repeat"),
            ("^*", "nothing to repeat"),
            ("[b-a]", "order"),
            (r"[\d-z]", "range"),
            ("[a", "not closed"),
            ("(a", "not closed"),
            ("a)", "`)`"),
            (r"\uD83D", "surrogate"),
            (r"\u{110000}", "code point"),
            (r"\x4", "hexadecimal"),
            ("a\\", "end"),
            (r"\01", "`\\0`"),
            ("(?<a>x)(?<a>y)", "twice"),
        ] {
            let error = Pattern::new(pattern).expect_err(pattern);
            assert!(error.reason.contains(reason), "{error}");
        }
    }
}
