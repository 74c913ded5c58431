//! Enums in all four ways of telling their variants apart.

use mesh_runtime::prelude::*;
use serde_json::{Value, json};

use super::agreement::{agrees, reads, writes};

/// Told by a name.
#[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
#[serde(rename_all = "kebab-case")]
enum External {
    /// Nothing.
    Nothing,
    /// Renamed.
    #[serde(alias = "former", alias = "older")]
    Renamed,
    /// A number.
    #[serde(alias = "integer")]
    Number(i32),
    /// Two.
    Pair(
        /// A number.
        u8,
        /// A text.
        String,
    ),
    /// Named.
    #[serde(rename_all = "camelCase")]
    Named {
        /// Aliased.
        #[serde(alias = "alias")]
        first_field: bool,
        /// Skipped.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        second: Option<u8>,
    },
    /// Another type.
    Inner(Inner),
    /// Never read.
    #[serde(skip_deserializing)]
    Written,
    /// Never written.
    #[serde(skip_serializing)]
    Read,
}

/// What is inside.
#[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
struct Inner {
    /// A number.
    #[serde(alias = "no")]
    number: i32,
}

#[test]
fn variants_are_told_by_name() {
    // What is written and not read makes this type break its third relation, which the schemas have to show.
    let sides = super::agreement::Sides::of::<External>();
    for (value, expected) in [
        (json!("nothing"), true),
        (json!("former"), true),
        (json!("unheard"), false),
        (json!({"number": 1}), true),
        (json!({"integer": 1}), true),
        (json!({"number": 1, "integer": 1}), false),
        (json!({"number": "1"}), false),
        (json!({"pair": [1, "a"]}), true),
        (json!({"pair": [1]}), false),
        (json!({"named": {"alias": true}}), true),
        (json!({"named": {"firstField": true, "alias": true}}), false),
        (json!({"inner": {"no": 1}}), true),
        (json!("written"), false),
        (json!("read"), true),
    ] {
        reads::<External>(&sides, value, expected);
    }
    writes(&sides, &External::Renamed, json!("renamed"));
    writes(&sides, &External::Written, json!("written"));
    writes(
        &sides,
        &External::Named { first_field: true, second: None },
        json!({"named": {"firstField": true}}),
    );
    writes(&sides, &External::Pair(1, "a".into()), json!({"pair": [1, "a"]}));
    for never in [
        json!("former"),
        json!("read"),
        json!({"integer": 1}),
        json!({"named": {"firstField": true, "second": null}}),
        json!({"inner": {"number": 1, "more": 1}}),
    ] {
        assert!(!sides.emits.admits(&never), "{never}");
    }
    let value: Value = serde_json::to_value(External::Read).unwrap_or_default();
    assert_eq!(value, Value::Null, "serde refuses to write it");
}

/// Told by a member among its own.
#[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
#[serde(tag = "kind")]
enum Internal {
    /// Nothing.
    #[serde(alias = "none")]
    Nothing,
    /// Named.
    Named {
        /// A number.
        number: u32,
    },
    /// Another type.
    #[serde(alias = "Was")]
    Inner(Inner),
    /// Another type that knows its members.
    Strict(Strict),
    /// Anything else.
    #[serde(other)]
    Unknown,
}

/// Refuses what it does not know.
#[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
#[serde(deny_unknown_fields)]
struct Strict {
    /// A number.
    #[serde(alias = "no")]
    number: i32,
}

#[test]
fn a_catch_all_takes_every_tag_that_no_other_variant_has() {
    let sides = agrees::<Internal>();
    for (value, expected) in [
        (json!({"kind": "Nothing"}), true),
        (json!({"kind": "none", "more": 1}), true),
        (json!({"kind": "Named", "number": 1}), true),
        (json!({"kind": "Named"}), false),
        (json!({"kind": "Inner", "number": 1}), true),
        (json!({"kind": "Was", "no": 1}), true),
        (json!({"kind": "Was", "no": 1, "number": 1}), false),
        (json!({"kind": "Strict", "number": 1}), true),
        (json!({"kind": "Strict", "no": 1}), true),
        (json!({"kind": "Strict", "number": 1, "more": 1}), false),
        (json!({"kind": "never heard of", "number": "x"}), true),
        (json!({"kind": 1}), false),
        (json!({}), false),
    ] {
        reads::<Internal>(&sides, value, expected);
    }
    writes(&sides, &Internal::Unknown, json!({"kind": "Unknown"}));
    writes(&sides, &Internal::Inner(Inner { number: 1 }), json!({"kind": "Inner", "number": 1}));
    assert!(!sides.emits.admits(&json!({"kind": "never heard of"})), "only what is written is promised");
    assert!(!sides.emits.admits(&json!({"kind": "Inner", "number": 1, "more": 1})));
}

/// Told by a member beside its content.
#[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
#[serde(tag = "t", content = "c")]
enum Adjacent {
    /// Nothing.
    #[serde(alias = "none")]
    Nothing,
    /// A number.
    Number(i32),
    /// Named.
    Named {
        /// A number.
        #[serde(alias = "no")]
        number: u32,
    },
    /// Two.
    Pair(
        /// A number.
        u8,
        /// Another.
        u8,
    ),
    /// Anything else.
    #[serde(other)]
    Unknown,
}

#[test]
fn content_stands_beside_the_tag() {
    let sides = agrees::<Adjacent>();
    for (value, expected) in [
        (json!({"t": "Nothing"}), true),
        (json!({"t": "none", "c": null}), true),
        (json!({"t": "Nothing", "c": 5}), false),
        (json!({"t": "Number", "c": 5}), true),
        (json!({"t": "Number"}), false),
        (json!({"t": "Named", "c": {"no": 5}}), true),
        (json!({"t": "Pair", "c": [1, 2]}), true),
        (json!({"t": "Pair", "c": [1, 2, 3]}), false),
        (json!({"t": "unheard"}), true),
        (json!({"t": "unheard", "c": 5}), false),
    ] {
        reads::<Adjacent>(&sides, value, expected);
    }
    writes(&sides, &Adjacent::Unknown, json!({"t": "Unknown"}));
}

/// Told by shape alone.
#[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
#[serde(untagged)]
enum Untagged {
    /// Text.
    Text(String),
    /// Number.
    Number(u64),
    /// Named.
    Named {
        /// A number.
        #[serde(alias = "no")]
        number: u32,
    },
    /// Several.
    Many(Vec<Untagged>),
    /// Nothing.
    Nothing,
}

#[test]
fn shape_tells() {
    let sides = agrees::<Untagged>();
    for (value, expected) in [
        (json!("a"), true),
        (json!(7), true),
        (json!(-7), false),
        (json!({"no": 1}), true),
        (json!({"no": 1, "number": 1}), false),
        (json!([1, ["a", null]]), true),
        (json!(null), true),
        (json!(true), false),
    ] {
        reads::<Untagged>(&sides, value, expected);
    }
}

/// Some told by name, the last by its shape.
#[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
#[serde(rename_all = "lowercase")]
enum Mixed {
    /// Small.
    Small,
    /// Large.
    Large {
        /// A number.
        number: u8,
    },
    /// Of any size.
    #[serde(untagged)]
    Named {
        /// A number.
        #[serde(alias = "no")]
        size: u32,
    },
}

#[test]
fn an_untagged_variant_stands_last() {
    let sides = agrees::<Mixed>();
    for (value, expected) in [
        (json!("small"), true),
        (json!({"large": {"number": 1}}), true),
        (json!({"size": 1}), true),
        (json!({"no": 1}), true),
        (json!({"no": 1, "size": 1}), false),
        (json!("huge"), false),
    ] {
        reads::<Mixed>(&sides, value, expected);
    }
}

/// Names only, with one for all others.
#[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
#[serde(rename_all = "lowercase")]
enum Colour {
    /// Red.
    Red,
    /// Green.
    Green,
    /// Any other.
    #[serde(other)]
    Other,
}

#[test]
fn a_catch_all_among_names_takes_every_name() {
    let sides = agrees::<Colour>();
    reads::<Colour>(&sides, json!("red"), true);
    reads::<Colour>(&sides, json!("mauve"), true);
    reads::<Colour>(&sides, json!(1), false);
    assert!(!sides.emits.admits(&json!("mauve")));
}

/// Flattened into an object.
#[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
struct Around {
    /// A number.
    id: u32,
    /// Its variant.
    #[serde(flatten)]
    kind: Flat,
}

/// Serde does not support types that deny unknown members below flattened ones.
#[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
#[serde(tag = "kind")]
enum Flat {
    /// Nothing.
    Nothing,
    /// Named.
    Named {
        /// A number.
        number: u32,
    },
    /// Another type.
    #[serde(alias = "Was")]
    Inner(Inner),
    /// Anything else.
    #[serde(other)]
    Unknown,
}

#[test]
fn a_flattened_enum_stands_among_the_members() {
    let sides = agrees::<Around>();
    reads::<Around>(&sides, json!({"id": 1, "kind": "Was", "no": 1}), true);
    reads::<Around>(&sides, json!({"id": 1, "kind": "unheard"}), true);
    reads::<Around>(&sides, json!({"id": 1, "kind": "Named"}), false);
    writes(&sides, &Around { id: 1, kind: Flat::Nothing }, json!({"id": 1, "kind": "Nothing"}));
    assert!(!sides.emits.admits(&json!({"id": 1, "kind": "Nothing", "more": 1})));
}
