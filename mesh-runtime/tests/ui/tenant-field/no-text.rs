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
#[product(service = Sales::Orders, name = "orders", version = "1.0.0", kind = "source-aligned")]
#[port(records)]
pub struct Order {
    /// Order number.
    #[field(key)]
    pub order_id: u64,
    /// Whose it is.
    #[field(tenant)]
    pub customer: f64,
}

fn main() {}
