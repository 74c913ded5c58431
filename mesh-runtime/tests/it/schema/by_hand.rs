//! The contract of a product whose definitions are written by hand.

use mesh_runtime::definition::*;
use mesh_runtime::model::{PortKind, ProductKind, Stability};
use mesh_runtime::nested::Nested;
use mesh_runtime::part::{CollectDescribed, Part, TypeProbe};
use mesh_runtime::{DataProduct, DataType, Domain};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct Order {
    order_id: u64,
    #[serde(skip_serializing_if = "Option::is_none", alias = "mail")]
    email: Option<String>,
    #[serde(rename = "lines")]
    order_lines: Vec<Line>,
    state: State,
    total: rust_decimal::Decimal,
    by_number: std::collections::BTreeMap<u32, Line>,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct Line {
    quantity: i32,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "state", rename_all = "lowercase")]
enum State {
    Open,
    Sent {
        on: chrono::NaiveDate,
    },
    #[serde(other)]
    Unknown,
}

const P: FieldDefinition = FieldDefinition { description: "Something.", ..FieldDefinition::PLAIN };

impl DataType for Order {
    const BODY: TypeDefinition = TypeDefinition {
        rust_name: "Order",
        description: "An order.",
        file: file!(),
        line: line!(),
        extensible: false,
        shape: Shape::Struct {
            fields: &[
                FieldDefinition {
                    rust_name: "order_id",
                    emits: "order_id",
                    accepts: "order_id",
                    key: true,
                    ..P
                },
                FieldDefinition {
                    rust_name: "email",
                    emits: "email",
                    accepts: "email",
                    aliases: &["mail"],
                    sometimes_emitted: true,
                    skipped_if_none: true,
                    ..P
                },
                FieldDefinition { rust_name: "order_lines", emits: "lines", accepts: "lines", ..P },
                FieldDefinition { rust_name: "state", emits: "state", accepts: "state", ..P },
                FieldDefinition {
                    rust_name: "total",
                    emits: "total",
                    accepts: "total",
                    decimal: Some((18, 2)),
                    ..P
                },
                FieldDefinition { rust_name: "by_number", emits: "by_number", accepts: "by_number", ..P },
            ],
        },
    };
    fn nested(nested: &mut Nested<'_>) {
        (&&TypeProbe::<u64>::new()).collect(nested);
        (&&TypeProbe::<Option<String>>::new()).collect(nested);
        (&&TypeProbe::<Vec<Line>>::new()).collect(nested);
        (&&TypeProbe::<State>::new()).collect(nested);
        (&&TypeProbe::<rust_decimal::Decimal>::new()).collect(nested);
        (&&TypeProbe::<std::collections::BTreeMap<u32, Line>>::new()).collect(nested);
    }
}
impl Part for Order {
    fn describe(nested: &mut Nested<'_>) {
        nested.visit::<Self>();
    }
}
impl DataType for Line {
    const BODY: TypeDefinition = TypeDefinition {
        rust_name: "Line",
        description: "A line.",
        file: file!(),
        line: line!(),
        extensible: false,
        shape: Shape::Struct {
            fields: &[FieldDefinition { rust_name: "quantity", emits: "quantity", accepts: "quantity", ..P }],
        },
    };
    fn nested(nested: &mut Nested<'_>) {
        (&&TypeProbe::<i32>::new()).collect(nested);
    }
}
impl Part for Line {
    fn describe(nested: &mut Nested<'_>) {
        nested.visit::<Self>();
    }
}
const V: VariantDefinition = VariantDefinition {
    rust_name: "",
    emits: "",
    accepts: "",
    aliases: &[],
    description: "A state.",
    other: false,
    never_emitted: false,
    never_accepted: false,
    untagged: false,
    line: 1,
    shape: VariantShape::Unit,
};
impl DataType for State {
    const BODY: TypeDefinition = TypeDefinition {
        rust_name: "State",
        description: "A state.",
        file: file!(),
        line: line!(),
        extensible: true,
        shape: Shape::Enum {
            tagging: TaggingDefinition::Internal { tag: "state" },
            variants: &[
                VariantDefinition { rust_name: "Open", emits: "open", accepts: "open", ..V },
                VariantDefinition {
                    rust_name: "Sent",
                    emits: "sent",
                    accepts: "sent",
                    shape: VariantShape::Struct(&[FieldDefinition {
                        rust_name: "on",
                        emits: "on",
                        accepts: "on",
                        ..P
                    }]),
                    ..V
                },
                VariantDefinition {
                    rust_name: "Unknown",
                    emits: "unknown",
                    accepts: "unknown",
                    other: true,
                    ..V
                },
            ],
        },
    };
    fn nested(nested: &mut Nested<'_>) {
        (&&TypeProbe::<chrono::NaiveDate>::new()).collect(nested);
    }
}
impl Part for State {
    fn describe(nested: &mut Nested<'_>) {
        nested.visit::<Self>();
    }
}

const SALES: DomainDefinition = DomainDefinition {
    name: "sales",
    description: "Selling.",
    owner: "sales@example.com",
    contact: None,
    services: &[ServiceDefinition { name: "orders", description: "Takes orders.", shared_with: &[] }],
};
#[derive(Clone, Copy)]
enum Sales {
    Orders,
}
impl Domain for Sales {
    const DEFINITION: DomainDefinition = SALES;
    fn service(self) -> &'static ServiceDefinition {
        &SALES.services[0]
    }
}
impl DataProduct for Order {
    type Domain = Sales;
    const DEFINITION: ProductDefinition = ProductDefinition {
        domain: &SALES,
        service: &SALES.services[0],
        name: "orders",
        version: "1.0.0",
        kind: ProductKind::SourceAligned,
        stability: Stability::Stable,
        purpose: None,
        terms: None,
        tags: &[],
        deprecated: None,
        freshness: Some("15m"),
        availability: None,
        retention: None,
        ports: &[PortDefinition { kind: PortKind::Records, name: "records", options: &[] }],
        inputs: &[],
        examples: &[],
    };
}

#[test]
fn definitions_written_by_hand_make_a_contract_that_reads_back() {
    let contract = mesh_runtime::contract::contract::<Order>().unwrap_or_else(|it| panic!("{it}"));
    let read = mesh_runtime::model::Contract::read(&contract.to_pretty()).unwrap_or_else(|it| panic!("{it}"));
    assert_eq!(read.digest(), contract.digest());
    assert_eq!(contract.key, ["order_id"]);
    assert_eq!(
        mesh_runtime::contract::fields_read(&contract.schemas.accepts),
        [
            "/by_number/*/quantity",
            "/email",
            "/lines/*/quantity",
            "/order_id",
            "/state/on",
            "/state/state",
            "/total"
        ]
    );
    assert_eq!(Sales::Orders.service().name, "orders");
}
