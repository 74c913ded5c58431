use mesh_runtime::prelude::*;

/// Everything about selling.
#[derive(Domain)]
#[domain(name = "sales", owner = "sales@example.com")]
pub enum Sales {
    /// Takes orders.
    Orders,
}

/// One order.
#[derive(Serialize, Deserialize, JsonSchema, DataProduct)]
#[product()]
#[port(records)]
pub struct Order {
    /// Order number.
    pub order_id: u64,
}

fn main() {}
