use mesh_runtime::prelude::*;

/// Everything about selling.
#[derive(Domain)]
#[domain(name = "sales", owner = " ")]
pub enum Sales {
    /// Takes orders.
    Orders,
}

fn main() {}
