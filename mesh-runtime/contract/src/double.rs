//! Numbers that survive a 64-bit float: a document holds no others, as every reader of JSON may read them into one.

use std::fmt;

use serde_json::Value;

/// A number that a double cannot hold, so that two readers of a document would see two values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotExact {
    /// Where it stands, as a JSON pointer.
    pub pointer: String,
    /// As it was written.
    pub number: String,
}

impl fmt::Display for NotExact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at `{}`: {}", self.pointer, not_exact(&self.number))
    }
}

impl std::error::Error for NotExact {}

/// Refuses the first number of a value that does not survive a 64-bit float unchanged.
///
/// # Errors
/// With that number and its pointer.
pub fn check_numbers(value: &Value) -> Result<(), NotExact> {
    // Nearly every value passes, so no pointer is kept on the way.
    if all_survive(value) { Ok(()) } else { first_lost(value, &mut String::new()) }
}

fn all_survive(value: &Value) -> bool {
    match value {
        Value::Number(number) => survives(number),
        Value::Array(items) => items.iter().all(all_survive),
        Value::Object(members) => members.values().all(all_survive),
        _ => true,
    }
}

fn first_lost(value: &Value, pointer: &mut String) -> Result<(), NotExact> {
    match value {
        Value::Number(number) if !survives(number) => {
            Err(NotExact { pointer: pointer.clone(), number: number.to_string() })
        }
        Value::Array(items) => items.iter().enumerate().try_for_each(|(index, item)| {
            below(pointer, &index.to_string(), |pointer| first_lost(item, pointer))
        }),
        Value::Object(members) => members
            .iter()
            .try_for_each(|(name, member)| below(pointer, name, |pointer| first_lost(member, pointer))),
        _ => Ok(()),
    }
}

fn below<T>(pointer: &mut String, step: &str, then: impl FnOnce(&mut String) -> T) -> T {
    let length = pointer.len();
    pointer.push('/');
    pointer.push_str(&step.replace('~', "~0").replace('/', "~1"));
    let answer = then(pointer);
    pointer.truncate(length);
    answer
}

/// What to say of a number that is not the same after a way through a 64-bit float.
pub(crate) fn not_exact(number: impl fmt::Display) -> String {
    format!("the number {number} does not survive a 64-bit float; write it as text, or choose one that does")
}

/// Whether a number is the same after a way through a 64-bit float.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "the cast there and back is the test"
)]
pub(crate) fn survives(number: &serde_json::Number) -> bool {
    // The bound keeps out the one integer of each sort whose double lies beyond the sort's range, where casts saturate.
    if let Some(whole) = number.as_i64() {
        let double = whole as f64;
        double < 9_223_372_036_854_775_808.0 && double as i64 == whole
    } else if let Some(whole) = number.as_u64() {
        let double = whole as f64;
        double < 18_446_744_073_709_551_616.0 && double as u64 == whole
    } else {
        number.as_f64().is_some_and(f64::is_finite)
    }
}
