use mesh_runtime::prelude::*;

/// Everything about selling.
#[derive(Domain)]
#[domain(name = "sales", owner = "sales@example.com")]
pub struct Sales;

fn main() {}
