use mesh_runtime::prelude::*;

/// One line.
#[derive(Serialize, Deserialize, DataType)]
pub struct Line {
    /// How many.
    pub quantity: u32,
}

fn main() {}
