//! Ranges of numbers and notations of texts.

use std::num::{NonZeroI64, NonZeroU8};
use std::time::Duration;

use mesh_runtime::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::agreement::{agrees, reads, writes};

/// Every whole number that Rust has.
#[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
struct Whole {
    /// A number.
    a: i8,
    /// A number.
    b: i16,
    /// A number.
    c: i32,
    /// A number.
    d: i64,
    /// A number.
    e: isize,
    /// A number.
    f: u8,
    /// A number.
    g: u16,
    /// A number.
    h: u32,
    /// A number.
    i: u64,
    /// A number.
    j: usize,
    /// A number.
    k: NonZeroU8,
    /// A number.
    m: Option<u32>,
    /// A number.
    n: Vec<i64>,
}

fn whole(member: &str, value: Value) -> Value {
    let mut all = json!({
        "a": 0, "b": 0, "c": 0, "d": 0, "e": 0, "f": 0, "g": 0, "h": 0, "i": 0, "j": 0, "k": 1, "m": 0, "n": []
    });
    all[member] = value;
    all
}

#[test]
fn whole_numbers_end_where_their_types_end() {
    let sides = agrees::<Whole>();
    for (member, inside, outside) in [
        ("a", vec![json!(i8::MIN), json!(i8::MAX)], vec![json!(-129), json!(128)]),
        ("b", vec![json!(i16::MIN), json!(i16::MAX)], vec![json!(-32769), json!(32768)]),
        (
            "c",
            vec![json!(i32::MIN), json!(i32::MAX)],
            vec![json!(-2_147_483_649_i64), json!(2_147_483_648_i64)],
        ),
        (
            "d",
            vec![json!(i64::MIN), json!(i64::MAX)],
            vec![json!(9_223_372_036_854_775_808_u64), json!(u64::MAX)],
        ),
        ("e", vec![json!(i64::MIN), json!(i64::MAX)], vec![json!(9_223_372_036_854_775_808_u64)]),
        ("f", vec![json!(0), json!(255)], vec![json!(-1), json!(256)]),
        ("g", vec![json!(0), json!(65535)], vec![json!(-1), json!(65536)]),
        ("h", vec![json!(0), json!(u32::MAX)], vec![json!(-1), json!(4_294_967_296_u64)]),
        ("i", vec![json!(0), json!(u64::MAX)], vec![json!(-1), json!(18_446_744_073_709_551_616.0)]),
        ("j", vec![json!(0), json!(u64::MAX)], vec![json!(-1)]),
        ("k", vec![json!(1), json!(255)], vec![json!(0), json!(256)]),
        ("m", vec![json!(0), json!(null), json!(u32::MAX)], vec![json!(4_294_967_296_u64)]),
        ("n", vec![json!([i64::MIN, i64::MAX])], vec![json!([u64::MAX])]),
    ] {
        inside.into_iter().for_each(|value| reads::<Whole>(&sides, whole(member, value), true));
        outside.into_iter().for_each(|value| reads::<Whole>(&sides, whole(member, value), false));
    }
}

/// Anything but nothing.
#[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
struct NotZero {
    /// A number.
    number: NonZeroI64,
}

#[test]
fn a_number_that_is_not_zero_is_anything_else() {
    let sides = agrees::<NotZero>();
    for (number, expected) in [(-1, true), (i64::MIN, true), (i64::MAX, true), (0, false)] {
        reads::<NotZero>(&sides, json!({"number": number}), expected);
    }
}

/// Numbers with fractions.
#[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
struct Fractions {
    /// A number.
    a: f32,
    /// A number.
    b: f64,
    /// A number.
    c: Decimal,
    /// A number.
    d: Option<Decimal>,
}

#[test]
fn fractions_stay_what_they_are() {
    let sides = agrees::<Fractions>();
    let with = |member: &str, value: Value| {
        let mut all = json!({"a": 0.5, "b": 0.5, "c": "0.5", "d": null});
        all[member] = value;
        all
    };
    // Beyond the range serde makes infinity of it, which is written as null.
    assert!(!sides.accepts.admits(&with("a", json!(1e300))));
    assert_eq!(
        serde_json::to_value(serde_json::from_value::<f32>(json!(1e300)).expect("a number")).ok(),
        Some(Value::Null)
    );
    reads::<Fractions>(&sides, with("b", json!(1e300)), true);
    for (value, expected) in [
        (json!("12345678901234567890.12"), true),
        (json!("-0.0000000000000000000000000001"), true),
        (json!("123456789012345678901234567890"), false),
        (json!("1,5"), false),
        (json!(""), false),
        (json!(1.25), true),
        (json!(-7), true),
        (json!(1e30), false),
    ] {
        reads::<Fractions>(&sides, with("c", value), expected);
    }
    let value: Fractions = serde_json::from_value(with("c", json!(0.1))).expect("a number");
    writes(&sides, &value, json!({"a": 0.5, "b": 0.5, "c": "0.1", "d": null}));
}

/// Times.
#[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
struct Times {
    /// A time.
    a: chrono::NaiveDate,
    /// A time.
    b: chrono::NaiveTime,
    /// A time.
    c: chrono::NaiveDateTime,
    /// A time.
    d: chrono::DateTime<chrono::Utc>,
    /// A time.
    e: Duration,
    /// A time.
    f: chrono::TimeDelta,
    /// No time.
    g: uuid::Uuid,
    /// A time.
    h: chrono::DateTime<chrono::FixedOffset>,
    /// A time.
    i: std::time::SystemTime,
}

#[test]
fn days_that_the_calendar_lacks_are_not_accepted() {
    let sides = agrees::<Times>();
    let with = |member: &str, value: Value| {
        let mut all = json!({
            "a": "2024-02-29", "b": "12:30:00.5", "c": "2024-02-29T00:00:00", "d": "2024-02-29T00:00:00Z",
            "e": {"secs": 1, "nanos": 5}, "f": [-1, 999_999_999], "g": "67e55044-10b1-426f-9247-bb680e5fe0c8",
            "h": "2024-02-29T00:00:00+01:00", "i": {"secs_since_epoch": 1, "nanos_since_epoch": 0}
        });
        all[member] = value;
        all
    };
    for (member, value, expected) in [
        ("a", json!("2024-02-29"), true),
        ("a", json!("2023-02-29"), false),
        ("a", json!("2023-04-31"), false),
        ("b", json!("24:00:00"), false),
        ("b", json!("23:59:59.999999999"), true),
        ("c", json!("1900-02-29T00:00:00"), false),
        ("c", json!("2000-02-29T23:59:59.1"), true),
        ("e", json!({"secs": 1}), false),
        ("e", json!({"secs": u64::MAX, "nanos": 999_999_999}), true),
        ("e", json!({"secs": u64::MAX, "nanos": 1_000_000_000}), false),
        ("f", json!([i64::MAX, 0]), false),
        ("g", json!("nothing"), false),
    ] {
        reads::<Times>(&sides, with(member, value), expected);
    }
}

/// Addresses of machines.
#[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
struct Machines {
    /// An address.
    any: std::net::IpAddr,
    /// An address.
    old: std::net::Ipv4Addr,
    /// One character.
    letter: char,
}

#[test]
fn an_address_is_of_one_version_or_the_other() {
    let sides = super::agreement::Sides::of::<Machines>();
    for (any, expected) in [("127.0.0.1", true), ("::1", true), ("localhost", false), ("1.2.3", false)] {
        let value = json!({"any": any, "old": "1.2.3.4", "letter": "é"});
        assert_eq!(serde_json::from_value::<Machines>(value.clone()).is_ok(), expected);
        let theirs = jsonschema::options()
            .should_validate_formats(true)
            .build(&sides.accepts.document)
            .expect("a schema");
        assert_eq!(theirs.is_valid(&value), expected);
    }
    reads::<Machines>(&sides, json!({"any": "::1", "old": "1.2.3.4", "letter": "ab"}), false);
}

/// Numbers too large for most readers.
#[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
struct Huge {
    /// A number.
    a: i128,
    /// A number.
    b: u128,
}

#[test]
fn numbers_of_128_bits_are_promised_as_far_as_json_values_hold_them() {
    let sides = agrees::<Huge>();
    reads::<Huge>(&sides, json!({"a": i64::MIN, "b": u64::MAX}), true);
    assert!(serde_json::to_value(Huge { a: i128::MIN, b: 0 }).is_err());
}
