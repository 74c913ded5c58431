//! What is written holds nothing but what its type declares. *Emits* says so at each place of an instance: the root, the
//! value of a member, an item of a list. It never says so at the top of a definition, which a tag or a flattened sibling
//! may extend.
//!
//! Closedness is earned: a schema that a foreign type made of itself stays as open as it is.

use serde_json::{Map, Value};

use super::{Generated, node};

/// Closes every place of an instance inside the described types.
pub(super) fn close(generated: &mut Generated) {
    let before = generated.clone();
    for described in &before.found {
        if let Some(node) = generated.defs.get_mut(&described.name) {
            inside(node, &before);
        }
    }
}

/// Closes the root.
pub(super) fn close_root(root: &mut Map<String, Value>, generated: &Generated) {
    let says = ["additionalProperties", "unevaluatedProperties"].iter().any(|it| root.contains_key(*it));
    let own = generated.defs.get(&generated.root);
    if !says && own.is_some_and(|own| of_described(own, generated, 0) == Verdict::Closed) {
        root.insert("unevaluatedProperties".to_owned(), false.into());
    }
}

fn inside(node: &mut Value, generated: &Generated) {
    node::children_mut(node, &mut |child, same_value| {
        inside(child, generated);
        if !same_value
            && verdict(child, generated, 0) == Verdict::Closed
            && let Some(members) = child.as_object_mut()
        {
            members.insert("unevaluatedProperties".to_owned(), false.into());
        }
    });
}

/// What a schema says of the objects among its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// There are none, or it says itself what else they may hold.
    Settled,
    /// They hold what is named, and it may be said that they hold nothing else.
    Closed,
    /// They may hold anything.
    Open,
}

fn verdict(node: &Value, generated: &Generated, depth: u8) -> Verdict {
    let Some(members) = node.as_object() else {
        return if node == &Value::Bool(true) { Verdict::Open } else { Verdict::Settled };
    };
    if members.contains_key("additionalProperties") || members.contains_key("unevaluatedProperties") {
        return Verdict::Settled;
    }
    if let Some(name) = node::definition_name(node) {
        let Some(target) = generated.defs.get(&name).filter(|_| depth < 32) else { return Verdict::Open };
        return match generated.described(&name) {
            Some(_) => of_described(target, generated, depth + 1),
            None if crate::contract::is_well_known(target) => Verdict::Closed,
            // The name of a transparent foreign type may stand for a plain value.
            None if verdict(target, generated, depth + 1) == Verdict::Settled => Verdict::Settled,
            None => Verdict::Open,
        };
    }
    if let Some(kind) = members.get("type") {
        let object =
            kind == "object" || kind.as_array().is_some_and(|kinds| kinds.iter().any(|it| it == "object"));
        if !object {
            return Verdict::Settled;
        }
        return if members.contains_key("properties") { Verdict::Closed } else { Verdict::Open };
    }
    for keyword in ["anyOf", "oneOf"] {
        if let Some(branches) = members.get(keyword).and_then(Value::as_array) {
            let verdicts: Vec<Verdict> =
                branches.iter().map(|it| verdict(it, generated, depth + 1)).collect();
            return if verdicts.contains(&Verdict::Open) {
                Verdict::Open
            } else if verdicts.contains(&Verdict::Closed) {
                Verdict::Closed
            } else {
                Verdict::Settled
            };
        }
    }
    if members.contains_key("enum") || members.contains_key("const") {
        Verdict::Settled
    } else {
        Verdict::Open
    }
}

/// A type of which the members are known writes nothing but them, unless its schema says otherwise.
fn of_described(own: &Value, generated: &Generated, depth: u8) -> Verdict {
    let Some(members) = own.as_object() else { return Verdict::Open };
    if members.contains_key("additionalProperties") || members.contains_key("unevaluatedProperties") {
        return Verdict::Settled;
    }
    if members.get("type").is_some_and(|kind| kind == "object") {
        return Verdict::Closed;
    }
    verdict(own, generated, depth + 1)
}
