use mesh_runtime::prelude::*;

/// One or the other.
#[derive(DataType)]
pub union Either {
    number: u32,
    float: f32,
}

fn main() {}
