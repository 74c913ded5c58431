use mesh_runtime::prelude::*;

/// Everything about selling.
#[derive(Domain)]
#[domain(owner = "sales@example.com")]
pub enum Sales {
    /// Takes orders.
    Orders,
}

fn main() {}
