//! What a domain crate depends on: it turns annotated Rust structs into data products with contracts.

pub mod contract;
pub mod definition;
#[cfg(feature = "files")]
pub mod files;
pub mod manifest;
pub mod nested;
pub mod offer;
pub mod product;
mod schema;
pub mod validate;

#[doc(hidden)]
pub mod __private;

pub use manifest::{Manifest, Need};
pub use mesh_contract as model;
pub use offer::Offer;
pub use product::{Consumes, DataProduct, DataType, Domain, Input};
pub use validate::{Validate, Violation, Violations};

/// What a domain crate uses all over.
pub mod prelude {
    pub use crate::product::{Consumes, DataProduct, DataType, Domain};
    pub use crate::validate::Validate;
    pub use schemars::JsonSchema;
    pub use serde::{Deserialize, Serialize};
}
