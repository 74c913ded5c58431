//! Pointers that tell where a record is wrong and nothing of what stands there.
//!
//! A step of a pointer is a field's name, an index, or the key of a map; and a key is data, perhaps somebody's address. So
//! only names that the type itself declares are told, and every other step becomes `*`.

use std::collections::HashSet;

use serde_json::Value;

/// The names that a type declares at any depth.
#[derive(Debug, Clone, Default)]
pub(crate) struct KnownNames(HashSet<String>);

impl KnownNames {
    /// The names of all properties in a JSON Schema.
    pub(crate) fn of_schema(schema: &Value) -> Self {
        let mut names = HashSet::new();
        collect(schema, &mut names);
        Self(names)
    }

    /// The pointer with each step that is no declared name written as `*`.
    pub(crate) fn without_data(&self, pointer: &str) -> String {
        let mut safe = String::with_capacity(pointer.len());
        for step in pointer.split('/').skip(1) {
            self.push(&mut safe, &step.replace("~1", "/").replace("~0", "~"));
        }
        safe
    }

    /// The same for a path of serde.
    pub(crate) fn of_path(&self, path: &serde_path_to_error::Path) -> String {
        use serde_path_to_error::Segment;
        let mut safe = String::new();
        for segment in path.iter() {
            match segment {
                Segment::Map { key } => self.push(&mut safe, key),
                Segment::Seq { .. } => safe.push_str("/*"),
                // A variant is no step of the document, and an unknown one tells nothing.
                Segment::Enum { .. } | Segment::Unknown => {}
            }
        }
        safe
    }

    fn push(&self, pointer: &mut String, step: &str) {
        pointer.push('/');
        if self.0.contains(step) {
            pointer.push_str(&step.replace('~', "~0").replace('/', "~1"));
        } else {
            pointer.push('*');
        }
    }
}

fn collect(schema: &Value, names: &mut HashSet<String>) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::Object(properties)) = members.get("properties") {
                names.extend(properties.keys().cloned());
            }
            members.values().for_each(|member| collect(member, names));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, names)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_key_of_a_map_never_stands_in_a_pointer() {
        let names = KnownNames::of_schema(&json!({
            "properties": { "by_email": { "additionalProperties": { "$ref": "#/$defs/Sum" } }, "a/b": true },
            "$defs": { "Sum": { "properties": { "amount": {} } } }
        }));
        assert_eq!(names.without_data("/by_email/luis@example.com/amount"), "/by_email/*/amount");
        assert_eq!(names.without_data("/a~1b/3"), "/a~1b/*");
        assert_eq!(names.without_data(""), "");
    }
}
