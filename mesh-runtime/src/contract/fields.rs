//! Which fields a reader reads, from the schema of what it takes.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::schema::{ALIAS_COMMENT, definition_name};

/// The JSON pointers of the fields that a schema names, sorted, the innermost only; `*` stands for each item of a list
/// and each value of a map. A recursive type is not entered again below itself.
pub fn fields_read(schema: &Value) -> Vec<String> {
    let nothing = Map::new();
    let defs = schema.get("$defs").and_then(Value::as_object).unwrap_or(&nothing);
    let mut pointers = BTreeSet::new();
    Walk { defs, above: Vec::new(), pointers: &mut pointers }.below(schema, "");
    pointers.into_iter().collect()
}

struct Walk<'s> {
    defs: &'s Map<String, Value>,
    above: Vec<String>,
    pointers: &'s mut BTreeSet<String>,
}

impl Walk<'_> {
    /// Adds what is read below a place; tells whether anything was named there.
    fn below(&mut self, node: &Value, at: &str) -> bool {
        let mut named = false;
        if let Some(name) = definition_name(node)
            && let Some(target) = self.defs.get(&name)
        {
            if self.above.contains(&name) {
                return false;
            }
            self.above.push(name);
            named |= self.below(target, at);
            self.above.pop();
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            for branch in node.get(keyword).and_then(Value::as_array).into_iter().flatten() {
                named |= self.below(branch, at);
            }
        }
        for (name, member) in node.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let comment = member.get("$comment").and_then(Value::as_str);
            if !comment.is_some_and(|comment| comment.starts_with(ALIAS_COMMENT)) {
                named = true;
                self.leaf(member, format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")));
            }
        }
        for keyword in ["items", "additionalProperties"] {
            if let Some(each) = node.get(keyword).filter(|each| each.is_object()) {
                named |= self.below(each, &format!("{at}/*"));
            }
        }
        for (index, item) in
            node.get("prefixItems").and_then(Value::as_array).into_iter().flatten().enumerate()
        {
            named |= self.below(item, &format!("{at}/{index}"));
        }
        named
    }

    fn leaf(&mut self, member: &Value, pointer: String) {
        if !self.below(member, &pointer) {
            self.pointers.insert(pointer);
        }
    }
}
