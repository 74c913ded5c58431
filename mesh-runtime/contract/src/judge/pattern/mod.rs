//! `pattern` as a regular language over code points.
//!
//! ECMA-262 patterns are read by [`parse`], compiled to a nondeterministic automaton by [`nfa`],
//! and intersected and complemented by [`language`].

mod class;
mod language;
mod nfa;
mod parse;

use std::hash::{Hash, Hasher};
use std::sync::OnceLock;

pub(crate) use language::{Language, LanguageAnswer, Sampler};
use nfa::Nfa;
use parse::Expression;

/// Why a pattern cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PatternError {
    /// The text is not a regular expression.
    #[error("{0}")]
    Invalid(String),
    /// The text is one, but describes no regular language, or too large a one.
    #[error("{0}")]
    Unsupported(&'static str),
}

/// A compiled pattern. Two patterns are equal when their texts are.
#[derive(Debug)]
pub(crate) struct Pattern {
    text: Box<str>,
    /// The pattern matches where the first matches and each of the others does as its sign says.
    parts: Vec<(Nfa, bool)>,
    /// A short text that matches, looked for once.
    sample: OnceLock<Option<String>>,
}

/// Steps of work for a sample.
const SAMPLE_WORK: u64 = 60_000;

impl Pattern {
    pub(crate) fn new(text: &str) -> Result<Self, PatternError> {
        let expression = parse::parse(text)?;
        let parts = parse::split_leading_lookaheads(expression)
            .into_iter()
            .map(|(expression, sign)| Ok((Nfa::new(&expression)?, sign)))
            .collect::<Result<_, PatternError>>()?;
        Ok(Self { text: text.into(), parts, sample: OnceLock::new() })
    }

    /// Whether the pattern matches somewhere in the text.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        self.parts.iter().all(|(nfa, sign)| nfa.is_match(text) == *sign)
    }

    /// A short text that matches, where one is found easily.
    pub(crate) fn sample(&self) -> Option<&str> {
        let found = self.sample.get_or_init(|| {
            if let Some(text) = parse::parse(&self.text).ok().and_then(|expression| greedy(&expression))
                && self.is_match(&text)
            {
                return Some(text);
            }
            let language = Language::new([(self, true)], 0, None)?;
            match language.texts(1, SAMPLE_WORK, &mut 0) {
                LanguageAnswer::Texts { found, .. } => found.into_iter().next(),
                LanguageAnswer::TooLarge => None,
            }
        });
        found.as_deref()
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The automata of the pattern, each to match or not as its sign says.
    pub(crate) fn parts(&self) -> &[(Nfa, bool)] {
        &self.parts
    }
}

/// The text that one reads off the expression: the first of each choice, the least of each count. It need not match.
fn greedy(expression: &Expression) -> Option<String> {
    fn write(expression: &Expression, out: &mut String) -> Option<()> {
        match expression {
            Expression::Class(class) => {
                out.push(char::from_u32(language::readable(class.ranges()))?);
                Some(())
            }
            Expression::Concat(parts) => parts.iter().try_for_each(|part| write(part, out)),
            Expression::Alternation(parts) => write(parts.first()?, out),
            Expression::Repeat { of, min, .. } => {
                (0..*min).try_for_each(|_| if out.len() < 1_000 { write(of, out) } else { None })
            }
            Expression::Start | Expression::End | Expression::Boundary(_) | Expression::Lookahead(..) => {
                Some(())
            }
        }
    }
    let mut out = String::new();
    write(expression, &mut out).map(|()| out)
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Pattern {}

impl Hash for Pattern {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, matching: &[&str], others: &[&str]) {
        let compiled = Pattern::new(pattern).unwrap();
        for text in matching {
            assert!(compiled.is_match(text), "{pattern} matches {text:?}");
        }
        for text in others {
            assert!(!compiled.is_match(text), "{pattern} does not match {text:?}");
        }
    }

    #[test]
    fn a_pattern_is_searched_for_unless_anchored() {
        check("b", &["abc", "b"], &["", "ac"]);
        check("^b$", &["b"], &["ab", "b\n", ""]);
        check("^a|b$", &["ax", "xb"], &["xa", "bx"]);
    }

    #[test]
    fn classes_are_those_of_ecma_262() {
        check(r"^\d$", &["7"], &["\u{667}", "a"]);
        check(r"^\w+$", &["aZ_9"], &["é"]);
        check(r"^\s$", &[" ", "\u{a0}", "\u{feff}"], &["x", "\u{85}"]);
        check("^.$", &["x", "\u{1F600}"], &["\n", "\r", "\u{2028}"]);
        check(r"^\p{Lu}\P{Lu}$", &["Éé"], &["éÉ"]);
        check(r"^[^]$", &["\n"], &[""]);
        check(r"^[]$", &[], &["", "x"]);
        check(r"^[[&&]-]$", &["[-]", "&-]"], &["-"]);
        check(r"^\cA\x41\u0042\u{43}\uD83D\uDE00$", &["\u{1}ABC\u{1F600}"], &["ABC"]);
        check(r"^[\b]$", &["\u{8}"], &["b"]);
    }

    #[test]
    fn counts_groups_and_boundaries_work() {
        check("^(ab){2,3}$", &["abab", "ababab"], &["ab", "abababab"]);
        check("^(?:a|b)*?c+$", &["c", "abcc"], &["ab"]);
        check("^(?<year>[0-9]{4})$", &["2024"], &["24"]);
        check(r"\bfoo\b", &["a foo b", "foo"], &["afoo", "foob"]);
        check("^x{,3}$", &["x{,3}"], &["xx"]);
        check("a{0}", &["", "b"], &[]);
    }

    #[test]
    fn leading_lookaheads_are_conjunctions() {
        check("^(?!admin)[a-z]+$", &["user", "adm"], &["administrator", "USER"]);
        check("^(?=.*[0-9])(?=.*[a-z]).{3,}$", &["ab1"], &["abc", "123", "a1"]);
    }

    #[test]
    fn what_is_no_regular_expression_is_refused() {
        for pattern in ["(", "[a", "a**", "(?<n>", r"\p{Nope}", "*", "a{3,2}", "[b-a]"] {
            assert!(matches!(Pattern::new(pattern), Err(PatternError::Invalid(_))), "{pattern}");
        }
        for pattern in [r"(a)\1", "a(?=b)", "(?<=a)b", "a{99999}"] {
            assert!(matches!(Pattern::new(pattern), Err(PatternError::Unsupported(_))), "{pattern}");
        }
    }

    #[test]
    fn a_complement_of_several_patterns_is_found() {
        let (left, right) = (Pattern::new("^.b?$").unwrap(), Pattern::new("^[a-c]*$").unwrap());
        let language = Language::new([(&left, false), (&right, false)], 0, None).unwrap();
        let LanguageAnswer::Texts { found, .. } = language.texts(2, 100_000, &mut 0) else {
            panic!("too large")
        };
        assert_eq!(found.len(), 2);
        assert!(found.iter().all(|text| !left.is_match(text) && !right.is_match(text)), "{found:?}");
    }

    #[test]
    fn a_text_of_a_wide_pattern_is_found_without_walking_all_shorter_ones() {
        let pattern = Pattern::new("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[a-z]{20}(?:[A-Z]{4}|[0-9]{3})$").unwrap();
        let language = Language::new([(&pattern, true)], 0, None).unwrap();
        let LanguageAnswer::Texts { found, .. } = language.texts(3, 20_000, &mut 0) else {
            panic!("too large")
        };
        assert!(found.len() == 3 && found.iter().all(|text| pattern.is_match(text)), "{found:?}");
    }
}
