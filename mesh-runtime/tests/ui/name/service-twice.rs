use mesh_runtime::prelude::*;

/// Everything about selling.
#[derive(Domain)]
#[domain(name = "sales", owner = "sales@example.com")]
pub enum Sales {
    /// Takes orders.
    Orders,
    /// Takes them again.
    #[service(name = "orders")]
    More,
}

fn main() {}
