//! From a value that fails to the simplest one that still does.

use mesh_contract::judge::shrink as simpler;
use serde_json::Value;

/// How many values are tried on the way.
const TRIES: usize = 4_000;

/// The simplest value that is found to fail, with what is told of it. `told` answers for a value that fails.
pub(super) fn shrink(
    mut value: Value,
    mut told: String,
    fails: impl Fn(&Value) -> Option<String>,
) -> (Value, String) {
    let mut left = TRIES;
    'simpler: loop {
        for candidate in simpler(&value) {
            if left == 0 {
                break 'simpler;
            }
            left -= 1;
            if let Some(tells) = fails(&candidate) {
                (value, told) = (candidate, tells);
                continue 'simpler;
            }
        }
        break;
    }
    (value, told)
}

/// A value as it is shown in a message: short ones on one line.
pub(super) fn shown(value: &Value) -> String {
    let line = value.to_string();
    if line.chars().count() <= 100 {
        return line;
    }
    let pretty = serde_json::to_string_pretty(value).unwrap_or(line);
    let cut: Vec<&str> = pretty.lines().take(40).collect();
    let more = if pretty.lines().nth(40).is_some() { "\n..." } else { "" };
    format!("{}{more}", cut.join("\n"))
}
