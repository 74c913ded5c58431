use mesh_runtime::prelude::*;

#[derive(Domain)]
#[domain(name = "sales", owner = "sales@example.com")]
pub enum Sales {
    /// Takes orders.
    Orders,
}

fn main() {}
