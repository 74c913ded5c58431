//! Simpler values than a given one, for whoever looks for the smallest that still fails.

use serde_json::{Map, Value};

/// Simpler values than the given one, the simplest first. They need not be instances of the same schema.
pub fn shrink(value: &Value) -> impl Iterator<Item = Value> + use<> {
    let candidates: Vec<Value> = match value {
        Value::Null => Vec::new(),
        Value::Bool(flag) => {
            if *flag {
                vec![Value::Bool(false)]
            } else {
                Vec::new()
            }
        }
        Value::Number(number) => {
            let mut simpler = Vec::new();
            if let Some(number) = number.as_i64() {
                simpler.extend([0, number / 2, number - number.signum()].map(Value::from));
            } else if let Some(number) = number.as_u64() {
                simpler.extend([0, number / 2, number - 1].map(Value::from));
            } else if let Some(number) = number.as_f64() {
                simpler.push(Value::from(0));
                let whole = number.trunc();
                // Within this range a float and an integer mean the same number.
                if whole.abs() < 9e15 {
                    #[expect(clippy::cast_possible_truncation, reason = "the range is checked above")]
                    simpler.push(Value::from(whole as i64));
                }
                simpler.extend(serde_json::Number::from_f64(number / 2.0).map(Value::Number));
            }
            simpler.retain(|other| other != value);
            simpler
        }
        Value::String(text) => texts(text).into_iter().map(Value::String).collect(),
        Value::Array(items) => arrays(items),
        Value::Object(members) => objects(members),
    };
    candidates.into_iter()
}

fn texts(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let half = chars.len() / 2;
    let mut simpler: Vec<String> = Vec::new();
    if !chars.is_empty() {
        simpler.push(String::new());
        simpler.push(chars.iter().take(half).collect());
        simpler.push(chars.iter().skip(half).collect());
        simpler.push(chars.iter().take(chars.len() - 1).collect());
        simpler.push("a".repeat(chars.len()));
    }
    simpler.retain(|other| other != text);
    simpler.dedup();
    simpler
}

fn arrays(items: &[Value]) -> Vec<Value> {
    let mut simpler = Vec::new();
    if items.is_empty() {
        return simpler;
    }
    simpler.push(Value::Array(Vec::new()));
    if items.len() > 2 {
        simpler.push(items[..items.len() / 2].to_vec().into());
        simpler.push(items[items.len() / 2..].to_vec().into());
    }
    for index in 0..items.len() {
        let mut shorter = items.to_vec();
        shorter.remove(index);
        simpler.push(Value::Array(shorter));
    }
    for (index, item) in items.iter().enumerate() {
        for smaller in shrink(item) {
            let mut changed = items.to_vec();
            changed[index] = smaller;
            simpler.push(Value::Array(changed));
        }
    }
    simpler
}

fn objects(members: &Map<String, Value>) -> Vec<Value> {
    let mut simpler = Vec::new();
    if members.len() > 1 {
        simpler.push(Value::Object(Map::new()));
    }
    for name in members.keys() {
        let mut fewer = members.clone();
        fewer.remove(name);
        simpler.push(Value::Object(fewer));
    }
    for (name, member) in members {
        for smaller in shrink(member) {
            let mut changed = members.clone();
            changed.insert(name.clone(), smaller);
            simpler.push(Value::Object(changed));
        }
    }
    simpler
}
