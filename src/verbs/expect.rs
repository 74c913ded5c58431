//! `mesh expect`: what a reader in any language relies on, as a plain JSON Schema.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::Args;
use mesh_contract::judge::{Options, SchemaError, Validator};
use mesh_contract::{Address, ConsumerName, EnvironmentName, Expectation, FORMAT, Requirement, double};
use mesh_runtime::client::Narrowed;
use serde_json::Value;

use crate::args::Global;
use crate::failure::{Failure, OrFail as _};
use crate::output::{FAINT, GOOD, Output, Verdict, WARN};
use crate::registry;

/// Register what a reader in any language relies on
///
/// The schema says what the reader takes: it is told before a change hurts it, by name and field. Without an environment it
/// is what the reader has on its main line; with one, what is deployed there. Registering the same again changes nothing.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mesh expect --schema orders.json --consumer price-page --product sales.orders@^1\n  mesh expect --schema orders.json --consumer billing --consumer-version 2.1 --environment production --product sales.orders@^1.2\n  mesh expect --remove --consumer price-page --product sales.orders"
)]
pub(crate) struct Expect {
    /// The file with the JSON Schema of what the reader takes
    #[arg(long, value_name = "FILE", required_unless_present = "remove", conflicts_with = "remove")]
    schema: Option<PathBuf>,
    /// Who reads
    #[arg(long, value_name = "NAME")]
    consumer: ConsumerName,
    /// The product that is read, and the versions that will do
    #[arg(long, value_name = "PRODUCT@REQUIREMENT")]
    product: Wanted,
    /// The reader's own version
    #[arg(long, value_name = "VERSION")]
    consumer_version: Option<String>,
    /// Where the reader runs [default: nowhere yet, its main line]
    #[arg(long, value_name = "NAME")]
    environment: Option<EnvironmentName>,
    /// What the product is read for
    #[arg(long, value_name = "TEXT")]
    purpose: Option<String>,
    /// The fields that are read, as names or JSON pointers [default: all that the schema names]
    #[arg(long, value_name = "FIELDS", value_delimiter = ',', conflicts_with = "remove")]
    fields: Vec<String>,
    /// Forget what was registered: all of the reader for the product, or what version, environment and purpose narrow
    #[arg(long)]
    remove: bool,
}

/// A product and the versions of it that will do, written `sales.orders@^1`.
#[derive(Debug, Clone)]
struct Wanted {
    address: Address,
    requirement: Option<Requirement>,
}

impl FromStr for Wanted {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (address, requirement) = match text.split_once('@') {
            Some((address, requirement)) => (address, Some(requirement)),
            None => (text, None),
        };
        Ok(Self {
            address: address.parse().map_err(|error: mesh_contract::NameError| error.to_string())?,
            requirement: requirement
                .map(str::parse)
                .transpose()
                .map_err(|error: mesh_contract::VersionError| error.to_string())?,
        })
    }
}

impl Expect {
    /// Registers the expectation, or forgets it.
    pub(crate) fn run(self, global: &Global, output: Output) -> Result<Verdict, Failure> {
        let Self { schema, consumer, product, consumer_version, environment, purpose, fields, remove: _ } =
            self;
        let Wanted { address, requirement } = product;
        let registry = registry::client_here(global)?;
        let Some(path) = schema else {
            let narrowed = Narrowed { consumer_version, environment, purpose };
            registry::block_on(async {
                Ok(registry.forget_expectation(&consumer, &address, &narrowed).await?)
            })?;
            let answer = serde_json::json!({ "consumer": consumer, "address": address });
            output.answer(&answer, |out| {
                writeln!(out, "{GOOD}forgotten{GOOD:#}  what {consumer} reads of {address}")
            })?;
            return Ok(Verdict::Clean);
        };
        let requirement = requirement.ok_or_else(|| {
            Failure::new(format!("`{address}` is named without the versions that will do"))
                .next(format!("write `--product {address}@^1`"))
        })?;
        let schema = read_schema(&path)?;
        let fields = if fields.is_empty() { fields_of(&schema) } else { pointers(fields) };
        let expectation = Expectation {
            mesh: FORMAT,
            consumer,
            consumer_version,
            environment,
            address,
            requirement,
            purpose,
            fields,
            schema,
        };
        let registered = registry::block_on(async { Ok(registry.expect(&expectation).await?) })?;
        output.answer(&registered, |out| {
            let Expectation { consumer, address, requirement, fields, .. } = &registered.expectation;
            writeln!(out, "{GOOD}registered{GOOD:#}  {consumer} reads {address}@{requirement}")?;
            for field in fields {
                writeln!(out, "    {FAINT}{field}{FAINT:#}")?;
            }
            Ok(())
        })?;
        if registered.pending {
            output.note(format_args!(
                "{WARN}pending{WARN:#}: no published version meets this yet; the owner is told and not held up"
            ));
        }
        Ok(Verdict::Clean)
    }
}

/// Reads a schema, and sees that it is one.
fn read_schema(path: &Path) -> Result<Value, Failure> {
    let place = path.display();
    let text = std::fs::read_to_string(path).or_fail(|| format!("cannot read the schema `{place}`"))?;
    let schema: Value =
        serde_json::from_str(&text).or_fail(|| format!("the schema `{place}` is not JSON"))?;
    let refused = |error: String| {
        Failure::new(format!("`{place}` is not a JSON Schema that can be registered")).because(error)
    };
    double::check_numbers(&schema).map_err(|error| refused(error.to_string()))?;
    match Validator::compile(&schema, &Options::contract()) {
        Ok(_) | Err(SchemaError::Unsupported { .. }) => Ok(schema),
        Err(error) => Err(refused(error.to_string())),
    }
}

/// Names become pointers, pointers stay.
fn pointers(fields: Vec<String>) -> Vec<String> {
    let pointer = |field: String| if field.starts_with('/') { field } else { format!("/{field}") };
    let sorted: BTreeSet<_> = fields.into_iter().map(pointer).collect();
    sorted.into_iter().collect()
}

/// Every property that a schema names, from the root down; `*` stands for each item of a list or value of a map.
fn fields_of(schema: &Value) -> Vec<String> {
    let mut fields = BTreeSet::new();
    collect(schema, schema, "", &mut Vec::new(), &mut fields);
    fields.into_iter().collect()
}

fn collect<'s>(
    root: &'s Value,
    schema: &'s Value,
    at: &str,
    above: &mut Vec<&'s str>,
    fields: &mut BTreeSet<String>,
) {
    if !schema.is_object() {
        return;
    }
    if let Some(reference) = schema["$ref"].as_str() {
        // A recursive type is named once on each way down.
        if !above.contains(&reference)
            && let Some(target) = reference.strip_prefix('#').and_then(|pointer| root.pointer(pointer))
        {
            above.push(reference);
            collect(root, target, at, above, fields);
            above.pop();
        }
    }
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        let pointer = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
        collect(root, member, &pointer, above, fields);
        fields.insert(pointer);
    }
    for keyword in ["items", "additionalProperties"] {
        collect(root, &schema[keyword], &format!("{at}/*"), above, fields);
    }
    for keyword in ["allOf", "anyOf", "oneOf", "prefixItems"] {
        let below = if keyword == "prefixItems" { format!("{at}/*") } else { at.to_owned() };
        for part in schema[keyword].as_array().into_iter().flatten() {
            collect(root, part, &below, above, fields);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_are_found_behind_references_lists_and_variants_and_a_circle_ends() {
        let schema = json!({
            "properties": {
                "id": {"type": "integer"},
                "a/b": true,
                "lines": {"items": {"$ref": "#/$defs/Line"}},
                "extra": {"additionalProperties": {"properties": {"x": true}}},
                "either": {"anyOf": [{"properties": {"y": true}}, {"type": "null"}]}
            },
            "$defs": {"Line": {"properties": {"sku": true, "parts": {"items": {"$ref": "#/$defs/Line"}}}}}
        });
        let expected = [
            "/a~1b",
            "/either",
            "/either/y",
            "/extra",
            "/extra/*/x",
            "/id",
            "/lines",
            "/lines/*/parts",
            "/lines/*/sku",
        ];
        assert_eq!(fields_of(&schema), expected);
        assert!(fields_of(&json!(true)).is_empty());
    }

    #[test]
    fn names_become_pointers_sorted_and_once() {
        assert_eq!(pointers(["total", "/id", "id"].map(str::to_owned).to_vec()), ["/id", "/total"]);
    }

    #[test]
    fn a_product_is_named_with_the_versions_that_will_do() {
        let wanted: Wanted = "sales.orders@^1.2".parse().expect("a product");
        assert_eq!(wanted.requirement.map(|it| it.to_string()).as_deref(), Some("^1.2"));
        assert!("sales.orders".parse::<Wanted>().expect("a product").requirement.is_none());
        assert!("Sales@1".parse::<Wanted>().is_err());
        assert!("sales.orders@one".parse::<Wanted>().is_err());
    }
}
