//! What an expression may be written with, before anything reads it: few words, brackets that are not deep, plain texts and
//! whole numbers. The parser of the language is large and made for friends; what comes past this is of a size and a form that
//! it takes a known time and depth for.

/// An expression has at most so many bytes.
pub(crate) const LONGEST: usize = 2_000;
/// And so many words and signs.
pub(crate) const MOST_TOKENS: usize = 250;
/// Brackets stand at most so deep in each other.
pub(crate) const DEEPEST: usize = 12;
/// A whole number has at most so many digits, which every integer holds.
const DIGITS: usize = 18;
/// The signs of the language that policies are written with, longer ones first.
const SIGNS: [&str; 21] = [
    "&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "?", ":", ".", ",", "(", ")", "[", "]", "-", "+", "{",
    "}",
];

/// Looks at each word and sign.
///
/// # Errors
/// What is too much, or no part of what policies are written with.
pub(crate) fn check(text: &str) -> Result<(), String> {
    if text.len() > LONGEST {
        return Err(format!(
            "the expression has {} bytes, and at most {LONGEST} are read; say it in two policies",
            text.len()
        ));
    }
    let (mut rest, mut tokens, mut depth) = (text, 0_usize, 0_usize);
    while let Some(first) = rest.chars().next() {
        let length = match first {
            ' ' | '\n' | '\t' => {
                rest = &rest[1..];
                continue;
            }
            '"' | '\'' => text_length(rest, first)?,
            '0'..='9' => number_length(rest)?,
            'a'..='z' | 'A'..='Z' | '_' => {
                let end = rest.find(|it: char| !it.is_ascii_alphanumeric() && it != '_');
                let length = end.unwrap_or(rest.len());
                if rest[length..].starts_with(['"', '\'']) {
                    return Err("a text is written as it is, without a letter before it".to_owned());
                }
                length
            }
            _ => {
                let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
                let Some(sign) = sign else {
                    return Err(format!(
                        "`{}` is no sign that policies are written with",
                        first.escape_default()
                    ));
                };
                match first {
                    '(' | '[' | '{' => depth += 1,
                    ')' | ']' | '}' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                sign.len()
            }
        };
        tokens += 1;
        if tokens > MOST_TOKENS || depth > DEEPEST {
            return Err(format!(
                "the expression is too large: it may have {MOST_TOKENS} words and signs, and brackets {DEEPEST} deep; say it in two policies"
            ));
        }
        rest = &rest[length..];
    }
    if tokens == 0 { Err("the expression is empty; write e.g. `true`".to_owned()) } else { Ok(()) }
}

/// The length of a text in its quotes, which must be plain.
fn text_length(rest: &str, quote: char) -> Result<usize, String> {
    match rest[1..].find([quote, '\\', '\n']) {
        Some(end) if rest[1..][end..].starts_with(quote) => {
            let length = end + 2;
            let empty_and_more = length == 2 && rest[2..].starts_with(quote);
            if empty_and_more {
                Err("a text stands in one quote on each side".to_owned())
            } else {
                Ok(length)
            }
        }
        _ => Err("a text ends on its line, with the quote that it begins with, and holds no `\\`".to_owned()),
    }
}

fn number_length(rest: &str) -> Result<usize, String> {
    let length = rest.find(|it: char| !it.is_ascii_digit()).unwrap_or(rest.len());
    let glued = rest[length..].starts_with(|it: char| it.is_ascii_alphanumeric() || it == '_' || it == '.');
    if length > DIGITS || glued {
        return Err(format!("a number is whole, in decimal digits, at most {DIGITS} of them"));
    }
    Ok(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_policies_are_written_with_is_taken() {
        for text in [
            "true",
            "product.owner != \"\" && size(product.fields) >= 1",
            "product.fields.all(it, it.description != '')\n  || product.tags.exists(t, t in ['a', \"b\"])",
            "-1 < 2 ? !false : true",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn everything_else_is_refused_with_its_reason() {
        for (text, reason) in [
            ("", "empty"),
            (" \n", "empty"),
            ("a ; b", "no sign"),
            ("ä", "no sign"),
            ("\u{202e}", "no sign"),
            ("`a`", "no sign"),
            ("1 / 0", "no sign"),
            ("'a", "ends on its line"),
            ("'a\\x'", "holds no"),
            ("'''a'''", "one quote"),
            ("r'a'", "without a letter"),
            ("0x10", "whole"),
            ("1.5", "whole"),
            ("1u", "whole"),
            ("9999999999999999999", "whole"),
        ] {
            let error = check(text).expect_err(text);
            assert!(error.contains(reason), "{text}: {error}");
        }
        for large in ["(".repeat(13), "!".repeat(251), "a".repeat(2_001), "[".repeat(500)] {
            let error = check(&large).expect_err("it is large");
            assert!(error.contains("two policies"), "{error}");
        }
    }
}
