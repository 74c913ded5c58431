//! A masked record keeps the promise of its contract, whatever variants it holds: each variant's own lengths and formats are
//! those of the text that stands in for a personal one.

use mesh_runtime::Manifest;
use mesh_runtime::contract::emits_schema;
use mesh_runtime::host::Host;
use mesh_runtime::model::judge::{Instances, Options, Validator};
use mesh_runtime::prelude::*;
use serde_json::Value;

use super::people::Club;
use super::{config, soon, walk};

/// A person, said in every way that serde knows. What is personal has a name that begins with `hidden`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataProduct)]
#[product(service = Club::Membership, name = "persons", version = "1.0.0", kind = "source-aligned")]
#[port(records)]
struct Person {
    /// Number.
    #[field(key)]
    number: u64,
    /// By member.
    external: Vec<External>,
    /// By a member within.
    internal: Vec<Internal>,
    /// Side by side.
    adjacent: Vec<Adjacent>,
    /// By shape.
    untagged: Vec<Untagged>,
    /// Among the members of the record.
    #[serde(flatten)]
    flattened: Flattened,
}

macro_rules! choice {
    ($(#[$attribute:meta])* $name:ident) => {
        /// The same variants, told apart in one way.
        #[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
        $(#[$attribute])*
        enum $name {
            /// Short.
            Short {
                /// A short text, by the same name.
                #[field(pii = "name", classification = "confidential")]
                #[schemars(length(max = 2))]
                hidden: String,
                /// A day that may be null.
                #[field(pii = "birth-date", classification = "confidential")]
                hidden_day: Option<chrono::NaiveDate>,
                /// Not personal.
                #[schemars(length(min = 1, max = 3))]
                open: String,
            },
            /// Long.
            Long {
                /// A long text.
                #[field(pii = "name", classification = "confidential")]
                #[schemars(length(min = 7))]
                hidden: String,
                /// A number that may be missing.
                #[field(pii = "financial", classification = "confidential")]
                #[serde(default, skip_serializing_if = "Option::is_none")]
                hidden_income: Option<u64>,
            },
            /// An address.
            Mail {
                /// A text of a format.
                #[field(pii = "email", classification = "confidential")]
                #[schemars(email)]
                hidden_mail: String,
            },
            /// A type of its own.
            Typed(Typed),
        }
    };
}

choice!(External);
choice!(
    #[serde(tag = "is")]
    Internal
);
choice!(
    #[serde(tag = "is", content = "it")]
    Adjacent
);
choice!(
    #[serde(untagged)]
    Untagged
);
choice!(
    #[serde(tag = "sort")]
    Flattened
);

/// A type of its own.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
struct Typed {
    /// A text of one length.
    #[field(pii = "name", classification = "confidential")]
    #[schemars(length(equal = 5))]
    hidden_name: String,
}

/// Every member that is called as personal ones are.
fn hidden<'v>(value: &'v Value, found: &mut Vec<&'v Value>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, member)| {
            if name.starts_with("hidden") {
                found.push(member);
            }
            hidden(member, found);
        }),
        Value::Array(items) => items.iter().for_each(|item| hidden(item, found)),
        _ => {}
    }
}

#[tokio::test]
async fn masked_records_keep_the_contract_whatever_variants_they_hold() {
    let schema = emits_schema::<Person>();
    let options = Options::contract();
    let mut persons: Vec<Person> = Instances::new(&schema, 5, &options)
        .unwrap()
        .take(300)
        .map(|instance| serde_json::from_value(instance).unwrap())
        .collect();
    for (number, person) in (0..).zip(&mut persons) {
        person.number = number;
    }
    let records = persons.len();
    let manifest = Manifest::builder::<Club>("club", env!("CARGO_MANIFEST_DIR")).offer::<Person>().build();
    let host = Host::new(manifest).records(move |_| std::future::ready(Ok(persons.clone())));
    let host = host.start(config()).await.unwrap();
    soon("loading", host.loaded()).await;

    let lines = walk(&host, "/products/persons/records").await;

    let (ours, theirs) =
        (Validator::compile(&schema, &options).unwrap(), jsonschema::validator_for(&schema).unwrap());
    assert_eq!(lines.len(), records);
    let mut masked = 0;
    for line in &lines {
        assert_eq!(ours.validate(line), Ok(()), "{line:#}");
        assert!(theirs.is_valid(line), "{line:#}");
        let mut found = Vec::new();
        hidden(line, &mut found);
        masked += found.iter().filter(|value| value.is_string()).count();
        for value in found {
            let text = value.as_str().unwrap_or_default();
            assert!(
                value.is_null() || text == "masked@example.invalid" || text.bytes().all(|byte| byte == b'*'),
                "{line:#}"
            );
        }
    }
    assert!(masked > records, "only {masked} texts were masked");
}
