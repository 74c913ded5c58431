use mesh_runtime::prelude::*;

/// One line.
#[derive(Serialize, Deserialize, JsonSchema, DataType)]
pub struct Span(
    /// From.
    pub u32,
    pub u32,
);

fn main() {}
