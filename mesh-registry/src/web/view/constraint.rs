//! What a schema demands of a value, in words: only what its logical type does not say already.

use mesh_contract::LogicalType;
use serde_json::Value;

/// One demand: words, and perhaps something to set as code behind them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraint {
    /// The words.
    pub words: String,
    /// What follows them, letter by letter.
    pub code: Option<String>,
}

fn words(words: String) -> Constraint {
    Constraint { words, code: None }
}

fn coded(words: &str, code: String) -> Constraint {
    Constraint { words: words.to_owned(), code: Some(code) }
}

/// How many values of an enumeration are named before the rest is counted.
const NAMED_VALUES: usize = 12;

/// The demands of a resolved schema, the bounds of an exact number given beside it.
pub fn constraints(
    schema: &Value,
    logical: &LogicalType,
    min: Option<&str>,
    max: Option<&str>,
) -> Vec<Constraint> {
    let mut found = Vec::new();
    let number = |keyword: &str| schema.get(keyword).filter(|value| value.is_number()).map(Value::to_string);
    let (least, greatest) = implied_bounds(logical);
    let implied = |value: &String, bound: Option<i128>| bound.is_some_and(|bound| is(value, bound));
    let low = min.map(str::to_owned).or_else(|| number("minimum").filter(|value| !implied(value, least)));
    let high = max.map(str::to_owned).or_else(|| number("maximum").filter(|value| !implied(value, greatest)));
    found.extend(range(low, high, "").map(words));
    found.extend(number("exclusiveMinimum").map(|bound| words(format!("more than {bound}"))));
    let below = number("exclusiveMaximum").filter(|bound| !implied_end(bound, greatest));
    found.extend(below.map(|bound| words(format!("less than {bound}"))));
    found.extend(number("multipleOf").map(|step| words(format!("a multiple of {step}"))));
    found.extend(range(number("minLength"), number("maxLength"), "character").map(words));
    found.extend(range(number("minItems"), number("maxItems"), "item").map(words));
    found.extend(range(number("minProperties"), number("maxProperties"), "member").map(words));
    if schema.get("uniqueItems") == Some(&Value::Bool(true)) {
        found.push(words("no item twice".to_owned()));
    }
    let text = |keyword: &str| schema.get(keyword).and_then(Value::as_str);
    let says_its_form =
        matches!(logical, LogicalType::Decimal { .. } | LogicalType::LocalTimestamp | LogicalType::Time);
    if let Some(pattern) = text("pattern").filter(|_| !says_its_form) {
        found.push(coded("matches", pattern.to_owned()));
    }
    if let Some(format) = text("format").filter(|format| !is_implied_format(format)) {
        found.push(coded("format", format.to_owned()));
    }
    if let Some(value) = schema.get("const") {
        found.push(coded("always", value.to_string()));
    }
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        let mut list = values.iter().take(NAMED_VALUES).map(Value::to_string).collect::<Vec<_>>().join(", ");
        if values.len() > NAMED_VALUES {
            list.push_str(&format!(" and {} more", values.len() - NAMED_VALUES));
        }
        found.push(coded("one of", list));
    }
    found
}

fn range(low: Option<String>, high: Option<String>, noun: &str) -> Option<String> {
    let counted = |number: &str| match noun {
        "" => String::new(),
        _ if number == "1" => format!(" {noun}"),
        _ => format!(" {noun}s"),
    };
    Some(match (low, high) {
        (Some(low), Some(high)) if low == high => format!("exactly {low}{}", counted(&low)),
        (Some(low), Some(high)) => format!("{low} to {high}{}", counted(&high)),
        (Some(low), None) => format!("at least {low}{}", counted(&low)),
        (None, Some(high)) => format!("at most {high}{}", counted(&high)),
        (None, None) => return None,
    })
}

fn implied_bounds(logical: &LogicalType) -> (Option<i128>, Option<i128>) {
    let (low, high) = match logical {
        LogicalType::Int8 => (i128::from(i8::MIN), i128::from(i8::MAX)),
        LogicalType::Int16 => (i128::from(i16::MIN), i128::from(i16::MAX)),
        LogicalType::Int32 => (i128::from(i32::MIN), i128::from(i32::MAX)),
        LogicalType::Int64 => (i128::from(i64::MIN), i128::from(i64::MAX)),
        LogicalType::Uint8 => (0, i128::from(u8::MAX)),
        LogicalType::Uint16 => (0, i128::from(u16::MAX)),
        LogicalType::Uint32 => (0, i128::from(u32::MAX)),
        LogicalType::Uint64 => (0, i128::from(u64::MAX)),
        _ => return (None, None),
    };
    (Some(low), Some(high))
}

/// Whether a bound is the first number beyond a type. The greatest numbers of 64 bits are none that a double holds, so schemas
/// say that a value is less than the power of two behind them.
fn implied_end(bound: &str, greatest: Option<i128>) -> bool {
    greatest.is_some_and(|greatest| is(bound, greatest + 1))
}

/// Whether a number of a schema is this one, digit by digit or, where it is written with a power, as a double.
#[expect(clippy::cast_precision_loss, reason = "only powers of two are written that way, and they are exact")]
fn is(written: &str, number: i128) -> bool {
    match written.parse::<i128>() {
        Ok(whole) => whole == number,
        Err(_) => written.parse() == Ok(number as f64),
    }
}

fn is_implied_format(format: &str) -> bool {
    let machine = ["int", "uint"].iter().any(|prefix| {
        format.strip_prefix(prefix).is_some_and(|bits| bits.is_empty() || bits.parse::<u16>().is_ok())
    });
    machine
        || matches!(
            format,
            "float"
                | "double"
                | "uuid"
                | "date"
                | "time"
                | "date-time"
                | "duration"
                | "partial-date-time"
                | "partial-time"
        )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(schema: &Value, logical: &LogicalType) -> Vec<String> {
        constraints(schema, logical, None, None)
            .into_iter()
            .map(|c| c.code.map_or(c.words.clone(), |code| format!("{} {code}", c.words)))
            .collect()
    }

    #[test]
    fn a_type_that_says_it_already_is_not_repeated() {
        let schema = json!({"type": "integer", "format": "uint16", "minimum": 0, "maximum": 65535});
        assert_eq!(said(&schema, &LogicalType::Uint16), Vec::<String>::new());
        let narrower = json!({"type": "integer", "format": "uint16", "minimum": 1, "maximum": 65535});
        assert_eq!(said(&narrower, &LogicalType::Uint16), ["at least 1"]);
        let wide = json!({"type": "integer", "minimum": 0, "exclusiveMaximum": 18_446_744_073_709_551_616.0});
        assert_eq!(said(&wide, &LogicalType::Uint64), Vec::<String>::new());
        let signed =
            json!({"minimum": -9_223_372_036_854_775_808.0, "exclusiveMaximum": 9_223_372_036_854_775_808.0});
        assert_eq!(said(&signed, &LogicalType::Int64), Vec::<String>::new());
        let local = json!({"format": "partial-time", "pattern": "^[0-2][0-9]:[0-5][0-9]$"});
        assert_eq!(said(&local, &LogicalType::Time), Vec::<String>::new());
        let less = json!({"type": "integer", "minimum": 0, "exclusiveMaximum": 4_294_967_296_u64});
        assert_eq!(said(&less, &LogicalType::Uint64), ["less than 4294967296"]);
    }

    #[test]
    fn demands_read_as_words() {
        let text = json!({"minLength": 6, "maxLength": 12, "pattern": "^[A-Z]+$", "format": "email"});
        assert_eq!(
            said(&text, &LogicalType::String),
            ["6 to 12 characters", "matches ^[A-Z]+$", "format email"]
        );
        assert_eq!(said(&json!({"minItems": 1, "maxItems": 1}), &LogicalType::String), ["exactly 1 item"]);
        assert_eq!(said(&json!({"enum": ["a", 2]}), &LogicalType::String), ["one of \"a\", 2"]);
        assert_eq!(said(&json!({"exclusiveMinimum": 0.5}), &LogicalType::Float64), ["more than 0.5"]);
    }

    #[test]
    fn the_bounds_of_an_exact_number_are_those_of_its_meaning() {
        let decimal = LogicalType::Decimal { precision: 18, scale: 2 };
        let found = constraints(&json!({"pattern": "^.*$"}), &decimal, Some("0"), Some("99.50"));
        assert_eq!(found, [words("0 to 99.50".to_owned())]);
    }

    #[test]
    fn a_schema_of_any_shape_is_read_without_complaint() {
        for schema in [json!(true), json!(null), json!([]), json!({"minimum": "x", "enum": 3, "pattern": 1})]
        {
            assert_eq!(said(&schema, &LogicalType::Json), Vec::<String>::new());
        }
    }
}
