//! What is written holds what its type declares and nothing else, unless it says so.

use std::collections::BTreeMap;

use mesh_runtime::prelude::*;
use serde_json::{Value, json};

use super::agreement::{agrees, reads, writes};

/// A tree of everything.
#[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
struct Node {
    /// A leaf.
    leaf: Leaf,
    /// Leaves.
    list: Vec<Leaf>,
    /// Leaves by name.
    map: BTreeMap<String, Leaf>,
    /// Two.
    pair: (Leaf, u8),
    /// Perhaps one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    perhaps: Option<Leaf>,
    /// Below.
    #[serde(default)]
    below: Vec<Node>,
    /// Whatever.
    any: Value,
}

/// A leaf.
#[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
struct Leaf {
    /// Its size.
    size: u8,
}

fn node() -> Value {
    json!({
        "leaf": {"size": 1}, "list": [{"size": 1}], "map": {"a": {"size": 1}}, "pair": [{"size": 1}, 2],
        "perhaps": {"size": 1}, "below": [], "any": {"free": "as you like"}
    })
}

#[test]
fn nothing_unknown_is_written_at_any_depth() {
    let sides = agrees::<Node>();
    let full = node();
    assert!(sides.emits.admits(&full));
    for place in ["", "/leaf", "/list/0", "/map/a", "/pair/0", "/perhaps"] {
        let mut more = full.clone();
        more.pointer_mut(place).expect("a place")["more"] = json!(1);
        assert!(!sides.emits.admits(&more), "{place}");
        reads::<Node>(&sides, more.clone(), true);
        let mut above = full.clone();
        above["below"] = json!([more]);
        assert!(!sides.emits.admits(&above), "below {place}");
    }
}

/// Flattens a type and a map.
#[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
struct Open {
    /// A number.
    id: u32,
    /// A leaf's members.
    #[serde(flatten)]
    leaf: Leaf,
    /// Everything else.
    #[serde(flatten)]
    rest: BTreeMap<String, bool>,
}

#[test]
fn a_flattened_map_stays_open() {
    let sides = agrees::<Open>();
    assert!(sides.emits.admits(&json!({"id": 1, "size": 2, "else": true})));
    assert!(!sides.emits.admits(&json!({"id": 1, "size": 2, "else": 3})));
    reads::<Open>(&sides, json!({"id": 1, "else": true}), false);
}

/// Flattens what may be there.
#[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
struct Perhaps {
    /// A number.
    id: u32,
    /// A leaf's members, all or none.
    #[serde(flatten)]
    leaf: Option<Leaf>,
}

#[test]
fn a_flattened_option_is_all_or_nothing_and_closed() {
    let sides = agrees::<Perhaps>();
    writes(&sides, &Perhaps { id: 1, leaf: None }, json!({"id": 1}));
    writes(&sides, &Perhaps { id: 1, leaf: Some(Leaf { size: 2 }) }, json!({"id": 1, "size": 2}));
    assert!(!sides.emits.admits(&json!({"id": 1, "more": 2})));
}

/// A number with a name.
#[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
#[serde(transparent)]
struct Wrapped {
    /// Its value.
    inner: Leaf,
}

/// Wraps a wrapper.
#[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
struct Twice(Vec<Wrapped>);

#[test]
fn a_wrapper_is_as_closed_as_what_it_wraps() {
    let sides = agrees::<Twice>();
    assert!(sides.emits.admits(&json!([{"size": 1}])));
    assert!(!sides.emits.admits(&json!([{"size": 1, "more": 1}])));
}

/// Has room for a guest.
#[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
struct Host {
    /// A guest.
    guest: Guest,
    /// How long.
    time: std::time::Duration,
}

/// Knows nothing of the mesh.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct Guest {
    /// A name.
    name: String,
}

#[test]
fn a_foreign_type_is_not_closed_for_it() {
    let sides = agrees::<Host>();
    let value = |guest: Value, time: Value| json!({"guest": guest, "time": time});
    let time = json!({"secs": 1, "nanos": 1});
    assert!(sides.emits.admits(&value(json!({"name": "a", "more": 1}), time.clone())));
    assert!(!sides.emits.admits(&value(json!({"name": "a"}), json!({"secs": 1, "nanos": 1, "more": 1}))));
    assert!(!sides.emits.admits(&json!({"guest": {"name": "a"}, "time": time, "more": 1})));
}
