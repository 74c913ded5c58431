use mesh_runtime::prelude::*;

/// Everything about selling.
#[derive(Domain)]
#[domain(name = "sales", owner = "sales@example.com")]
pub enum Sales<T> {
    /// Takes orders.
    Orders,
}

fn main() {}
