//! The matrix of changes to a Rust type: what each means to readers and to records that are kept, and the version step that it
//! needs. `docs/changes.md` is made from these cases.

mod fields;
mod lines;
mod meaning;
mod types;
mod variants;

use std::fmt::Write as _;

use mesh_runtime::model::Contract;
use mesh_runtime::model::judgement::{BUDGET, Finding, Judgement, Policy, Verdict, judge};
use mesh_runtime::prelude::*;

/// Selling.
#[derive(Domain)]
#[domain(name = "shop", owner = "shop@example.com")]
pub(crate) enum Shop {
    /// Takes orders.
    Orders,
}

/// A change, the contracts on its way, and what is expected of it.
struct Case {
    /// What somebody did.
    change: &'static str,
    /// The versions, the last of which is judged against the others.
    versions: Vec<Contract>,
    /// Readers, replay and the step.
    expected: (Verdict, Verdict, Step),
    /// The rules that speak.
    rules: &'static [&'static str],
}

use mesh_runtime::model::judgement::Step;

/// The contract of a type, at a version.
fn contract<T: mesh_runtime::ProductOf<Shop>>(version: &str) -> Contract {
    let offer = mesh_runtime::Manifest::builder::<Shop>("shop", ".").offer::<T>().build().offers()[0];
    let mut contract = offer.contract().unwrap_or_else(|mistakes| panic!("{mistakes}"));
    contract.version = version.parse().expect("a version");
    contract
}

/// Declares a change: an order before, an order after, and what is expected.
///
/// The order has a key before everything else. What stands in braces behind the fields are other types.
macro_rules! change {
    (
        $name:ident, $change:literal, $readers:ident / $replay:ident => $step:ident [$($rule:literal),*]
        , before $([$($before_attr:tt)*])? { $($before:tt)* } $({ $($before_with:item)* })?
        , after $([$($after_attr:tt)*])? { $($after:tt)* } $({ $($after_with:item)* })?
    ) => {
        pub(super) fn $name() -> crate::changes::Case {
            use crate::changes::prelude::*;
            mod before {
                use crate::changes::prelude::*;
                $($($before_with)*)?
                /// One order.
                #[derive(Debug, Serialize, Deserialize, JsonSchema, DataProduct)]
                #[product(service = Shop::Orders, name = "orders", version = "1.0.0", kind = "source-aligned")]
                #[port(records)]
                $($($before_attr)*)?
                pub(super) struct Order {
                    /// Its number.
                    #[field(key)]
                    pub(super) id: u32,
                    $($before)*
                }
            }
            mod after {
                use crate::changes::prelude::*;
                $($($after_with)*)?
                /// One order.
                #[derive(Debug, Serialize, Deserialize, JsonSchema, DataProduct)]
                #[product(service = Shop::Orders, name = "orders", version = "1.0.0", kind = "source-aligned")]
                #[port(records)]
                $($($after_attr)*)?
                pub(super) struct Order {
                    /// Its number.
                    #[field(key)]
                    pub(super) id: u32,
                    $($after)*
                }
            }
            crate::changes::Case {
                change: $change,
                versions: vec![
                    crate::changes::contract::<before::Order>("1.0.0"),
                    crate::changes::contract::<after::Order>("1.1.0"),
                ],
                expected: (Verdict::$readers, Verdict::$replay, Step::$step),
                rules: &[$($rule),*],
            }
        }
    };
}
pub(crate) use change;

/// What the declared types are made of.
pub(crate) mod prelude {
    pub(crate) use std::collections::BTreeMap;

    pub(crate) use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
    pub(crate) use mesh_runtime::model::judgement::{Step, Verdict};
    pub(crate) use mesh_runtime::prelude::*;
    pub(crate) use rust_decimal::Decimal;
    pub(crate) use uuid::Uuid;

    pub(crate) use super::Shop;
}

fn judged(case: &Case) -> Judgement {
    let (new, old) = case.versions.split_last().expect("two versions at least");
    judge(old, new, &[], &Policy::default(), BUDGET)
}

fn all() -> Vec<(&'static str, Vec<Case>)> {
    vec![
        ("Fields", fields::cases()),
        ("Types and bounds", types::cases()),
        ("Enums", variants::cases()),
        ("Meaning and service", meaning::cases()),
        ("Across three versions", lines::cases()),
    ]
}

#[test]
fn every_change_gets_the_verdict_that_is_written_down() {
    let mut wrong = String::new();
    for case in all().into_iter().flat_map(|(_, cases)| cases) {
        let judgement = judged(&case);
        let mut rules: Vec<&str> = judgement.findings.iter().map(|finding| finding.rule.as_str()).collect();
        rules.sort_unstable();
        rules.dedup();
        let told = (judgement.readers, judgement.replay, judgement.required);
        if told != case.expected || rules != case.rules {
            let _ = writeln!(
                wrong,
                "{}:\n  {told:?} {rules:?}, and not\n  {:?} {:?}",
                case.change, case.expected, case.rules
            );
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn the_table_in_the_documentation_is_what_the_judge_says() {
    let mut table = String::from(
        "# What a change of a Rust type means\n\n\
         Made by the tests from real structs (`mesh-runtime/tests/it/changes`): each line is a pair of types whose contracts the judge \
         compared, with the defaults of a policy and no registered reader.\n\n\
         - *readers*: whether whoever reads an earlier version of the line, and ignores what it does not know, takes all that the new one writes;\n\
         - *replay*: whether the new type takes all that earlier versions wrote;\n\
         - *step*: the version step that the change needs. `mesh explain <rule>` tells why, and what to write instead.\n",
    );
    for (group, cases) in all() {
        let _ = write!(
            table,
            "\n## {group}\n\n| change | readers | replay | step | rules |\n|---|---|---|---|---|\n"
        );
        for case in cases {
            let judgement = judged(&case);
            let mut rules: Vec<&Finding> = judgement.findings.iter().collect();
            rules.dedup_by(|one, other| one.rule == other.rule);
            let rules: Vec<String> =
                rules.iter().map(|it| format!("[`{0}`](rules.md#{0})", it.rule)).collect();
            let _ = writeln!(
                table,
                "| {} | {} | {} | **{}** | {} |",
                case.change,
                judgement.readers.as_str(),
                judgement.replay.as_str(),
                judgement.required,
                rules.join(", ")
            );
        }
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/changes.md");
    if std::env::var_os("MESH_UPDATE").is_some() {
        std::fs::write(path, &table).expect("the table is written");
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(
        written, table,
        "run `MESH_UPDATE=1 cargo test -p mesh-runtime --test it changes` and look at `git diff`"
    );
}

/// The schemas of every type above and of the shapes from real crates.
fn schemas() -> Vec<(String, serde_json::Value)> {
    let changed = all().into_iter().flat_map(|(_, cases)| cases).flat_map(|case| {
        case.versions.into_iter().map(|contract| (case.change.to_owned(), contract)).collect::<Vec<_>>()
    });
    let shapes = crate::shapes::manifest();
    let shapes = shapes.offers().iter().map(|offer| {
        let contract = offer.contract().unwrap_or_else(|mistakes| panic!("{mistakes}"));
        (contract.address.to_string(), contract)
    });
    changed
        .chain(shapes)
        .flat_map(|(name, contract)| {
            [
                (format!("{name}, emits"), contract.schemas.emits),
                (format!("{name}, accepts"), contract.schemas.accepts),
            ]
        })
        .collect()
}

#[test]
fn every_schema_of_a_rust_type_contains_itself_told_in_other_words() {
    use mesh_runtime::model::judge::{Containment, Options, contains};
    for (name, schema) in schemas() {
        // Equal documents are contained without a look at them, so these are made to differ.
        let mut other = schema.clone();
        other["$comment"] = "the same".into();
        let bounds = serde_json::json!({ "minProperties": 0, "minItems": 0, "minLength": 0 });
        let all =
            other.as_object_mut().expect("a schema").entry("allOf").or_insert_with(|| serde_json::json!([]));
        all.as_array_mut().expect("a list").extend([true.into(), bounds]);
        for (sub, sup) in [(&schema, &other), (&other, &schema)] {
            let report = contains(sub, sup, &Options::contract()).expect("schemas");
            assert_eq!(report.containment, Containment::Contained, "{name}");
        }
        let report = contains(&schema, &other, &Options::contract().closed_sub()).expect("schemas");
        assert_eq!(report.containment, Containment::Contained, "{name}, closed");
    }
}
