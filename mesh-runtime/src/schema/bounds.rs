//! The ranges of Rust's numbers and the notations of well-known texts, which schemars names by `format` alone.
//!
//! Every bound survives a 64-bit float: `u64::MAX` does not, so the range ends *below* 2^64, which does.

use serde_json::{Map, Value, json};

/// 2^63.
const ABOVE_I64: u64 = 1 << 63;
/// 2^64.
const ABOVE_U64: f64 = 18_446_744_073_709_551_616.0;

/// What schemars writes for `rust_decimal`, on the one side and on the other.
const DECIMALS: [&str; 2] = [r"^-?\d+(\.\d+)?$", r"^-?\d+(\.\d+)?([eE]\d+)?$"];

/// What `rust_decimal` reads and writes without loss at the front: 28 digits, or 27 and a fraction, so that rounding what
/// is too fine never makes a number of 29 digits.
pub(crate) const DECIMAL: &str = r"^-?([0-9]{1,28}|[0-9]{1,27}\.[0-9]{1,28})$";

const TIME: &str = r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]{1,9})?";

/// The days that the calendar has, leap years included.
const DATE: &str = concat!(
    r"([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))",
    r"|([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29)",
);

/// Completes one node.
pub(super) fn complete(node: &mut Value) {
    let Some(members) = node.as_object_mut() else { return };
    let format = members.get("format").and_then(Value::as_str).unwrap_or_default().to_owned();
    if has_type(members, "integer") {
        match format.as_str() {
            "int32" => within(members, json!(i32::MIN), ("maximum", json!(i32::MAX))),
            "uint32" => within(members, json!(0), ("maximum", json!(u32::MAX))),
            "int64" | "int" => within(members, json!(i64::MIN), ("exclusiveMaximum", json!(ABOVE_I64))),
            "uint64" | "uint" => within(members, json!(0), ("exclusiveMaximum", json!(ABOVE_U64))),
            // What lies beyond 64 bits does not fit what serde_json and most readers hold.
            "int128" => within(members, json!(i64::MIN), ("exclusiveMaximum", json!(ABOVE_U64))),
            "uint128" => within(members, json!(0), ("exclusiveMaximum", json!(ABOVE_U64))),
            _ => {}
        }
    }
    if has_type(members, "number") && format == "float" {
        // As it is written: the fewest digits that name the greatest `f32` name a double that is a little above it.
        const GREATEST: f64 = 3.402_823_5e38;
        within(members, json!(-GREATEST), ("maximum", json!(GREATEST)));
    }
    if has_type(members, "string") {
        match format.as_str() {
            "partial-time" => pattern(members, format!("^{TIME}$")),
            "partial-date-time" => pattern(members, format!("^{DATE}T{TIME}$")),
            "ip" => {
                members.remove("format");
                let either = json!([{"format": "ipv4"}, {"format": "ipv6"}]);
                members.entry("anyOf").or_insert(either);
            }
            _ => {}
        }
        decimal(members);
    }
    lengths_of_time(members);
}

pub(crate) fn has_type(members: &Map<String, Value>, name: &str) -> bool {
    match members.get("type") {
        Some(Value::String(only)) => only == name,
        Some(Value::Array(several)) => several.iter().any(|each| each == name),
        _ => false,
    }
}

/// Bounds a number where the author did not.
fn within(members: &mut Map<String, Value>, least: Value, (keyword, greatest): (&str, Value)) {
    if !members.contains_key("exclusiveMinimum") {
        members.entry("minimum").or_insert(least);
    }
    if !members.contains_key("maximum") && !members.contains_key("exclusiveMaximum") {
        members.insert(keyword.to_owned(), greatest);
    }
}

fn pattern(members: &mut Map<String, Value>, pattern: String) {
    members.entry("pattern").or_insert(pattern.into());
}

fn decimal(members: &mut Map<String, Value>) {
    let is_decimal = |pattern: &&str| members.get("pattern").and_then(Value::as_str) == Some(pattern);
    if !DECIMALS.iter().any(is_decimal) {
        return;
    }
    members.insert("pattern".to_owned(), DECIMAL.into());
    if has_type(members, "number") {
        members.insert("exclusiveMinimum".to_owned(), json!(-1e28));
        members.insert("exclusiveMaximum".to_owned(), json!(1e28));
    }
}

/// The standard library's and chrono's lengths of time hold less than a second of nanoseconds and no more seconds than
/// their sums can, and those of the standard library know no other member.
fn lengths_of_time(members: &mut Map<String, Value>) {
    let pair = |seconds: &str, nanos: &str, members: &Map<String, Value>| {
        let properties = members.get("properties").and_then(Value::as_object);
        properties.is_some_and(|it| it.len() == 2 && it.contains_key(seconds) && it.contains_key(nanos))
    };
    let bound = |members: &mut Map<String, Value>, name: &str, keyword: &str, limit: Value| {
        if let Some(node) = members.get_mut("properties").and_then(|it| it.get_mut(name)?.as_object_mut()) {
            node.insert(keyword.to_owned(), limit);
        }
    };
    if pair("secs", "nanos", members) && is_format(members, "/properties/nanos", "uint32") {
        members.insert("additionalProperties".to_owned(), false.into());
        bound(members, "nanos", "maximum", json!(999_999_999));
    } else if pair("secs_since_epoch", "nanos_since_epoch", members) {
        members.insert("additionalProperties".to_owned(), false.into());
        bound(members, "nanos_since_epoch", "maximum", json!(999_999_999));
        bound(members, "secs_since_epoch", "exclusiveMaximum", json!(ABOVE_I64));
    } else if is_format(members, "/prefixItems/0", "int64")
        && pointer(members, "/prefixItems/1/exclusiveMaximum") == Some(&json!(1_000_000_000))
        && let Some(Value::Array(items)) = members.get_mut("prefixItems")
        && let Some(seconds) = items.first_mut().and_then(Value::as_object_mut)
    {
        seconds.insert("exclusiveMinimum".to_owned(), json!(-9_223_372_036_854_774_i64));
        seconds.insert("exclusiveMaximum".to_owned(), json!(9_223_372_036_854_774_i64));
    }
}

fn is_format(members: &Map<String, Value>, at: &str, format: &str) -> bool {
    pointer(members, at).and_then(|node| node.get("format")) == Some(&json!(format))
}

fn pointer<'s>(members: &'s Map<String, Value>, at: &str) -> Option<&'s Value> {
    let (first, rest) = at.strip_prefix('/')?.split_once('/')?;
    members.get(first)?.pointer(&format!("/{rest}"))
}
