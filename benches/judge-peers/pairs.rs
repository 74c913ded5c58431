//! The pairs that both programs judge, and how they are timed.

use std::hint::black_box;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

/// Two schemas as text: is every instance of the first an instance of the second?
pub struct Pair {
    pub name: String,
    pub sub: String,
    pub sup: String,
}

/// A contract of many kinds of fields, and the same with one field narrowed and one added; asked in both directions.
pub fn pairs() -> Vec<Pair> {
    let mut pairs = Vec::new();
    for fields in [30, 100, 1_000, 10_000] {
        let (new, old) = (contract(fields, true).to_string(), contract(fields, false).to_string());
        pairs.push(Pair { name: format!("compatible {fields}"), sub: new.clone(), sup: old.clone() });
        pairs.push(Pair { name: format!("breaking {fields}"), sub: old, sup: new });
    }
    pairs
}

fn contract(fields: usize, change: bool) -> Value {
    let mut properties = Map::new();
    for number in 0..fields {
        let field = match number % 6 {
            0 => json!({ "type": "integer", "minimum": 0, "maximum": 1_000_000, "description": "A number." }),
            1 => json!({ "type": ["string", "null"], "maxLength": 200 + number }),
            2 => json!({ "type": "string", "format": "date-time" }),
            3 => json!({ "type": "array", "items": { "$ref": "#/$defs/Line" } }),
            4 => json!({ "enum": ["open", "closed", format!("state-{number}")] }),
            _ => json!({ "type": "string", "pattern": "^[A-Z]{2}[0-9]+$" }),
        };
        properties.insert(format!("field_{number:05}"), field);
    }
    let required: Vec<Value> =
        properties.keys().filter(|name| !name.ends_with('1')).cloned().map(Value::from).collect();
    if change {
        properties["field_00001"] = json!({ "type": "string", "maxLength": 50 });
        properties.insert("added".to_owned(), json!({ "type": "boolean" }));
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": properties,
        "required": required,
        "$defs": { "Line": {
            "type": "object",
            "properties": { "sku": { "type": "string" }, "quantity": { "type": "integer", "minimum": 1 } },
            "required": ["sku", "quantity"]
        } }
    })
}

/// The median of as many runs as fit into a second, of three at least.
pub fn median<T>(mut work: impl FnMut() -> T) -> Duration {
    let begin = Instant::now();
    let mut times = Vec::new();
    while times.len() < 3 || (begin.elapsed() < Duration::from_secs(1) && times.len() < 2_000) {
        let start = Instant::now();
        black_box(work());
        times.push(start.elapsed());
    }
    times.sort();
    times[times.len() / 2]
}

pub fn parse(text: &str) -> Value {
    serde_json::from_str(text).expect("the pairs are JSON")
}

/// One line of the table.
pub fn tell(who: &str, pair: &Pair, parsed: Duration, with_parsing: Duration, answer: &str) {
    println!("{:<16} {who:<14} {parsed:>12.1?} parsed {with_parsing:>12.1?} with parsing   {answer}", pair.name);
}
