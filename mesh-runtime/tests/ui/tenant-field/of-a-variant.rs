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
#[serde(tag = "kind")]
pub enum Order {
    /// By mail.
    Mail {
        /// Whose it is.
        #[field(tenant)]
        customer: String,
    },
    /// At the counter.
    Counter,
}

fn main() {}
