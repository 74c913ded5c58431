use mesh_runtime::prelude::*;

#[derive(Serialize, Deserialize, JsonSchema, DataType)]
pub struct Line {
    /// How many.
    pub quantity: u32,
}

fn main() {}
