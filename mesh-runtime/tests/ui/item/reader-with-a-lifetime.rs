use mesh_runtime::prelude::*;

#[derive(Deserialize, JsonSchema, Consumes)]
#[consumes(product = "sales.orders", version = "^1.2")]
pub struct Bill<'a> {
    pub name: &'a str,
}

fn main() {}
