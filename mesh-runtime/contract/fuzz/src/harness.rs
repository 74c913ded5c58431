//! Two schemas made from bytes, and what must hold of every answer about them. The fuzz target and the ordinary tests share it.

use mesh_contract::judge::{Containment, Draft, Formats, Instances, Options, Steps, Validator, contains};
use serde_json::{Map, Value, json};

/// Steps of one answer: few, so that many are asked for.
const STEPS: u64 = 20_000;

/// Asks about the two schemas that the bytes mean.
pub(crate) fn judge(bytes: &[u8]) {
    let mut bytes = Bytes(bytes);
    let drafts = [Draft::Draft202012, Draft::Draft201909, Draft::Draft7, Draft::Draft6, Draft::Draft4];
    let mut options = Options::default().with_draft(bytes.pick(&drafts)).with_steps(Steps(STEPS));
    if bytes.flag() {
        options = options.with_formats(Formats::Asserted);
    }
    if bytes.flag() {
        options = options.closed_sub();
    }
    let sub = bytes.document();
    // Schemas that differ a little are compared along other ways than strangers.
    let sup = if bytes.flag() { bytes.changed(&sub) } else { bytes.document() };
    let report = contains(&sub, &sup, &options);
    let Ok(report) = report else { return };
    assert!(report.steps <= options.steps);
    let (Ok(in_sub), Ok(in_sup)) = (Validator::compile(&sub, &options), Validator::compile(&sup, &options))
    else {
        return;
    };
    match report.containment {
        Containment::NotContained { witness } => {
            assert!(in_sub.is_valid(&witness), "{witness} is an instance of {sub}");
            let violations = in_sup.validate(&witness).expect_err("the witness is no instance of the second");
            assert!(!violations.is_empty(), "{witness} in {sup}");
        }
        Containment::Contained if options.sub == Options::default().sub => {
            for value in Instances::of(&in_sub, 1).take(3) {
                assert!(in_sup.is_valid(&value), "{value}: {sub} in {sup}");
            }
        }
        _ => {}
    }
}

/// A source of choices that ends in zeros.
struct Bytes<'b>(&'b [u8]);

const SCHEMA: &[&str] = &[
    "items",
    "contains",
    "additionalProperties",
    "propertyNames",
    "not",
    "if",
    "then",
    "else",
    "unevaluatedItems",
    "unevaluatedProperties",
    "additionalItems",
];
const LIST: &[&str] = &["allOf", "anyOf", "oneOf", "prefixItems", "items"];
const NAMED: &[&str] =
    &["properties", "patternProperties", "dependentSchemas", "$defs", "definitions", "dependencies"];
const COUNT: &[&str] = &[
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
    "minContains",
    "maxContains",
];
const NUMBER: &[&str] = &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];
const REFERENCES: &[&str] = &[
    "#",
    "#/$defs/a",
    "#/properties/a",
    "#a",
    "#/definitions/b",
    "x",
    "x#a",
    "#/allOf/0",
    "https://json-schema.org/draft/2020-12/schema",
];
const FRAGMENTS: &[&str] = &[
    "a",
    "^",
    "$",
    "[a-c]",
    "(",
    ")",
    "|",
    "*",
    "+",
    "?",
    "{2,3}",
    "\\d",
    "(?!",
    "(?=",
    "(?:",
    "\\b",
    ".",
    "\\p{L}",
    "\\1",
    "[^a]",
    "{40}",
    "\\u{1F600}",
    "é",
    "[",
    "]",
    "\\w+",
    "\\B",
    "-",
];
const FORMATS: &[&str] = &["uint8", "int64", "uint64", "date", "time", "date-time", "uuid", "email"];
const TYPES: &[&str] = &["null", "boolean", "integer", "number", "string", "array", "object"];
const NAMES: &[&str] = &["a", "b", "ab", "", "x/y", "~"];

impl Bytes<'_> {
    fn next(&mut self) -> usize {
        match self.0.split_first() {
            Some((first, rest)) => {
                self.0 = rest;
                usize::from(*first)
            }
            None => 0,
        }
    }

    fn flag(&mut self) -> bool {
        self.next() % 2 == 1
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.next() % from.len()]
    }

    fn document(&mut self) -> Value {
        let mut schema = self.schema(0);
        if let Value::Object(members) = &mut schema
            && self.next().is_multiple_of(3)
        {
            members.insert("$defs".to_owned(), json!({ "a": self.schema(2), "b": self.schema(2) }));
        }
        schema
    }

    /// The same schema with one keyword of it replaced.
    fn changed(&mut self, schema: &Value) -> Value {
        let mut changed = schema.clone();
        let levels = self.next() % 4;
        self.change(&mut changed, levels);
        changed
    }

    fn change(&mut self, place: &mut Value, levels: usize) {
        if levels > 0 {
            let count = match place {
                Value::Object(members) => members.len(),
                Value::Array(items) => items.len(),
                _ => 0,
            };
            let at = self.next() % count.max(1);
            let inner = match place {
                Value::Object(members) => members.values_mut().nth(at),
                Value::Array(items) => items.get_mut(at),
                _ => None,
            };
            if let Some(inner) = inner {
                return self.change(inner, levels - 1);
            }
        }
        *place = self.schema(2);
    }

    fn schema(&mut self, depth: usize) -> Value {
        if depth > 5 || self.0.is_empty() {
            return Value::Bool(!self.next().is_multiple_of(3));
        }
        if self.next().is_multiple_of(8) {
            return Value::Bool(self.flag());
        }
        let mut members = Map::new();
        for _ in 0..1 + self.next() % 4 {
            let (name, value) = self.keyword(depth);
            members.insert(name.to_owned(), value);
        }
        Value::Object(members)
    }

    fn keyword(&mut self, depth: usize) -> (&'static str, Value) {
        match self.next() % 16 {
            0 | 1 => (self.pick(SCHEMA), self.schema(depth + 1)),
            2 | 3 => (self.pick(LIST), (0..1 + self.next() % 3).map(|_| self.schema(depth + 1)).collect()),
            4 | 5 => {
                let keyword = self.pick(NAMED);
                let mut named = Map::new();
                for _ in 0..1 + self.next() % 3 {
                    let name = if keyword == "patternProperties" {
                        self.pattern()
                    } else {
                        self.pick(NAMES).to_owned()
                    };
                    named.insert(name, self.schema(depth + 1));
                }
                (keyword, Value::Object(named))
            }
            6 => (self.pick(COUNT), json!(self.next() % 6)),
            7 => (self.pick(NUMBER), self.number()),
            8 => (
                "type",
                if self.flag() {
                    json!(self.pick(TYPES))
                } else {
                    json!([self.pick(TYPES), self.pick(TYPES)])
                },
            ),
            9 => ("required", (0..self.next() % 3).map(|_| json!(self.pick(NAMES))).collect()),
            10 => ("pattern", json!(self.pattern())),
            11 => (if self.flag() { "$ref" } else { "$dynamicRef" }, json!(self.pick(REFERENCES))),
            12 => ("enum", (0..1 + self.next() % 4).map(|_| self.value(2)).collect()),
            13 => ("const", self.value(2)),
            14 => match self.next() % 6 {
                0 => ("uniqueItems", json!(true)),
                1 => ("format", json!(self.pick(FORMATS))),
                2 => ("$id", json!("x")),
                3 => (if self.flag() { "$anchor" } else { "$dynamicAnchor" }, json!("a")),
                4 => ("dependentRequired", json!({ self.pick(NAMES): [self.pick(NAMES)] })),
                _ => ("$recursiveRef", json!("#")),
            },
            // Something that has no business there.
            _ => {
                let groups = [
                    SCHEMA,
                    LIST,
                    NAMED,
                    COUNT,
                    NUMBER,
                    &["$ref", "$id", "type", "required", "pattern", "format"],
                ];
                (self.pick(&groups)[0], self.value(2))
            }
        }
    }

    fn pattern(&mut self) -> String {
        (0..self.next() % 8).map(|_| self.pick(FRAGMENTS)).collect()
    }

    fn number(&mut self) -> Value {
        match self.next() % 8 {
            0 => json!(self.next()),
            1 => json!(-1 - self.next() as i64),
            2 => json!(0.1 * self.next() as f64),
            3 => json!(1e300),
            4 => json!(5e-324),
            5 => json!(u64::MAX),
            6 => json!(i64::MIN),
            _ => json!(2.5),
        }
    }

    fn value(&mut self, depth: usize) -> Value {
        match self.next() % 9 {
            0 => Value::Null,
            1 => json!(self.flag()),
            2 | 3 => self.number(),
            4 => json!(self.pick(&["", "a", "ab", "é", "2024-02-29"])),
            5 if depth > 0 => (0..self.next() % 3).map(|_| self.value(depth - 1)).collect(),
            6 if depth > 0 => json!({ self.pick(NAMES): self.value(depth - 1) }),
            _ => json!(self.next() % 4),
        }
    }
}
