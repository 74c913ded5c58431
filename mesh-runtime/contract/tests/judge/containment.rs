//! Containment against known answers, and against an independent validator.

use mesh_contract::judge::{
    Containment, Instances, Options, Reason, Steps, contains, contains_with_interrupt,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::membership::{independent, is_disputed};
use crate::{grammar, suite};

/// Judges the pair, and holds every witness against the independent validator.
#[track_caller]
fn judge(sub: &Value, sup: &Value) -> Containment {
    let report = contains(sub, sup, &Options::default()).unwrap();
    assert!(report.steps <= Steps::default());
    if let Containment::NotContained { witness } = &report.containment
        && !is_disputed(witness)
        && let (Some(in_sub), Some(in_sup)) = (independent(sub), independent(sup))
    {
        assert!(in_sub.is_valid(witness), "{witness} is an instance of the first: {sub} in {sup}");
        assert!(!in_sup.is_valid(witness), "{witness} is no instance of the second: {sub} in {sup}");
    }
    report.containment
}

/// Whether the independent validator refutes the answer that comes with a case.
fn is_refuted(case: &suite::Case, witness: &Value) -> bool {
    let (Some(in_sub), Some(in_sup)) = (independent(&case.sub), independent(&case.sup)) else { return false };
    case.contained && in_sub.is_valid(witness) && !in_sup.is_valid(witness)
}

#[test]
fn the_known_answers_are_found() {
    let cases = suite::cases();
    let (mut right, mut refuted, mut unusable) = (0, Vec::new(), Vec::new());
    let (mut wrong, mut open) = (Vec::new(), Vec::new());
    for case in &cases {
        if let Err(error) = contains(&case.sub, &case.sup, &Options::default()) {
            unusable.push(format!("{}: {error}", case.id));
            continue;
        }
        match judge(&case.sub, &case.sup) {
            Containment::Unproven { reason } => open.push(format!("{}: {reason}", case.id)),
            answer if (answer == Containment::Contained) == case.contained => right += 1,
            Containment::NotContained { witness } if is_refuted(case, &witness) => {
                refuted.push(case.id.clone())
            }
            answer => wrong.push(format!("{}: {answer:?}", case.id)),
        }
    }
    println!("{right} of {} right", cases.len());
    println!("{} answers are refuted by the independent validator:\n{}", refuted.len(), refuted.join("\n"));
    println!("no schema:\n{}\nopen:\n{}\nwrong:\n{}", unusable.join("\n"), open.join("\n"), wrong.join("\n"));
    assert!(wrong.is_empty(), "wrong answers");
    assert!(right * 100 >= cases.len() * 97, "{right} of {}", cases.len());
    assert!(right * 100 >= (cases.len() - refuted.len()) * 99, "{right} of {}", cases.len());
}

#[test]
fn every_written_shape_contains_itself_and_its_wrappings() {
    for schema in shapes() {
        assert_eq!(judge(&schema, &schema), Containment::Contained, "{schema}");
        for other in [
            json!({ "allOf": [schema, true] }),
            json!({ "not": { "not": schema } }),
            json!({ "anyOf": [schema, false] }),
        ] {
            if schema.to_string().contains("\"#") {
                continue;
            }
            assert_eq!(judge(&schema, &other), Containment::Contained, "{schema} in {other}");
            assert_eq!(judge(&other, &schema), Containment::Contained, "{other} in {schema}");
        }
    }
}

/// Shapes that types of the Rust world have.
fn shapes() -> Vec<Value> {
    let scalars = [
        json!({ "type": "integer", "minimum": 0, "maximum": 255 }),
        json!({ "type": ["string", "null"], "maxLength": 10 }),
        json!({ "type": "string", "pattern": "^[A-Z]{3}-[0-9]+$" }),
        json!({ "enum": ["open", "closed", null, 3] }),
        json!({ "type": "number", "exclusiveMinimum": 0, "multipleOf": 0.01 }),
        json!({ "type": "boolean" }),
    ];
    let mut shapes = scalars.to_vec();
    for (place, scalar) in scalars.iter().enumerate() {
        let other = &scalars[(place + 1) % scalars.len()];
        shapes.extend([
            json!({ "type": "array", "items": scalar, "uniqueItems": true, "minItems": 1 }),
            json!({ "type": "array", "prefixItems": [scalar, other], "items": false, "minItems": 2 }),
            json!({ "type": "array", "contains": scalar, "maxContains": 2 }),
            json!({ "type": "object", "additionalProperties": scalar }),
            json!({ "type": "object", "properties": { "a": scalar, "b": other }, "required": ["a"], "unevaluatedProperties": false }),
            json!({ "oneOf": [
                { "type": "object", "properties": { "kind": { "const": "x" }, "value": scalar }, "required": ["kind", "value"] },
                { "type": "object", "properties": { "kind": { "const": "y" }, "value": other }, "required": ["kind", "value"] },
                { "type": "object", "properties": { "kind": { "const": "z" } }, "required": ["kind"], "additionalProperties": false }
            ] }),
            json!({ "anyOf": [
                { "type": "object", "properties": { "X": scalar }, "required": ["X"], "additionalProperties": false },
                { "type": "object", "properties": { "Y": other }, "required": ["Y"], "additionalProperties": false },
                { "const": "Unit" }
            ] }),
            json!({ "$ref": "#/$defs/node", "$defs": { "node": {
                "type": "object",
                "properties": { "value": scalar, "children": { "type": "array", "items": { "$ref": "#/$defs/node" } } },
                "required": ["value"]
            } } }),
            json!({ "type": "object", "patternProperties": { "^x-": scalar, "y$": other }, "additionalProperties": false }),
            json!({ "if": { "properties": { "a": scalar } }, "then": { "required": ["b"] }, "else": { "required": ["c"] } }),
            json!({ "dependentSchemas": { "a": { "properties": { "b": scalar } } }, "dependentRequired": { "c": ["d"] } }),
            json!({ "type": "object", "propertyNames": { "maxLength": 3 }, "minProperties": 1, "maxProperties": 2 }),
            json!({ "type": "object", "allOf": [{ "properties": { "a": scalar } }], "anyOf": [{ "properties": { "b": other } }, { "properties": { "c": true } }], "unevaluatedProperties": false }),
        ]);
    }
    shapes
}

#[test]
fn recursive_types_are_compared_by_induction_over_instances() {
    let list = |item: Value, tail: &str| {
        json!({ "$ref": "#/$defs/list", "$defs": { "list": { "anyOf": [
            { "type": "null" },
            { "type": "object", "properties": { "head": item, tail: { "$ref": "#/$defs/list" } }, "required": ["head", tail] }
        ] } } })
    };
    let narrow = list(json!({ "type": "integer" }), "tail");
    let wide = list(json!({ "type": "number" }), "tail");
    assert_eq!(judge(&narrow, &wide), Containment::Contained);
    assert!(matches!(judge(&wide, &narrow), Containment::NotContained { .. }));
    assert!(matches!(judge(&narrow, &list(json!(true), "next")), Containment::NotContained { .. }));
    let endless = json!({ "$ref": "#/$defs/a", "$defs": { "a": { "type": "object", "properties": { "a": { "$ref": "#/$defs/a" } }, "required": ["a"] } } });
    assert_eq!(judge(&endless, &json!(false)), Containment::Contained);
}

#[test]
fn changes_that_people_make_are_told_apart() {
    let order = |total: Value, extra: Value, required: Value| json!({ "type": "object", "properties": { "id": { "type": "integer", "minimum": 0 }, "total": total, "note": extra }, "required": required });
    let old = order(json!({ "type": "number" }), json!({ "type": "string" }), json!(["id", "total"]));
    let narrower =
        order(json!({ "type": "number", "minimum": 0 }), json!({ "type": "string" }), json!(["id", "total"]));
    let optional = order(json!({ "type": "number" }), json!({ "type": "string" }), json!(["id"]));
    let nullable =
        order(json!({ "type": ["number", "null"] }), json!({ "type": "string" }), json!(["id", "total"]));
    assert_eq!(judge(&narrower, &old), Containment::Contained);
    assert!(
        matches!(judge(&old, &narrower), Containment::NotContained { witness } if witness["total"].as_f64().unwrap() < 0.0)
    );
    assert!(
        matches!(judge(&optional, &old), Containment::NotContained { witness } if witness.get("total").is_none())
    );
    assert!(
        matches!(judge(&nullable, &old), Containment::NotContained { witness } if witness["total"].is_null())
    );
}

#[test]
fn patterns_are_compared_as_languages() {
    let pattern = |text: &str| json!({ "type": "string", "pattern": text });
    let contained = |sub: &str, sup: &str| judge(&pattern(sub), &pattern(sup)) == Containment::Contained;
    assert!(contained("^[a-f]{2,3}$", "^[a-z]+$"));
    assert!(contained("^ab", "a"));
    assert!(contained("^(?!x)[a-z]$", "^[a-wyz]$"));
    assert!(!contained("^[a-z]+$", "^[a-f]{2,3}$"));
    assert!(!contained("^.{0,3}$", "^\\w*$"));
    assert_eq!(
        judge(&json!({ "type": "string", "pattern": "^.{5,}$" }), &json!({ "minLength": 5 })),
        Containment::Contained
    );
    assert_eq!(
        judge(
            &json!({ "type": "string", "pattern": "^a+$", "maxLength": 2 }),
            &json!({ "enum": ["a", "aa"] })
        ),
        Containment::Contained
    );
}

#[test]
fn asserted_formats_are_compared_exactly() {
    let contained = |sub: &str, sup: &str| {
        let report = contains(
            &json!({ "type": ["string", "integer"], "format": sub }),
            &json!({ "type": ["string", "integer"], "format": sup }),
            &Options::contract(),
        );
        match report.unwrap().containment {
            Containment::Contained => true,
            Containment::NotContained { .. } => false,
            Containment::Unproven { reason } => panic!("{sub} in {sup}: {reason}"),
        }
    };
    let names = ["uint8", "int16", "uint64", "int64", "date", "time", "date-time", "uuid"];
    let wider = [("uint8", "int16"), ("uint8", "uint64"), ("uint8", "int64"), ("int16", "int64")];
    for sub in names {
        for sup in names {
            assert_eq!(contained(sub, sup), sub == sup || wider.contains(&(sub, sup)), "{sub} in {sup}");
        }
    }
}

#[test]
fn an_exhausted_budget_and_an_interrupt_leave_the_answer_open() {
    let hard = json!({ "type": "array", "uniqueItems": true, "minItems": 12, "contains": { "maximum": 3 }, "minContains": 4,
        "items": { "enum": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] } });
    let report = contains(&hard, &json!(false), &Options::default().with_steps(Steps(30))).unwrap();
    assert_eq!(report.containment, Containment::Unproven { reason: Reason::Steps { steps: 30 } });
    assert_eq!(report.steps, Steps(30));
    let first = contains(&hard, &json!(false), &Options::default()).unwrap();
    assert_eq!(first, contains(&hard, &json!(false), &Options::default()).unwrap());
    let report = contains_with_interrupt(&hard, &json!(false), &Options::default(), &|| true).unwrap();
    assert_eq!(report.containment, Containment::Unproven { reason: Reason::Interrupted });
}

#[test]
fn the_work_of_a_comparison_grows_with_the_fields_and_no_faster() {
    let contract = |fields: usize, changed: bool| {
        let field = |number: usize| match number % 3 {
            0 => json!({ "type": "integer", "minimum": number }),
            1 => {
                json!({ "type": ["string", "null"], "maxLength": 10 + number - usize::from(changed && number == 1) })
            }
            _ => json!({ "enum": ["open", number] }),
        };
        let properties: Value = (0..fields).map(|number| (format!("f{number:05}"), field(number))).collect();
        let required: Value =
            (0..fields).filter(|number| number % 3 != 1).map(|number| format!("f{number:05}")).collect();
        json!({ "type": "object", "properties": properties, "required": required })
    };
    let steps = |fields| {
        let (narrow, wide) = (contract(fields, true), contract(fields, false));
        let cost = |sub: &Value, sup: &Value| contains(sub, sup, &Options::default()).unwrap();
        let (compatible, breaking) = (cost(&narrow, &wide), cost(&wide, &narrow));
        assert_eq!(compatible.containment, Containment::Contained);
        assert!(matches!(breaking.containment, Containment::NotContained { .. }));
        (compatible.steps.0, breaking.steps.0)
    };
    let (small, large) = (steps(200), steps(2_000));
    assert!(
        large.0 <= 11 * small.0 && large.1 <= 11 * small.1,
        "{small:?} for 200 fields, {large:?} for 2,000"
    );
}

#[test]
fn odd_documents_are_refused_or_judged_and_never_panic() {
    let mut deep = json!(true);
    for _ in 0..5_000 {
        deep = Value::Object([("not".to_owned(), deep)].into_iter().collect());
    }
    let odd = [
        deep,
        json!({ "minLength": -1 }),
        json!({ "minLength": 1e30, "type": "string" }),
        json!({ "minItems": 18446744073709551615u64, "type": "array" }),
        json!({ "multipleOf": 0 }),
        json!({ "multipleOf": 5e-324, "minimum": 1e308 }),
        json!({ "multipleOf": 1e308, "minimum": -1e308, "maximum": 1e308 }),
        json!({ "allOf": [{ "multipleOf": 1e300 }, { "multipleOf": 3e-300 }] }),
        json!({ "type": "nonsense" }),
        json!({ "properties": [] }),
        json!({ "required": "a" }),
        json!({ "$ref": "#" }),
        json!({ "anyOf": [{ "$ref": "#" }, true] }),
        json!({ "$ref": "http://elsewhere.example/schema" }),
        json!({ "pattern": "(" }),
        json!({ "pattern": "(a)\\1" }),
        json!({ "pattern": "^(a|b)*a(a|b){14}$", "type": "string" }),
        json!({ "enum": [] }),
        json!({ "anyOf": [] }),
        json!({ "$id": 7, "$defs": 3, "$anchor": [] }),
        json!(null),
        json!([{}]),
        json!({ "additionalProperties": { "$ref": "#" }, "minProperties": 3 }),
        json!({ "items": { "$ref": "#" }, "uniqueItems": true, "minItems": 3, "type": "array" }),
    ];
    for sub in &odd {
        for sup in odd.iter().skip(1).chain([&json!(false), &json!({ "type": "string" })]) {
            let _ = contains(sub, sup, &Options::default());
        }
    }
    // Dropping a document that is nested this deeply is beyond its own library.
    odd.into_iter().for_each(std::mem::forget);
}

/// The independent validator with formats asserted, as contracts have them.
fn asserting(schema: &Value) -> Option<jsonschema::Validator> {
    let options = jsonschema::options().with_draft(jsonschema::Draft::Draft202012);
    options.should_validate_formats(true).build(schema).ok()
}

pub(crate) fn cases() -> u32 {
    std::env::var("MESH_JUDGE_CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(1_000)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 3_000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn no_instance_contradicts_an_answer(
        sub in grammar::schema(), sup in grammar::schema(), values in prop::collection::vec(grammar::value(), 8), seed in any::<u64>(),
    ) {
        let (Some(in_sub), Some(in_sup)) = (independent(&sub), independent(&sup)) else { return Ok(()) };
        let Ok(report) = contains(&sub, &sup, &Options::default()) else { return Ok(()) };
        match report.containment {
            Containment::Contained => {
                let drawn = Instances::new(&sub, seed, &Options::default()).into_iter().flatten().take(12);
                for value in values.into_iter().chain(drawn).filter(|value| !is_disputed(value)) {
                    prop_assert!(!in_sub.is_valid(&value) || in_sup.is_valid(&value), "{} {} {}", sub, sup, value);
                }
            }
            Containment::NotContained { witness } if !is_disputed(&witness) => {
                prop_assert!(in_sub.is_valid(&witness) && !in_sup.is_valid(&witness), "{} {} {}", sub, sup, witness);
            }
            _ => {}
        }
    }

    #[test]
    fn a_schema_contains_itself_and_parts_and_unions_are_ordered(left in grammar::schema(), right in grammar::schema()) {
        let judge = |sub: &Value, sup: &Value| contains(sub, sup, &Options::default()).map(|report| report.containment);
        let refuted = |sub: &Value, sup: &Value| matches!(judge(sub, sup), Ok(Containment::NotContained { .. }));
        // What refers to the root of its document, or to the outermost anchor of a name, means something else within another.
        let to_the_root = |schema: &Value| ["\"#\"", "\"#meta\""].iter().any(|it| schema.to_string().contains(it));
        let recursive = to_the_root(&left) || to_the_root(&right);
        if judge(&left, &left).is_ok() {
            prop_assert_eq!(judge(&left, &left), Ok(Containment::Contained));
            let restated = json!({ "title": "the same", "allOf": [left.clone()] });
            prop_assert!(recursive || !refuted(&restated, &left), "{}", left);
        }
        if !recursive {
            let both = json!({ "allOf": [left, right] });
            let either = json!({ "anyOf": [left, right] });
            prop_assert!(!refuted(&both, &left), "{} {}", left, right);
            prop_assert!(!refuted(&right, &either), "{} {}", left, right);
            let neither = json!({ "not": either });
            let none = json!({ "allOf": [neither, left] });
            prop_assert!(!refuted(&none, &json!(false)), "{} {}", left, right);
        }
    }

    #[test]
    fn no_instance_contradicts_an_answer_about_closed_schemas_with_formats(
        sub in grammar::schema(), sup in grammar::schema(), values in prop::collection::vec(grammar::value(), 8), seed in any::<u64>(),
    ) {
        let (Some(in_sub), Some(in_sup)) = (asserting(&sub), asserting(&sup)) else { return Ok(()) };
        let judge = |sub: &Value, sup: &Value, options: Options| contains(sub, sup, &options).map(|report| report.containment);
        let (Ok(written), Ok(closed)) =
            (judge(&sub, &sup, Options::contract()), judge(&sub, &sup, Options::contract().closed_sub())) else { return Ok(()) };
        let refuted = |answer: &Containment| matches!(answer, Containment::NotContained { .. });
        for answer in [&written, &closed] {
            if let Containment::NotContained { witness } = answer && !is_disputed(witness) {
                prop_assert!(in_sub.is_valid(witness) && !in_sup.is_valid(witness), "{} {} {}", sub, sup, witness);
            }
        }
        // What is closed admits less.
        prop_assert!(!(written == Containment::Contained && refuted(&closed)), "{} {}", sub, sup);
        let itself = judge(&sub, &json!({ "title": "the same", "allOf": [sub.clone()] }), Options::contract().closed_sub());
        let recursive = sub.to_string().contains("\"#");
        prop_assert!(recursive || !itself.as_ref().is_ok_and(refuted), "{}", sub);
        if written == Containment::Contained {
            let drawn = Instances::new(&sub, seed, &Options::contract()).into_iter().flatten().take(8);
            for value in values.into_iter().chain(drawn).filter(|value| !is_disputed(value)) {
                prop_assert!(!in_sub.is_valid(&value) || in_sup.is_valid(&value), "{} {} {}", sub, sup, value);
            }
        }
    }

    #[test]
    fn few_answers_stay_open(sub in grammar::schema(), sup in grammar::schema()) {
        if let Ok(report) = contains(&sub, &sup, &Options::default())
            && let Containment::Unproven { reason } = report.containment
        {
            OPEN.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            println!("{reason}: {sub} in {sup}");
        }
        let seen = SEEN.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
        let open = OPEN.load(std::sync::atomic::Ordering::Relaxed);
        prop_assert!(seen < 500 || open * 50 < seen, "{} of {} open", open, seen);
    }
}

static SEEN: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
static OPEN: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);

#[test]
fn numbers_that_only_doubles_far_apart_write_down_are_found() {
    let single = json!({ "type": "number", "minimum": -3.4028235e38, "maximum": 3.4028235e38 });
    let report = contains(&json!({ "type": "number" }), &single, &Options::default()).expect("schemas");
    assert!(matches!(report.containment, Containment::NotContained { .. }), "{report:?}");
}
