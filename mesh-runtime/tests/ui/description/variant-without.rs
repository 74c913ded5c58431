use mesh_runtime::prelude::*;

/// One line.
#[derive(Serialize, Deserialize, JsonSchema, DataType)]
pub enum Line {
    /// A track.
    Track,
    Refund,
}

fn main() {}
