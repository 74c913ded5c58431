use mesh_runtime::prelude::*;

/// Everything about selling.
#[derive(Domain)]

pub enum Sales {
    /// Takes orders.
    Orders,
}

fn main() {}
