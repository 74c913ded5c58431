use mesh_runtime::prelude::*;

#[derive(Domain)]
#[domain(name = "Sales", ownr = "sales@example.com")]
pub enum Sales {
    Orders,
}

#[derive(Serialize, Deserialize, JsonSchema, DataProduct)]
#[product(service = Sales::Orders, name = "Orders", version = "1", kind = "sauce-aligned")]
pub struct Order {
    #[field(key, pii = "email")]
    pub email: Option<String>,
    /// Total.
    #[field(decimal(0, 2), min = "x", maximum = "7")]
    pub total: f64,
}

mesh_runtime::domain! { Sales; offers: [Order]; needs: [] }

fn main() {}
