//! Where in the document each node comes from.
//!
//! The graph that is compared forgets it, because equal schemas are one node there. Whoever has to say which keyword of
//! which schema a value breaks compiles the document once more, with a node for each schema object.

use serde_json::Value;

use super::compile::DEEPEST;
use super::hash::FastMap;
use super::resolve::address;
use super::schema::Node;

/// Where a schema stands, and how its keywords are written there.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// JSON pointer into the document.
    pub(crate) pointer: String,
    /// The name of each keyword of the node, in the node's order.
    pub(crate) names: Vec<&'static str>,
}

/// The places of all nodes.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    pointers: FastMap<usize, String>,
    places: FastMap<Node, Place>,
}

impl Trace {
    pub(crate) fn new(document: &Value) -> Self {
        let mut trace = Self::default();
        trace.walk(document, &mut String::new(), 0);
        trace
    }

    fn walk(&mut self, value: &Value, pointer: &mut String, depth: usize) {
        // A schema stands below two levels of JSON at most, and deeper ones are refused anyway.
        if depth > 3 * DEEPEST {
            return;
        }
        self.pointers.insert(address(value), pointer.clone());
        let length = pointer.len();
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    push_token(pointer, name);
                    self.walk(member, pointer, depth + 1);
                    pointer.truncate(length);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    push_token(pointer, &index.to_string());
                    self.walk(item, pointer, depth + 1);
                    pointer.truncate(length);
                }
            }
            _ => {}
        }
    }

    /// Notes where a node comes from; a schema of another document has no place.
    pub(crate) fn note(&mut self, node: Node, schema: &Value, names: Vec<&'static str>) {
        if let Some(pointer) = self.pointers.get(&address(schema)) {
            self.places.insert(node, Place { pointer: pointer.clone(), names });
        }
    }

    pub(crate) fn place(&self, node: Node) -> Option<&Place> {
        self.places.get(&node)
    }
}

/// Adds a step to a JSON pointer.
pub(crate) fn push_token(pointer: &mut String, token: &str) {
    pointer.push('/');
    for char in token.chars() {
        match char {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            other => pointer.push(other),
        }
    }
}

/// The names of all keywords that assert something.
const NAMES: &[&str] = &[
    "$dynamicRef",
    "$recursiveRef",
    "$ref",
    "additionalItems",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "contains",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "if",
    "items",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "oneOf",
    "pattern",
    "patternProperties",
    "prefixItems",
    "properties",
    "propertyNames",
    "required",
    "type",
    "unevaluatedItems",
    "unevaluatedProperties",
    "uniqueItems",
];

/// The name of a keyword, for as long as the program runs.
pub(crate) fn name_of(written: &str) -> &'static str {
    NAMES.binary_search(&written).ok().and_then(|place| NAMES.get(place)).copied().unwrap_or("schema")
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_names_are_sorted_so_that_each_is_found() {
        assert!(super::NAMES.is_sorted());
        assert!(super::NAMES.iter().all(|name| super::name_of(name) == *name));
    }
}
