//! JSON values compared as JSON Schema compares them: `1` equals `1.0`, and members have no order.

use std::cmp::Ordering;
use std::fmt::Write as _;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde_json::Value;

use super::number::Decimal;

/// A value of `const` or `enum`, with a text that equal values share.
#[derive(Debug, Clone)]
pub(crate) struct Constant {
    key: Arc<str>,
    value: Arc<Value>,
}

impl Constant {
    pub(crate) fn new(value: &Value) -> Self {
        Self { key: key(value).into(), value: Arc::new(value.clone()) }
    }

    pub(crate) fn value(&self) -> &Value {
        &self.value
    }
}

impl PartialEq for Constant {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Constant {}

impl Hash for Constant {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl PartialOrd for Constant {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Constant {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key)
    }
}

/// The text that equal values share, and different values do not.
pub(crate) fn key(value: &Value) -> String {
    let mut text = String::new();
    write_key(value, &mut text);
    text
}

fn write_key(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push('z'),
        Value::Bool(true) => out.push('t'),
        Value::Bool(false) => out.push('f'),
        Value::Number(number) => {
            // Writing into a string cannot fail.
            let _ = write!(out, "n{:?};", Decimal::from_number(number));
        }
        Value::String(text) => {
            let _ = write!(out, "s{}:{text}", text.len());
        }
        Value::Array(items) => {
            out.push('[');
            for item in items {
                write_key(item, out);
            }
            out.push(']');
        }
        Value::Object(members) => {
            let mut names: Vec<_> = members.iter().collect();
            names.sort_by(|left, right| left.0.cmp(right.0));
            out.push('{');
            for (name, member) in names {
                let _ = write!(out, "{}:{name}", name.len());
                write_key(member, out);
            }
            out.push('}');
        }
    }
}

/// Equality in the sense of JSON Schema.
pub(crate) fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            left == right || Decimal::from_number(left) == Decimal::from_number(right)
        }
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| equal(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(name, left)| right.get(name).is_some_and(|right| equal(left, right)))
        }
        _ => left == right,
    }
}
