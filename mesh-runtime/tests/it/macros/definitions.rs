//! Definitions carry what the attributes say.

use mesh_runtime::definition::{FieldDefinition, Shape, TaggingDefinition, VariantShape};
use mesh_runtime::model::{Classification, PersonalData, PortKind, ProductKind, Requirement, Stability};
use mesh_runtime::prelude::*;
use mesh_runtime::{Input, domain};
use rust_decimal::Decimal;

/// Everything about selling.
///
/// In detail.
#[derive(Domain)]
#[domain(name = "sales", owner = "sales-data@chinook.example", contact = "https://chat.example/sales")]
pub enum Sales {
    /// Takes orders.
    Orders,
    /// Bills what was ordered.
    #[service(shared_with = ["accounting", "tax"])]
    InvoicingAndTax,
    /// What is for sale.
    #[service(name = "catalogue")]
    Products,
}

/// One record for each order.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataProduct)]
#[product(service = Sales::Orders, name = "orders", version = "1.2.0", kind = "source-aligned")]
#[product(freshness = "15m", latency = "1m", availability = "99.9%", retention = "7y", tags = ["orders", "revenue"])]
#[product(purpose = "billing", terms = "internal only", stability = "experimental", extensible)]
#[product(deprecated(date = "2027-01-01", successor = "sales.orders-v2"), example = Order::example)]
#[product(inputs = [BillableTrack])]
#[port(records)]
#[port(events, name = "changes", topic = "orders")]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// Order number.
    #[field(key)]
    pub order_id: u64,
    /// Where the confirmation was sent.
    #[field(pii = "email", classification = "confidential")]
    #[serde(skip_serializing_if = "Option::is_none", alias = "mail", alias = "e-mail")]
    pub email: Option<String>,
    /// Total including VAT.
    #[field(unit = "EUR", decimal(18, 2), min = "0", max = "99.50", term = "net revenue")]
    #[field(example = "12.50", example = {"a": [1, -2]}, deprecated = "use lines")]
    #[schemars(with = "String")]
    pub total: Decimal,
    /// What was ordered.
    pub lines: Vec<Line>,
    /// Who bought.
    #[field(references = "sales.customers/customer_id")]
    #[serde(rename(serialize = "buyer", deserialize = "customer"))]
    pub customer: u64,
    /// Never on the wire.
    #[serde(skip)]
    pub cached: u8,
}

impl Order {
    fn example() -> Self {
        Self { order_id: 1, email: None, total: Decimal::ONE, lines: Vec::new(), customer: 7, cached: 0 }
    }
}

/// One line.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
#[serde(tag = "kind", content = "line", rename_all = "kebab-case")]
#[data(extensible)]
pub enum Line {
    /// A track.
    SoldTrack(u32),
    /// A refund.
    Refund {
        /// Why.
        reason: String,
    },
    /// Anything else.
    #[serde(other)]
    Unknown,
}

/// What billing reads of a track.
#[derive(Deserialize, JsonSchema, Consumes)]
#[consumes(product = "catalogue.tracks", version = "^1.2", purpose = "billing")]
pub struct BillableTrack {
    /// Number of the track.
    pub track_id: u64,
    pub price: Option<f64>,
}

domain! {
    Sales;
    offers: [Order];
    needs: [BillableTrack];
}

fn fields(shape: &Shape) -> &[FieldDefinition] {
    match shape {
        Shape::Struct { fields } => fields,
        other => panic!("not a struct: {other:?}"),
    }
}

#[test]
fn a_domain_knows_its_services() {
    let definition = Sales::DEFINITION;
    assert_eq!((definition.name, definition.owner), ("sales", "sales-data@chinook.example"));
    assert_eq!(definition.description, "Everything about selling.\n\nIn detail.");
    assert_eq!(definition.contact, Some("https://chat.example/sales"));
    let names: Vec<_> = definition.services.iter().map(|service| service.name).collect();
    assert_eq!(names, ["orders", "invoicing-and-tax", "catalogue"]);
    assert_eq!(Sales::InvoicingAndTax.service().shared_with, ["accounting", "tax"]);
    assert_eq!(Sales::Products.service().description, "What is for sale.");
}

#[test]
fn a_product_knows_everything_that_was_written() {
    let definition = Order::DEFINITION;
    assert_eq!((definition.domain.name, definition.service.name), ("sales", "orders"));
    assert_eq!((definition.name, definition.version), ("orders", "1.2.0"));
    assert_eq!(
        (definition.kind, definition.stability),
        (ProductKind::SourceAligned, Stability::Experimental)
    );
    assert_eq!((definition.freshness, definition.availability), (Some("15m"), Some("99.9%")));
    assert_eq!(definition.latency, Some("1m"));
    assert_eq!((definition.retention, definition.purpose), (Some("7y"), Some("billing")));
    assert_eq!((definition.terms, definition.tags), (Some("internal only"), &["orders", "revenue"][..]));
    let deprecated = definition.deprecated.expect("a deprecation");
    assert_eq!((deprecated.date, deprecated.successor), ("2027-01-01", Some("sales.orders-v2")));
    let [records, changes] = definition.ports else { panic!("two ports") };
    assert_eq!((records.kind, records.name), (PortKind::Records, "records"));
    assert_eq!(
        (changes.kind, changes.name, changes.options),
        (PortKind::Events, "changes", &[("topic", "orders")][..])
    );
    let example = definition.examples[0]().expect("an example");
    assert_eq!(example["orderId"], 1);
    assert_eq!(definition.inputs[0]().address, "catalogue.tracks");
}

#[test]
fn a_field_knows_its_names_on_both_sides_and_its_meaning() {
    let body = Order::BODY;
    assert_eq!(
        (body.rust_name, body.description, body.extensible),
        ("Order", "One record for each order.", true)
    );
    assert!(body.file.ends_with("definitions.rs") && body.line > 0);
    let [id, email, total, lines, customer, cached] = fields(&body.shape) else { panic!("six fields") };
    assert_eq!((id.rust_name, id.emits, id.accepts, id.key), ("order_id", "orderId", "orderId", true));
    assert_eq!(email.aliases, ["e-mail", "mail"]);
    assert!(email.skipped_if_none && email.sometimes_emitted);
    assert_eq!(
        (email.pii, email.classification),
        (Some(PersonalData::Email), Some(Classification::Confidential))
    );
    assert_eq!((total.decimal, total.min, total.max), (Some((18, 2)), Some("0"), Some("99.50")));
    assert_eq!(
        (total.unit, total.term, total.deprecated),
        (Some("EUR"), Some("net revenue"), Some("use lines"))
    );
    assert_eq!(total.examples, ["\"12.50\"", r#"{"a":[1,-2]}"#]);
    assert_eq!(lines.description, "What was ordered.");
    assert_eq!((customer.emits, customer.accepts), ("buyer", "customer"));
    assert_eq!(customer.references, Some("sales.customers/customer_id"));
    assert!(cached.never_emitted && cached.never_accepted);
}

#[test]
fn an_enum_knows_its_tagging_and_its_variants() {
    let body = Line::BODY;
    assert!(body.extensible);
    let Shape::Enum { tagging, variants: [track, refund, unknown] } = body.shape else { panic!("an enum") };
    assert_eq!(tagging, TaggingDefinition::Adjacent { tag: "kind", content: "line" });
    assert_eq!((track.rust_name, track.emits), ("SoldTrack", "sold-track"));
    assert!(matches!(track.shape, VariantShape::Newtype(_)));
    assert!(matches!(refund.shape, VariantShape::Struct([reason]) if reason.emits == "reason"));
    assert!(unknown.other && matches!(unknown.shape, VariantShape::Unit));
}

#[test]
fn a_reader_knows_what_it_needs() {
    let need = BillableTrack::NEED;
    assert_eq!((need.address, need.requirement, need.purpose), ("catalogue.tracks", "^1.2", Some("billing")));
    assert_eq!(fields(&need.body.shape)[1].description, "");
    assert_eq!((need.schema)()["properties"]["track_id"]["type"], "integer");
}

#[test]
fn a_product_is_an_input_of_its_own_domain() {
    let input = Order::input();
    let requirement: Requirement = input.requirement.parse().expect("a requirement");
    assert_eq!((input.address, requirement.to_string().as_str()), ("sales.orders", "^1.2.0"));
}

#[test]
fn the_manifest_lists_what_was_listed() {
    let manifest = manifest();
    assert_eq!((manifest.domain().name, manifest.package()), ("sales", "mesh-runtime"));
    assert_eq!(manifest.offers().len(), 1);
    assert_eq!(manifest.needs()[0].input.address, "catalogue.tracks");
    assert!(manifest.definition_of::<Order>().is_some());
}

#[test]
fn a_broken_promise_is_told_with_its_place() {
    let mut order = Order::example();
    assert_eq!(order.validate(), Ok(()));
    order.total = Decimal::new(-12345, 3);
    let violations = order.validate().expect_err("a violation");
    let told: Vec<_> = violations.as_slice().iter().map(|it| (it.pointer.as_str(), it.keyword)).collect();
    assert_eq!(told, [("/total", "decimal"), ("/total", "min")]);
}
