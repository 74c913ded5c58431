//! Holding serde against schemas.

use mesh_runtime::DataType;
use mesh_runtime::contract::{accepts_schema, emits_schema};
use mesh_runtime::model::judge::{Containment, Instances, Options, Validator, contains};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// How many values are generated for each type and side.
const CASES: usize = 150;

/// One schema in two validators.
pub(crate) struct Schema {
    pub(crate) document: Value,
    ours: Validator,
    theirs: jsonschema::Validator,
}

impl Schema {
    #[track_caller]
    pub(crate) fn new(document: Value) -> Self {
        let ours = Validator::compile(&document, &Options::contract())
            .unwrap_or_else(|it| panic!("{it}: {document:#}"));
        let theirs = jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .should_validate_formats(true)
            // A contract's `format` is asserted where it says what the text means, not how an address is put together.
            .with_format("uri", |_: &str| true)
            .build(&document)
            .unwrap_or_else(|it| panic!("{it}: {document:#}"));
        assert!(jsonschema::meta::is_valid(&document), "not a JSON Schema: {document:#}");
        Self { document, ours, theirs }
    }

    /// Whether the schema admits the value, in which both validators agree.
    #[track_caller]
    pub(crate) fn admits(&self, value: &Value) -> bool {
        let ours = self.ours.is_valid(value);
        assert_eq!(
            ours,
            self.theirs.is_valid(value),
            "the validators differ on {value}: {:#}",
            self.document
        );
        ours
    }

    pub(crate) fn instances(&self, seed: u64) -> impl Iterator<Item = Value> {
        Instances::of(&self.ours, seed).take(CASES)
    }
}

/// A type with both schemas.
pub(crate) struct Sides {
    pub(crate) emits: Schema,
    pub(crate) accepts: Schema,
}

impl Sides {
    #[track_caller]
    pub(crate) fn of<T: DataType>() -> Self {
        Self { emits: Schema::new(emits_schema::<T>()), accepts: Schema::new(accepts_schema::<T>()) }
    }
}

/// Holds the three relations of a type on generated values, and proves the third.
#[track_caller]
pub(crate) fn agrees<T: DataType + Serialize + DeserializeOwned>() -> Sides {
    let sides = Sides::of::<T>();
    let mut seen = 0;
    for value in sides.accepts.instances(1).chain(sides.emits.instances(2)) {
        seen += 1;
        assert!(
            sides.accepts.admits(&value),
            "emits {value} and does not accept it: {:#}",
            sides.accepts.document
        );
        let read = T::deserialize(&value);
        let read = read.unwrap_or_else(|it| {
            panic!("accepts {value}, and serde says {it}: {:#}", sides.accepts.document)
        });
        let text = serde_json::to_string(&read).unwrap_or_else(|it| panic!("cannot write {value}: {it}"));
        let written = serde_json::from_str(&text).expect("what was written is JSON");
        assert!(
            sides.emits.admits(&written),
            "{value} is written as {written}, which emits does not admit: {:?}",
            sides.emits.ours.validate(&written)
        );
    }
    assert!(seen >= CASES, "only {seen} values were generated");
    let report = contains(&sides.emits.document, &sides.accepts.document, &Options::contract());
    let containment = report.expect("both are schemas").containment;
    assert!(matches!(containment, Containment::Contained), "emits within accepts: {containment:?}");
    sides
}

/// Serde and the schema say the same of a value that is read.
#[track_caller]
pub(crate) fn reads<T: DataType + DeserializeOwned>(sides: &Sides, value: Value, expected: bool) {
    let serde = T::deserialize(&value);
    assert_eq!(serde.is_ok(), expected, "serde on {value}: {:?}", serde.err());
    assert_eq!(sides.accepts.admits(&value), expected, "accepts on {value}: {:#}", sides.accepts.document);
}

/// A value is written as this, and the schema of what is written admits it.
#[track_caller]
pub(crate) fn writes<T: Serialize>(sides: &Sides, value: &T, expected: Value) {
    let written = serde_json::to_value(value).expect("a value that can be written");
    assert_eq!(written, expected);
    assert!(sides.emits.admits(&written), "emits on {written}: {:#}", sides.emits.document);
}
