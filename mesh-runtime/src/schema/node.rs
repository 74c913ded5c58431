//! Looking at and into the nodes of a schema.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// How the `$comment` of a member starts that is read under a second name.
pub(crate) const ALIAS_COMMENT: &str = "another name of ";

/// The `$ref` of a definition.
pub(crate) fn reference(name: &str) -> String {
    let mut text = String::from("#/$defs/");
    for character in name.chars() {
        match character {
            '~' => text.push_str("~0"),
            '/' => text.push_str("~1"),
            plain if plain.is_ascii_alphanumeric() || "-._!$&'()*+,;=:@".contains(plain) => text.push(plain),
            other => {
                let mut buffer = [0; 4];
                for byte in other.encode_utf8(&mut buffer).bytes() {
                    text.push_str(&format!("%{byte:02X}"));
                }
            }
        }
    }
    text
}

/// The name of the definition that a node refers to, if it does.
pub(crate) fn definition_name(node: &Value) -> Option<String> {
    let text = node.get("$ref")?.as_str()?;
    text.strip_prefix("#/$defs/").map(crate::nested::decode_reference)
}

/// The node that a node stands for: the definition that it refers to, or itself.
pub(crate) fn resolve<'s>(node: &'s Value, defs: &'s Map<String, Value>) -> &'s Value {
    let mut at = node;
    let mut left = 32;
    while let Some(found) = definition_name(at).and_then(|name| defs.get(&name)) {
        at = found;
        left -= 1;
        if left == 0 {
            break;
        }
    }
    at
}

/// Whether a node admits `null` and nothing else.
pub(crate) fn is_null(node: &Value) -> bool {
    node.get("type").and_then(Value::as_str) == Some("null")
}

/// Takes `null` away from what a node admits; tells whether it was there.
pub(crate) fn without_null(node: &mut Value) -> bool {
    let Some(members) = node.as_object_mut() else { return false };
    let mut was_there = false;
    if let Some(Value::Array(types)) = members.get_mut("type") {
        let before = types.len();
        types.retain(|name| name != "null");
        was_there |= types.len() < before;
        if let [only] = types.as_slice() {
            let only = only.clone();
            members.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(values)) = members.get_mut("enum") {
        let before = values.len();
        values.retain(|value| !value.is_null());
        was_there |= values.len() < before;
    }
    for keyword in ["anyOf", "oneOf"] {
        let Some(Value::Array(branches)) = members.get_mut(keyword) else { continue };
        let before = branches.len();
        branches.retain(|branch| !is_null(branch));
        was_there |= branches.len() < before;
        if branches.len() == 1
            && before > 1
            && let Some(Value::Array(mut branches)) = members.remove(keyword)
            && let Some(Value::Object(only)) = branches.pop()
        {
            for (name, member) in only {
                members.entry(name).or_insert(member);
            }
        }
    }
    was_there
}

/// Calls a function on every schema directly below a schema: where it applies to the same value (`true`) or to a value
/// within (`false`).
pub(crate) fn children_mut(node: &mut Value, each: &mut dyn FnMut(&mut Value, bool)) {
    let Some(members) = node.as_object_mut() else { return };
    for (keyword, member) in members {
        match keyword.as_str() {
            "allOf" | "anyOf" | "oneOf" => {
                member.as_array_mut().into_iter().flatten().for_each(|it| each(it, true));
            }
            "not" | "if" | "then" | "else" => each(member, true),
            "prefixItems" => member.as_array_mut().into_iter().flatten().for_each(|it| each(it, false)),
            "items"
            | "contains"
            | "additionalProperties"
            | "unevaluatedProperties"
            | "unevaluatedItems"
            | "propertyNames" => each(member, false),
            "properties" | "patternProperties" => {
                member.as_object_mut().into_iter().flatten().for_each(|(_, it)| each(it, false));
            }
            _ => {}
        }
    }
}

/// Calls a function on every schema of a tree, the outer before the inner.
pub(crate) fn walk_mut(node: &mut Value, each: &mut dyn FnMut(&mut Value)) {
    each(node);
    children_mut(node, &mut |child, _| walk_mut(child, each));
}

/// Adds every definition that a node refers to, directly.
pub(crate) fn references(node: &Value, into: &mut Vec<String>) {
    match node {
        Value::Object(members) => {
            into.extend(definition_name(node));
            let schemas = members
                .iter()
                .filter(|(name, _)| !matches!(name.as_str(), "const" | "enum" | "default" | "examples"));
            schemas.for_each(|(_, member)| references(member, into));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, into)),
        _ => {}
    }
}

/// Drops the definitions that a root does not reach.
pub(crate) fn keep_reachable(root: &Map<String, Value>, defs: &mut Map<String, Value>) {
    let mut reached = BTreeSet::new();
    let mut waiting = Vec::new();
    references(&Value::Object(root.clone()), &mut waiting);
    while let Some(name) = waiting.pop() {
        if !reached.contains(&name) {
            if let Some(node) = defs.get(&name) {
                references(node, &mut waiting);
            }
            reached.insert(name);
        }
    }
    defs.retain(|name, _| reached.contains(name));
}
