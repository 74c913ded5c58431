//! A record on one line, as far as there is room: what is guilty stays, the rest is left out first.

use serde_json::Value;

/// The steps of a JSON pointer, as they are meant.
pub(super) fn steps(pointer: &str) -> Vec<String> {
    pointer.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~")).collect()
}

/// The compact JSON of a value; where it takes more than `room` characters, the way to the guilty part and what fits beside it.
pub(super) fn excerpt(value: &Value, guilty: &str, room: usize) -> String {
    on_the_way(value, &steps(guilty), room)
}

fn on_the_way(value: &Value, path: &[String], room: usize) -> String {
    let whole = value.to_string();
    if whole.chars().count() <= room {
        return whole;
    }
    match (value, path) {
        (Value::Object(members), [name, rest @ ..]) if members.contains_key(name) => {
            let key = Value::from(name.as_str()).to_string();
            let inner = on_the_way(&members[name], rest, room.saturating_sub(key.chars().count() + 5));
            if members.len() == 1 { format!("{{{key}:{inner}}}") } else { format!("{{{key}:{inner},…}}") }
        }
        (Value::Object(members), _) => {
            let parts = members.iter().map(|(name, member)| {
                let key = Value::from(name.as_str()).to_string();
                format!("{key}:{}", on_the_way(member, &[], 12))
            });
            format!("{{{}}}", as_fits(parts, room))
        }
        (Value::Array(items), [index, rest @ ..]) => {
            match index.parse::<usize>().ok().and_then(|at| Some((at, items.get(at)?))) {
                Some((at, item)) => {
                    let before = if at > 0 { "…," } else { "" };
                    let after = if at + 1 < items.len() { ",…" } else { "" };
                    format!("[{before}{}{after}]", on_the_way(item, rest, room.saturating_sub(6)))
                }
                None => on_the_way(value, &[], room),
            }
        }
        (Value::Array(items), []) => {
            format!("[{}]", as_fits(items.iter().map(|item| on_the_way(item, &[], 12)), room))
        }
        (Value::String(text), _) => {
            let start: String = text.chars().take(room.saturating_sub(3).max(8)).collect();
            let quoted = Value::from(start).to_string();
            format!("{}…\"", quoted.strip_suffix('"').unwrap_or(&quoted))
        }
        _ => whole,
    }
}

/// The first parts that fit, and a sign that there are more.
fn as_fits(parts: impl Iterator<Item = String>, room: usize) -> String {
    let mut text = String::new();
    for part in parts {
        if text.chars().count() + part.chars().count() + 4 > room {
            text.push_str(if text.is_empty() { "…" } else { ",…" });
            return text;
        }
        if !text.is_empty() {
            text.push(',');
        }
        text.push_str(&part);
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_guilty_stays_and_the_rest_goes() {
        let record = json!({
            "a": "some text that takes room", "b": "some more of it",
            "lines": [{ "n": 1 }, { "n": 2, "price": "-1", "note": "long enough to go" }]
        });
        assert_eq!(excerpt(&record, "/lines/1/price", 1_000), record.to_string());
        assert_eq!(excerpt(&record, "/lines/1/price", 50), r#"{"lines":[…,{"price":"-1",…}],…}"#);
        let gone = excerpt(&record, "/gone", 50);
        assert!(gone.starts_with(r#"{"a":"some text…","#) && gone.ends_with(",…}"), "{gone}");
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(excerpt(&json!("ü".repeat(100)), "", 12), format!("\"{}…\"", "ü".repeat(9)));
        assert_eq!(excerpt(&json!("\"".repeat(100)), "", 12), format!("\"{}…\"", "\\\"".repeat(9)));
    }
}
