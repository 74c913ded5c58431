use mesh_runtime::prelude::*;

/// Everything about selling.
#[derive(Domain)]
#[domain(name = "sales", owner = "sales@example.com")]
#[service(name = "orders")]
pub enum Sales {
    /// Takes orders.
    Orders,
}

fn main() {}
