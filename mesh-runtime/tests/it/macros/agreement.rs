//! `validate()` says of a value what a JSON Schema validator says of what is written of it.
//!
//! Values are generated a little beyond what the schema allows, read as the type, written again, and held against both.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use mesh_runtime::contract::emits_schema;
use mesh_runtime::model::judge::{Instances, Options};
use mesh_runtime::prelude::*;
use serde_json::{Value, json};

const MOST: usize = 4;

/// Constraints of every sort on fields of every sort.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
#[serde(rename_all = "camelCase")]
struct Everything {
    /// A text between two lengths.
    #[schemars(length(min = 1, max = MOST))]
    short_text: String,
    /// A text of one length, if there is one.
    #[schemars(length(equal = 2))]
    country: Option<String>,
    /// Texts, each of them short.
    #[schemars(length(min = 1, max = 3), inner(length(max = 2)))]
    words: Vec<String>,
    /// Lists of numbers.
    #[schemars(inner(length(min = 1), inner(range(max = 3))))]
    grid: Option<Vec<Vec<i8>>>,
    /// Each once.
    #[schemars(length(max = 2))]
    set: BTreeSet<u8>,
    /// A text of a form.
    #[schemars(regex(pattern = "^[a-c]+-é?$"))]
    code: String,
    /// A text with something in it.
    #[schemars(contains("a."))]
    sentence: Cow<'static, str>,
    /// A whole number.
    #[schemars(range(min = 2, max = 5))]
    small: u32,
    /// A whole number below a fraction.
    #[schemars(range(min = -1.5, max = 2.5))]
    signed: i64,
    /// A fraction.
    #[schemars(range(min = 0.1, max = 1))]
    share: f64,
    /// A short fraction.
    #[schemars(range(max = 0.3))]
    single: Option<f32>,
    /// Always there.
    #[schemars(required)]
    present: Option<u8>,
    /// Left out where it is empty, and never one alone.
    #[schemars(length(min = 2))]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<u8>,
    /// Left out where there is none.
    #[schemars(length(min = 2))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    maybe: Option<String>,
    /// A day, written as text.
    #[schemars(length(max = 10))]
    day: chrono::NaiveDate,
    /// Written otherwise.
    #[schemars(with = "String", length(max = 3))]
    #[serde(serialize_with = "doubled", deserialize_with = "halved")]
    twice: String,
    /// A number by its name.
    by_name: BTreeMap<String, Part>,
    /// A part by its number.
    by_number: HashMap<u16, Vec<Part>>,
    /// Perhaps a part.
    boxed: Option<Box<Part>>,
    /// A name that has its own rules.
    name: Name,
    /// Two of a sort.
    pair: Pair,
    /// One of many, by member.
    external: External,
    /// One of many, by a member within.
    internal: Internal,
    /// One of many, side by side.
    adjacent: Adjacent,
    /// One of many, by shape.
    untagged: Untagged,
    /// Parts, a few at a time.
    page: Page<Part>,
    #[serde(flatten)]
    more: More,
}

fn doubled<S: serde::Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text.repeat(2))
}

fn halved<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    Ok(text.chars().take(text.chars().count() / 2).collect())
}

/// A part.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
struct Part {
    /// How many.
    #[validate(range(min = 1, max = 3))]
    #[serde(rename = "how/many")]
    count: u8,
    /// Parts of it.
    #[garde(length(max = 1))]
    #[serde(default)]
    parts: Vec<Part>,
}

/// A name.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
struct Name(#[schemars(length(min = 1, max = 2))] String);

/// Two values.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
struct Pair(
    /// A number.
    #[schemars(range(max = 7))]
    u8,
    /// A name.
    Name,
);

/// By member.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
enum External {
    /// Nothing.
    Nothing,
    /// A name.
    Named(Name),
    /// A number.
    Number(#[schemars(range(min = 3))] u8),
    /// Two.
    Two(
        /// The first.
        #[schemars(length(max = 1))]
        String,
        /// The second.
        Name,
    ),
    /// A struct.
    Struct {
        /// A part.
        part: Part,
        /// A text.
        #[schemars(length(max = 1))]
        text: String,
    },
}

/// By a member within.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
#[serde(tag = "is")]
enum Internal {
    /// A part.
    Whole(Part),
    /// A text.
    Text {
        /// It.
        #[schemars(length(min = 1, max = 2))]
        text: String,
    },
}

/// Side by side.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
#[serde(tag = "is", content = "it")]
enum Adjacent {
    /// A part.
    Whole(Part),
    /// A text.
    Text(#[schemars(length(min = 1, max = 2))] String),
}

/// By shape.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
#[serde(untagged)]
enum Untagged {
    /// A number.
    Number(#[schemars(range(min = 1))] u8),
    /// A text.
    Text(#[schemars(length(max = 2))] String),
}

/// Some of many.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
struct Page<T> {
    /// The items.
    #[schemars(length(max = 2))]
    items: Vec<T>,
}

/// Flattened in.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
struct More {
    /// One more.
    #[schemars(length(max = 1))]
    extra: String,
    #[serde(flatten)]
    rest: BTreeMap<String, Name>,
}

/// A schema that admits a little more: bounds moved by one, patterns gone.
fn relaxed(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => members
            .iter()
            .filter(|(name, value)| *name != "pattern" || !value.is_string())
            .map(|(name, value)| {
                // Names of members stay what the keys of the map can be.
                if name == "propertyNames" {
                    return (name.clone(), value.clone());
                }
                let by = match name.as_str() {
                    "minLength" | "minItems" | "minimum" => -1,
                    "maxLength" | "maxItems" | "maximum" => 1,
                    _ => 0,
                };
                let moved = match (by, value.as_i64(), value.as_f64()) {
                    (0, _, _) => relaxed(value),
                    (by, Some(bound), _) if name.ends_with("imum") => json!(bound + by),
                    (by, Some(bound), _) => json!((bound + by).max(0)),
                    (by, None, Some(bound)) => json!(bound + by as f64),
                    _ => value.clone(),
                };
                (name.clone(), moved)
            })
            .collect(),
        Value::Array(items) => items.iter().map(relaxed).collect(),
        other => other.clone(),
    }
}

/// What a validator says, place by place; `None` where a choice between schemas hides the places.
fn told_by_schema(validator: &jsonschema::Validator, value: &Value) -> Option<BTreeSet<(String, String)>> {
    let mut told = BTreeSet::new();
    for error in validator.iter_errors(value) {
        let keyword = error.kind().keyword().to_owned();
        match keyword.as_str() {
            "anyOf" | "oneOf" => return None,
            // Members go unevaluated where the schema that names them did not hold; it is told by itself.
            "unevaluatedProperties" => {}
            _ => {
                told.insert((error.instance_path().to_string(), keyword));
            }
        }
    }
    Some(told)
}

/// A value as it goes over the wire: by text, where a short fraction has few digits.
fn written(value: &Everything) -> Value {
    let text = serde_json::to_string(value).expect("it can be written");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn the_checks_agree_with_a_json_schema_validator() {
    let schema = emits_schema::<Everything>();
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let relaxed = relaxed(&mesh_runtime::contract::accepts_schema::<Everything>());
    let instances = Instances::new(&relaxed, 11, &Options::default()).expect("a schema");
    let (mut read, mut kept, mut compared) = (0, 0, 0);
    let mut turn = 0_usize;
    for instance in instances.take(1_000) {
        // A sound value with a few of its members replaced; `format` promises nothing to a schema, so days stay as they are.
        let mut changed = written(&sound());
        let members: Vec<_> =
            instance.as_object().into_iter().flatten().filter(|(name, _)| *name != "day").collect();
        for _ in 0..=turn % 3 {
            turn = turn.wrapping_mul(31).wrapping_add(17);
            if let Some((name, value)) = members.get(turn % members.len().max(1)) {
                changed[name.as_str()] = (*value).clone();
            }
        }
        let Ok(record) = serde_json::from_value::<Everything>(changed) else { continue };
        read += 1;
        let written = written(&record);
        let violations = record.validate().err().unwrap_or_default();
        let ours: BTreeSet<_> =
            violations.as_slice().iter().map(|it| (it.pointer.clone(), it.keyword.to_owned())).collect();
        assert_eq!(
            ours.is_empty(),
            validator.is_valid(&written),
            "{written:#}\nours: {ours:#?}\ntheirs: {:#?}",
            told_by_schema(&validator, &written)
        );
        kept += usize::from(ours.is_empty());
        if let Some(theirs) = told_by_schema(&validator, &written) {
            assert_eq!(ours, theirs, "{written:#}");
            compared += usize::from(!theirs.is_empty());
        }
    }
    assert!(read > 500 && kept > 100 && compared > 200, "read {read}, kept {kept}, compared {compared}");
}

/// A value that keeps every promise.
fn sound() -> Everything {
    let part = json!({ "how/many": 1 });
    serde_json::from_value(json!({
        "shortText": "ééé", "country": null, "words": ["😀😀"], "grid": [[3]], "set": [1, 2], "code": "abc-é",
        "sentence": "a.", "small": 2, "signed": -1, "share": 0.1, "single": 0.3, "present": 0, "day": "2026-11-22",
        "twice": "", "byName": { "a": part }, "byNumber": {}, "boxed": null, "name": "x", "pair": [7, "y"],
        "external": "Nothing", "internal": { "is": "Text", "text": "é" }, "adjacent": { "is": "Text", "it": "é" },
        "untagged": 1, "page": { "items": [part] }, "extra": "", "z": "zz",
    }))
    .expect("a value")
}

/// The places and keywords that a change breaks, by us and by a validator.
#[track_caller]
fn breaks(change: impl FnOnce(&mut Everything), expected: &[(&str, &str)]) {
    let mut value = sound();
    change(&mut value);
    let violations = value.validate().err().unwrap_or_default();
    let told: Vec<_> = violations.as_slice().iter().map(|it| (it.pointer.as_str(), it.keyword)).collect();
    assert_eq!(told, expected);
    let validator = jsonschema::validator_for(&emits_schema::<Everything>()).expect("a schema");
    let written = written(&value);
    if let Some(theirs) = told_by_schema(&validator, &written) {
        let ours: BTreeSet<_> =
            told.iter().map(|(at, keyword)| ((*at).to_owned(), (*keyword).to_owned())).collect();
        assert_eq!(ours, theirs);
    }
}

#[test]
fn every_constraint_stands_in_both_schemas() {
    crate::schema::agreement::agrees::<Everything>();
}

#[test]
fn lengths_are_counted_in_code_points() {
    breaks(|value| value.short_text = "😀😀😀😀".to_owned(), &[]);
    breaks(|value| value.short_text = "😀😀😀😀😀".to_owned(), &[("/shortText", "maxLength")]);
    breaks(|value| value.short_text = String::new(), &[("/shortText", "minLength")]);
    breaks(|value| value.country = Some("é".to_owned()), &[("/country", "minLength")]);
}

#[test]
fn every_violation_is_told_with_its_place() {
    breaks(
        |value| {
            value.words = vec!["ab".to_owned(), "abc".to_owned()];
            value.by_name.insert(
                "a/b".to_owned(),
                Part { count: 0, parts: vec![Part { count: 9, parts: Vec::new() }] },
            );
            value.pair.1.0 = "long".to_owned();
            value.more.rest.insert("k".to_owned(), Name(String::new()));
        },
        &[
            ("/words/1", "maxLength"),
            ("/byName/a~1b/how~1many", "minimum"),
            ("/byName/a~1b/parts/0/how~1many", "maximum"),
            ("/pair/1", "maxLength"),
            ("/k", "minLength"),
        ],
    );
}

#[test]
fn a_variant_stands_where_its_tagging_puts_it() {
    let part = Part { count: 0, parts: Vec::new() };
    breaks(|value| value.external = External::Number(2), &[("/external/Number", "minimum")]);
    breaks(
        |value| value.external = External::Two("ab".to_owned(), Name(String::new())),
        &[("/external/Two/0", "maxLength"), ("/external/Two/1", "minLength")],
    );
    breaks(|value| value.internal = Internal::Whole(part.clone()), &[("/internal/how~1many", "minimum")]);
    breaks(|value| value.adjacent = Adjacent::Whole(part.clone()), &[("/adjacent/it/how~1many", "minimum")]);
    breaks(|value| value.untagged = Untagged::Number(0), &[("/untagged", "minimum")]);
}

#[test]
fn what_is_left_out_keeps_every_promise() {
    breaks(|value| value.left_out = Vec::new(), &[]);
    breaks(|value| value.left_out = vec![1], &[("/leftOut", "minItems")]);
    breaks(|value| value.maybe = None, &[]);
    breaks(|value| value.present = None, &[("/present", "type")]);
}

#[test]
fn what_is_written_otherwise_is_held_as_it_is_written() {
    breaks(|value| value.twice = "a".to_owned(), &[]);
    breaks(|value| value.twice = "ab".to_owned(), &[("/twice", "maxLength")]);
    let late = chrono::NaiveDate::from_ymd_opt(12_026, 11, 22).expect("a day");
    breaks(|value| value.day = late, &[("/day", "maxLength")]);
}

#[test]
fn a_float_that_is_no_number_is_no_value() {
    breaks(|value| value.share = f64::NAN, &[("/share", "type")]);
    breaks(|value| value.single = Some(f32::NAN), &[]);
    breaks(|value| value.single = Some(0.3), &[]);
}
