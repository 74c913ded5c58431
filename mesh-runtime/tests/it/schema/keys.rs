//! Keys of maps that are not any text.

use std::collections::{BTreeMap, HashMap};

use mesh_runtime::prelude::*;
use serde_json::{Value, json};

use super::agreement::{agrees, reads, writes};

/// Maps with keys of every sort.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema, DataType)]
#[serde(default)]
struct Maps {
    /// By name.
    text: BTreeMap<String, u8>,
    /// By small number.
    small: BTreeMap<u8, u8>,
    /// By number.
    number: HashMap<i64, u8>,
    /// By colour.
    colour: BTreeMap<Colour, Vec<u8>>,
    /// By day.
    day: BTreeMap<chrono::NaiveDate, u8>,
    /// By identifier, then by number.
    nested: BTreeMap<uuid::Uuid, BTreeMap<u32, u8>>,
}

/// A colour.
#[derive(Debug, Serialize, Deserialize, JsonSchema, DataType, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
enum Colour {
    /// Red.
    Red,
    /// Green.
    Green,
}

#[test]
fn keys_are_what_their_type_takes() {
    let sides = agrees::<Maps>();
    let with = |member: &str, value: Value| json!({member: value});
    for (member, value, expected) in [
        ("text", json!({"": 1, "any": 2}), true),
        ("small", json!({"0": 1, "255": 2}), true),
        ("small", json!({"256": 1}), false),
        ("small", json!({"-1": 1}), false),
        ("small", json!({"a": 1}), false),
        ("number", json!({"-9223372036854775808": 1, "9223372036854775807": 1}), true),
        ("number", json!({"9223372036854775808": 1}), false),
        ("colour", json!({"red": [1], "green": []}), true),
        ("colour", json!({"mauve": [1]}), false),
        ("day", json!({"2024-02-29": 1}), true),
        ("day", json!({"2023-02-29": 1}), false),
        ("nested", json!({"67e55044-10b1-426f-9247-bb680e5fe0c8": {"4294967295": 1}}), true),
        ("nested", json!({"67e55044-10b1-426f-9247-bb680e5fe0c8": {"4294967296": 1}}), false),
        ("nested", json!({"red": {}}), false),
    ] {
        reads::<Maps>(&sides, with(member, value), expected);
    }
    let maps = Maps { small: BTreeMap::from([(7, 1)]), ..Maps::default() };
    writes(
        &sides,
        &maps,
        json!({"text": {}, "small": {"7": 1}, "number": {}, "colour": {}, "day": {}, "nested": {}}),
    );
}
