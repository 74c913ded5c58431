//! Members that may be missing, null, renamed or read under several names.

use mesh_runtime::prelude::*;
use serde_json::json;

use super::agreement::{Sides, agrees, reads, writes};

/// Options in every shape.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema, DataType)]
struct Options {
    /// Always there.
    plain: Option<u8>,
    /// Never null.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    skipped: Option<String>,
    /// Never null, and a type of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    nested: Option<Inner>,
    /// May be left out.
    #[serde(default)]
    list: Vec<u8>,
    /// Left out when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sometimes: Vec<u8>,
}

/// What is inside.
#[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
struct Inner {
    /// A number.
    number: i32,
}

#[test]
fn what_is_skipped_when_none_is_never_null() {
    let sides = agrees::<Options>();
    let emits = |value| sides.emits.admits(&value);
    writes(&sides, &Options::default(), json!({"plain": null, "list": []}));
    assert!(!emits(json!({"list": []})), "an option is always written unless it is skipped");
    assert!(!emits(json!({"plain": null, "list": [], "skipped": null})));
    assert!(!emits(json!({"plain": null, "list": [], "nested": null})));
    assert!(emits(json!({"plain": 1, "list": [], "nested": {"number": 1}, "skipped": ""})));
    for value in
        [json!({}), json!({"skipped": null, "nested": null, "plain": null}), json!({"sometimes": [1]})]
    {
        reads::<Options>(&sides, value, true);
    }
    reads::<Options>(&sides, json!({"list": null}), false);
}

#[test]
fn a_default_speaks_of_reading_only() {
    let sides = Sides::of::<Options>();
    assert!(sides.accepts.document.pointer("/properties/list/default").is_some());
    assert!(sides.emits.document.pointer("/properties/list/default").is_none());
}

/// Members with several names.
#[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
#[serde(rename_all = "camelCase")]
struct Aliased {
    /// Required.
    #[serde(alias = "mail", alias = "e-mail")]
    email_address: String,
    /// Optional.
    #[serde(default, alias = "telephone")]
    phone: Option<String>,
    /// One name to write, another to read.
    #[serde(rename(serialize = "buyer", deserialize = "customer"), alias = "buyer")]
    customer: u32,
}

#[test]
fn an_alias_is_read_as_the_name_and_not_beside_it() {
    let sides = agrees::<Aliased>();
    for (value, expected) in [
        (json!({"emailAddress": "a", "customer": 1}), true),
        (json!({"mail": "a", "buyer": 1}), true),
        (json!({"e-mail": "a", "customer": 1, "telephone": "1"}), true),
        (json!({"e-mail": "a", "customer": 1, "telephone": null}), true),
        (json!({"customer": 1}), false),
        (json!({"mail": "a", "e-mail": "b", "customer": 1}), false),
        (json!({"mail": "a", "emailAddress": "b", "customer": 1}), false),
        (json!({"mail": "a", "customer": 1, "buyer": 1}), false),
        (json!({"mail": "a", "customer": 1, "phone": "1", "telephone": "1"}), false),
        (json!({"mail": 1, "customer": 1}), false),
    ] {
        reads::<Aliased>(&sides, value, expected);
    }
    let aliased = Aliased { email_address: "a".into(), phone: None, customer: 1 };
    writes(&sides, &aliased, json!({"emailAddress": "a", "phone": null, "buyer": 1}));
    assert!(
        !sides.emits.admits(&json!({"mail": "a", "phone": null, "buyer": 1})),
        "an alias is never written"
    );
    let read = mesh_runtime::contract::fields_read(&sides.accepts.document);
    assert_eq!(read, ["/customer", "/emailAddress", "/phone"]);
}

/// Members that one side does not know.
#[expect(dead_code, reason = "serde reads and writes them")]
#[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
struct OneSided {
    /// On both sides.
    both: u8,
    /// Read only.
    #[serde(skip_serializing, default)]
    read: u8,
    /// Written only.
    #[serde(skip_deserializing)]
    written: u8,
    /// On neither.
    #[serde(skip)]
    neither: u8,
}

#[test]
fn a_skipped_member_is_on_the_side_that_it_is_not_skipped_on() {
    let sides = agrees::<OneSided>();
    let value = OneSided { both: 1, read: 2, written: 3, neither: 4 };
    writes(&sides, &value, json!({"both": 1, "written": 3}));
    assert!(!sides.emits.admits(&json!({"both": 1, "written": 3, "read": 2})));
    reads::<OneSided>(&sides, json!({"both": 1, "read": 2}), true);
    reads::<OneSided>(&sides, json!({"both": 1, "read": "2"}), false);
}

/// Members with functions of their own.
#[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
struct Custom {
    /// Required, though it is an option: serde cannot make up what the function returns.
    #[serde(deserialize_with = "as_it_is")]
    strange: Option<u8>,
    /// Written as text.
    #[serde(with = "as_text")]
    #[schemars(with = "String", regex(pattern = "^[0-9]{1,9}$"))]
    number: u32,
}

fn as_it_is<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<u8>, D::Error> {
    Option::deserialize(deserializer)
}

mod as_text {
    use serde::Deserialize;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
    pub(super) fn serialize<S: serde::Serializer>(number: &u32, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(number)
    }

    pub(super) fn deserialize<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[test]
fn an_option_that_a_function_reads_is_required() {
    let sides = agrees::<Custom>();
    reads::<Custom>(&sides, json!({"number": "1"}), false);
    reads::<Custom>(&sides, json!({"number": "1", "strange": null}), true);
    reads::<Custom>(&sides, json!({"number": 1, "strange": null}), false);
}

/// A type whose defaults stand on the container.
#[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
#[serde(default, deny_unknown_fields)]
struct Defaults {
    /// A number.
    #[serde(alias = "no")]
    number: u32,
    /// A text.
    text: String,
}

impl Default for Defaults {
    fn default() -> Self {
        Self { number: 7, text: "seven".into() }
    }
}

#[test]
fn unknown_members_that_serde_denies_are_not_accepted() {
    let sides = agrees::<Defaults>();
    reads::<Defaults>(&sides, json!({}), true);
    reads::<Defaults>(&sides, json!({"no": 1}), true);
    reads::<Defaults>(&sides, json!({"no": 1, "number": 1}), false);
    reads::<Defaults>(&sides, json!({"more": 1}), false);
}
