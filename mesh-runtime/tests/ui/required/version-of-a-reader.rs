use mesh_runtime::prelude::*;

#[derive(Deserialize, JsonSchema, Consumes)]
#[consumes(product = "sales.orders")]
pub struct Bill {
    pub order_id: u64,
}

fn main() {}
