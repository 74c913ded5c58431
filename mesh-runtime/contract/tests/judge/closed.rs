//! The first schema read as closed, in every draft, against independent validation.

use mesh_contract::judge::{Containment, Draft, Options, contains};
use serde_json::{Value, json};

use crate::membership::independent_in;

const DRAFTS: [(Draft, jsonschema::Draft); 5] = [
    (Draft::Draft4, jsonschema::Draft::Draft4),
    (Draft::Draft6, jsonschema::Draft::Draft6),
    (Draft::Draft7, jsonschema::Draft::Draft7),
    (Draft::Draft201909, jsonschema::Draft::Draft201909),
    (Draft::Draft202012, jsonschema::Draft::Draft202012),
];

/// Judges in every draft whether the first schema, closed, is contained. All drafts must say the same, and each witness must
/// be valid under the first schema as written and not under the second.
#[track_caller]
fn closed(sub: &Value, sup: &Value) -> bool {
    let mut answers = Vec::new();
    for (draft, theirs) in DRAFTS {
        let options = Options::default().with_draft(draft).closed_sub();
        match contains(sub, sup, &options).unwrap().containment {
            Containment::Contained => answers.push(true),
            Containment::NotContained { witness } => {
                let (in_sub, in_sup) = (independent_in(sub, theirs), independent_in(sup, theirs));
                assert!(in_sub.is_valid(&witness), "{draft:?}: {witness} is an instance of {sub}");
                assert!(!in_sup.is_valid(&witness), "{draft:?}: {witness} is no instance of {sup}");
                answers.push(false);
            }
            Containment::Unproven { reason } => panic!("{draft:?}: {sub} in {sup}: {reason}"),
        }
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}: {sub} in {sup}");
    answers[0]
}

/// An object with these members.
fn object(properties: Value) -> Value {
    json!({ "type": "object", "properties": properties })
}

#[test]
fn a_closed_object_has_no_member_that_a_reader_could_mind() {
    let old = object(json!({ "id": { "type": "integer" } }));
    let new = object(json!({ "id": { "type": "integer" }, "note": { "type": "string" } }));
    assert!(closed(&new, &old));
    assert!(closed(&old, &new), "what is not written cannot be wrong");
    assert!(!closed(&new, &object(json!({ "note": { "type": "integer" } }))));
    assert!(closed(&old, &json!({ "maxProperties": 1 })));
}

#[test]
fn members_and_items_are_closed_as_the_root_is() {
    let nested = |properties: Value| object(json!({ "a": { "items": object(properties) } }));
    let old = nested(json!({ "x": { "type": "integer" } }));
    assert!(closed(&old, &nested(json!({ "y": { "type": "integer" } }))));
    assert!(!closed(&old, &nested(json!({ "x": { "type": "string" } }))));
    let by_name = json!({ "type": "object", "additionalProperties": object(json!({ "x": {} })) });
    assert!(closed(
        &by_name,
        &json!({ "additionalProperties": { "properties": { "y": { "type": "null" } } } })
    ));
}

#[test]
fn a_definition_is_closed_where_it_is_used_and_not_where_it_stands() {
    // The tag beside the reference is described at the same place.
    let sub = json!({
        "allOf": [{ "$ref": "#/definitions/card" }, object(json!({ "kind": { "enum": ["card"] } }))],
        "definitions": { "card": object(json!({ "number": { "type": "string" } })) }
    });
    assert!(!closed(&sub, &json!({ "not": { "required": ["kind"] } })));
    assert!(!closed(&sub, &json!({ "not": { "required": ["kind", "number"] } })));
    assert!(closed(&sub, &json!({ "properties": { "other": { "type": "null" } } })));
}

#[test]
fn recursive_types_are_closed_on_every_level() {
    let tree = |value: Value, other: &str| {
        json!({
            "allOf": [{ "$ref": "#/definitions/tree" }],
            "definitions": { "tree": {
                "type": "object",
                "properties": { "value": value, other: { "type": "array", "items": { "$ref": "#/definitions/tree" } } }
            } }
        })
    };
    let integers = tree(json!({ "type": "integer" }), "children");
    assert!(closed(&integers, &tree(json!({ "type": "number" }), "children")));
    assert!(closed(&integers, &tree(json!({ "type": "integer" }), "branches")));
    assert!(!closed(&integers, &tree(json!({ "type": "string" }), "children")));
    let deep = json!({ "properties": { "children": { "items": { "properties": { "children": { "items": {
        "properties": { "value": { "type": "string" } } } } } } } } });
    assert!(!closed(&integers, &deep));
    let deep_unknown = json!({ "properties": { "children": { "items": { "properties": { "extra": { "type": "null" } } } } } });
    assert!(closed(&integers, &deep_unknown));
}

#[test]
fn variants_are_closed_each_with_what_stands_beside_them() {
    let variant = |kind: &str, name: &str| json!({ "type": "object", "properties": { "kind": { "enum": [kind] }, name: { "type": "string" } }, "required": ["kind", name] });
    let sub = json!({ "properties": { "id": { "type": "integer" } }, "oneOf": [variant("card", "number"), variant("cash", "till")] });
    let unknown = json!({ "type": "object", "properties": { "other": { "type": "null" } } });
    assert!(closed(&sub, &unknown));
    let mixed = json!({ "not": { "required": ["number", "till"] } });
    assert!(closed(&sub, &mixed), "no variant has both");
    assert!(!closed(&sub, &json!({ "not": { "required": ["id", "till"] } })));
}

#[test]
fn many_variants_stay_decidable() {
    let variants: Vec<Value> = (0..30)
        .map(|number| {
            let (kind, name) = (format!("kind-{number}"), format!("member_{number}"));
            json!({ "type": "object", "properties": { "kind": { "enum": [kind] }, name: object(json!({ "x": { "type": "string" } })) }, "required": ["kind"] })
        })
        .collect();
    let sub = json!({ "oneOf": variants });
    assert!(closed(&sub, &json!({ "maxProperties": 2, "type": "object" })));
    assert!(!closed(&sub, &json!({ "maxProperties": 1 })));
}

#[test]
fn what_describes_no_members_stays_open() {
    let open = [
        json!({}),
        json!({ "type": "object" }),
        json!({ "type": "object", "required": ["id"] }),
        json!({ "anyOf": [object(json!({ "id": { "type": "integer" } })), {}] }),
        json!({ "type": "object", "additionalProperties": { "type": "integer" } }),
        json!({ "type": "object", "properties": { "id": {} }, "additionalProperties": {} }),
    ];
    for sub in open {
        assert!(!closed(&sub, &json!({ "properties": { "unknown": { "type": "null" } } })), "{sub}");
    }
    let inner = object(json!({ "map": { "type": "object" }, "any": {} }));
    assert!(!closed(&inner, &json!({ "properties": { "map": { "maxProperties": 0 } } })));
    assert!(!closed(&inner, &json!({ "properties": { "any": { "maxProperties": 0 } } })));
    assert!(closed(&inner, &json!({ "properties": { "unknown": { "not": {} } } })));
}

#[test]
fn what_only_asks_is_not_closed() {
    let sub = json!({
        "type": "object",
        "properties": { "a": object(json!({ "x": {}, "y": {} })) },
        "not": { "properties": { "a": { "properties": { "x": { "type": "string" } }, "required": ["x"] } }, "required": ["a"] }
    });
    // Were `not` closed, `{"a": {"x": "", "y": 0}}` would be an instance.
    assert!(closed(
        &sub,
        &json!({ "properties": { "a": { "properties": { "x": { "not": { "type": "string" } } } } } })
    ));
}

#[test]
fn a_place_that_two_schemas_describe_is_closed_as_one() {
    let sub = json!({ "allOf": [
        object(json!({ "address": object(json!({ "street": { "type": "string" } })) })),
        object(json!({ "address": object(json!({ "zip": { "type": "string" } })) }))
    ] });
    let both = json!({ "not": { "properties": { "address": { "required": ["street", "zip"] } }, "required": ["address"] } });
    assert!(!closed(&sub, &both));
    assert!(closed(
        &sub,
        &json!({ "properties": { "address": { "properties": { "city": { "type": "null" } } } } })
    ));
}

#[test]
fn a_value_that_two_branches_held_does_not_pass_because_one_is_closed() {
    let branch = |name: &str| object(json!({ "a": object(json!({ name: { "type": "integer" } })) }));
    let sub = json!({ "oneOf": [branch("x"), branch("y")], "required": ["a"] });
    assert!(closed(&sub, &sub));
    let same = json!({ "allOf": [sub], "title": "not the same document" });
    assert!(closed(&sub, &same));
    // As written, `{"a": {"x": 1}}` is an instance of both branches and so of neither.
    assert!(closed(
        &sub,
        &json!({ "not": { "properties": { "a": { "required": ["x"], "maxProperties": 1, "properties": { "x": { "type": "integer" } } } } } })
    ));
}

#[test]
fn a_schema_that_closes_itself_is_closed_once_and_the_same() {
    let object = json!({ "type": "object", "properties": { "a": { "type": "object", "properties": { "x": {} }, "unevaluatedProperties": false } }, "unevaluatedProperties": false });
    let sup = json!({ "properties": { "b": { "type": "null" }, "a": { "maxProperties": 1 } } });
    for options in [Options::default(), Options::default().closed_sub()] {
        assert_eq!(contains(&object, &sup, &options).unwrap().containment, Containment::Contained);
    }
}
