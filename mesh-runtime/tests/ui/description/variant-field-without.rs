use mesh_runtime::prelude::*;

/// One line.
#[derive(Serialize, Deserialize, JsonSchema, DataType)]
pub enum Line {
    /// A refund.
    Refund { reason: String },
}

fn main() {}
