//! Numbers that reading would change. A double holds seventeen digits; a schema with more would be judged as another schema.

use serde_json::Number;

/// The first number of a JSON text that is not read as exactly what is written.
pub(crate) fn first_changed(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at += 1;
                while let Some(byte) = bytes.get(at) {
                    match byte {
                        b'"' => break,
                        b'\\' => at += 2,
                        _ => at += 1,
                    }
                }
                at += 1;
            }
            b'-' | b'0'..=b'9' => {
                let from = at;
                while bytes
                    .get(at)
                    .is_some_and(|byte| matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9'))
                {
                    at += 1;
                }
                // Both ends lie on ASCII.
                let token = text.get(from..at).unwrap_or_default();
                if !is_kept(token) {
                    return Some(token);
                }
            }
            _ => at += 1,
        }
    }
    None
}

/// Whether the number is read as it is written. What is no number at all, is the reader's to refuse.
fn is_kept(token: &str) -> bool {
    // Fifteen digits without an exponent always survive, which is all but very few of them.
    if token.len() <= 15 && !token.contains(['e', 'E']) {
        return true;
    }
    let Ok(read) = serde_json::from_str::<Number>(token) else { return true };
    match read.as_f64() {
        Some(float) if read.is_f64() => canonical(token) == canonical(&format!("{float:e}")),
        _ => true,
    }
}

/// Sign, digits and exponent, so that equal numbers are equal.
fn canonical(token: &str) -> Option<(bool, String, i64)> {
    let (number, exponent) = token.split_once(['e', 'E']).unwrap_or((token, "0"));
    let mut exponent: i64 = exponent.parse().ok()?;
    let (negative, number) = match number.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, number),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    exponent = exponent.checked_sub(i64::try_from(fraction.len()).ok()?)?;
    let digits = format!("{whole}{fraction}");
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        return Some((false, String::new(), 0));
    }
    let kept = digits.trim_end_matches('0');
    exponent = exponent.checked_add(i64::try_from(digits.len() - kept.len()).ok()?)?;
    Some((negative, kept.to_owned(), exponent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_survive_are_told_from_those_that_change() {
        let kept = [
            "9007199254740993",
            "18446744073709551615",
            "-9223372036854775808",
            "0.1",
            "1e300",
            "-0",
            "-0.0",
            "1.50",
            "123456789012345680000",
            "\"18446744073709551617\"",
            "\"a\\\"18446744073709551617\"",
            "{\"a18446744073709551617\": [1, 2.5e-3]}",
        ];
        for text in kept {
            assert_eq!(first_changed(text), None, "{text}");
        }
        let changed = [
            ("[1, 18446744073709551617]", "18446744073709551617"),
            ("{\"minimum\": 0.10000000000000000001}", "0.10000000000000000001"),
            ("[\"\\\\\", -9223372036854775809]", "-9223372036854775809"),
            ("1e-400", "1e-400"),
        ];
        for (text, token) in changed {
            assert_eq!(first_changed(text), Some(token), "{text}");
        }
    }
}
