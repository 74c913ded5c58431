use mesh_runtime::domain;
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
    pub order_id: u64,
}

/// Everything about taxes.
#[derive(Domain)]
#[domain(name = "tax", owner = "tax@example.com")]
pub enum Tax {
    /// Reports.
    Reports,
}

domain! { Tax; offers: [Order]; needs: [] }

fn main() {}
