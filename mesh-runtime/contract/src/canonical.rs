//! Canonical JSON (RFC 8785): one text for each value, whatever the order of members or the notation of numbers.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use crate::double::{NotExact, check_numbers, survives};

/// The canonical text of a value.
///
/// # Errors
/// When a number does not survive a 64-bit float unchanged.
pub fn canonical(value: &Value) -> Result<Vec<u8>, NotExact> {
    check_numbers(value)?;
    let mut out = Vec::with_capacity(4 * 1024);
    write(&mut out, value);
    Ok(out)
}

/// Every number was found to be a finite double before.
fn write(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(number) => write_number(out, number),
        Value::String(text) => write_text(out, text),
        Value::Array(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write(out, item);
            }
            out.push(b']');
        }
        Value::Object(members) => write_object(out, members),
    }
}

/// Nearly every object has its members in order already, so they are sorted only where one is found that stands wrong.
fn write_object(out: &mut Vec<u8>, members: &Map<String, Value>) {
    if members.keys().is_sorted_by(|one, other| in_utf16(one, other).is_lt()) {
        write_members(out, members.iter());
    } else {
        let mut sorted: Vec<_> = members.iter().collect();
        sorted.sort_by(|(one, _), (other, _)| in_utf16(one, other));
        write_members(out, sorted.into_iter());
    }
}

fn write_members<'v>(out: &mut Vec<u8>, members: impl Iterator<Item = (&'v String, &'v Value)>) {
    out.push(b'{');
    for (index, (name, member)) in members.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_text(out, name);
        out.push(b':');
        write(out, member);
    }
    out.push(b'}');
}

/// The order of names as UTF-16. It is that of their bytes, but for characters beyond the first plane: as UTF-16 they come
/// before U+E000 to U+FFFF.
fn in_utf16(one: &str, other: &str) -> Ordering {
    let differ = one.bytes().zip(other.bytes()).find(|(one, other)| one != other);
    match differ {
        Some((one_byte, other_byte)) if one_byte < 0xEE || other_byte < 0xEE => one_byte.cmp(&other_byte),
        Some(_) => one.encode_utf16().cmp(other.encode_utf16()),
        None => one.len().cmp(&other.len()),
    }
}

/// Whole numbers up to here are written by ECMAScript with all their digits, and are exact.
const WHOLE: u64 = 1 << 53;

fn write_number(out: &mut Vec<u8>, number: &serde_json::Number) {
    let plain = number.as_i64().is_some_and(|whole| whole.unsigned_abs() <= WHOLE);
    let text = if plain {
        number.to_string()
    } else {
        serde_json_canonicalizer::to_string(number).expect("a finite double has a text")
    };
    out.extend_from_slice(text.as_bytes());
}

/// Escapes as JSON has to and no more, which is what the RFC asks for: serde_json writes the short form where there is one,
/// and else four lower-case digits.
fn write_text(out: &mut Vec<u8>, text: &str) {
    serde_json::to_writer(out, text).expect("memory takes every byte");
}

/// The double that a whole number stands for, where it is none itself: canonical JSON writes 2^63 as 9223372036854776000, as
/// ECMAScript does, and that has to be read again.
#[expect(clippy::cast_precision_loss, reason = "the digits that are lost are looked at")]
pub(crate) fn written_for(number: &serde_json::Number) -> Option<f64> {
    if survives(number) {
        return None;
    }
    let double = number.as_i64().map(|whole| whole as f64).or(number.as_u64().map(|whole| whole as f64))?;
    let text = serde_json_canonicalizer::to_string(&double).ok()?;
    (text == number.to_string()).then_some(double)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn agrees(value: &Value) {
        let ours = canonical(value).map(|bytes| String::from_utf8(bytes).expect("text"));
        let theirs = serde_json_canonicalizer::to_string(value).expect("canonical");
        assert_eq!(ours, Ok(theirs));
    }

    #[test]
    fn names_are_ordered_as_utf_16() {
        // The example of RFC 8785, 3.2.3, and names that are beginnings of others.
        agrees(&json!({
            "\u{20ac}": 1, "\r": 2, "\u{fb33}": 3, "1": 4, "\u{1f600}": 5, "\u{80}": 6, "\u{f6}": 7,
            "1a": 8, "": 9, "\u{1f600}\u{fb33}": 10, "\u{fb33}\u{1f600}": 11, "\u{1f601}": 12
        }));
    }

    #[test]
    fn numbers_are_written_as_ecmascript_does() {
        agrees(&json!([
            0,
            -0.0,
            1.0,
            -1,
            1e21,
            1e20,
            1.5e-7,
            1e-6,
            0.1,
            333_333_333.333_333_3,
            4.5,
            2e-3,
            9_007_199_254_740_992_u64,
            9_007_199_254_740_994_u64,
            -9_007_199_254_740_992_i64,
            9_223_372_036_854_774_784_u64,
            i64::MIN,
            9_223_372_036_854_775_808_u64,
            f64::MAX,
            5e-324
        ]));
    }

    #[test]
    fn text_is_escaped_as_little_as_can_be() {
        let all: String =
            (0..0x300).filter_map(char::from_u32).chain("\u{2028}\u{ffff}\u{10ffff}".chars()).collect();
        agrees(&json!([all]));
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<f64>().prop_filter("finite", |it| it.is_finite()).prop_map(Value::from),
            (-(1_i64 << 53)..=(1 << 53)).prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::vec((any::<String>(), inner), 0..6)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn another_writer_of_canonical_json_writes_the_same(value in values()) {
            agrees(&value);
        }
    }
}
