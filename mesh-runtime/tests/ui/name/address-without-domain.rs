use mesh_runtime::prelude::*;

#[derive(Deserialize, JsonSchema, Consumes)]
#[consumes(product = "orders", version = "^1.2")]
pub struct Bill {
    pub order_id: u64,
}

fn main() {}
