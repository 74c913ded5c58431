//! A domain's sources, which a test both compiles and looks at.

use mesh_runtime::prelude::*;

use crate::testing::shop::Shop;

/// What was sold.
#[derive(Debug, Serialize, Deserialize, JsonSchema, DataProduct)]
#[product(service = Shop::Orders, name = "sold", version = "1.0.0", kind = "source-aligned")]
#[port(records)]
pub(crate) struct Sold {
    /// Its number.
    #[field(key)]
    id: u32,
}
