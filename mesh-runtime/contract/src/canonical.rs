//! Canonical JSON (RFC 8785): one text for each value, whatever the order of members or the notation of numbers.

use serde_json::Value;

/// A number that a double cannot hold, so that two readers of a document would see two values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the number {number} at `{pointer}` does not survive a 64-bit float; write it as text, or choose one that does"
)]
pub struct NotExact {
    /// Where it stands, as a JSON pointer.
    pub pointer: String,
    /// As it was written.
    pub number: String,
}

/// The canonical text of a value.
///
/// # Errors
/// When a number does not survive a 64-bit float unchanged.
pub fn canonical(value: &Value) -> Result<Vec<u8>, NotExact> {
    check_numbers(value, &mut String::new())?;
    Ok(serde_json_canonicalizer::to_vec(value).expect("every number was found to be a finite double"))
}

/// Refuses the first number of a value that does not survive a 64-bit float unchanged.
///
/// # Errors
/// With that number and its pointer.
pub fn check_numbers(value: &Value, pointer: &mut String) -> Result<(), NotExact> {
    match value {
        Value::Number(number) if !survives(number) => {
            Err(NotExact { pointer: pointer.clone(), number: number.to_string() })
        }
        Value::Array(items) => items.iter().enumerate().try_for_each(|(index, item)| {
            below(pointer, &index.to_string(), |pointer| check_numbers(item, pointer))
        }),
        Value::Object(members) => members
            .iter()
            .try_for_each(|(name, member)| below(pointer, name, |pointer| check_numbers(member, pointer))),
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

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "the cast there and back is the test"
)]
fn survives(number: &serde_json::Number) -> bool {
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
