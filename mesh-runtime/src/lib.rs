//! What a domain crate depends on: it turns annotated Rust structs into data products with contracts.

#[cfg(feature = "client")]
pub mod client;
pub mod contract;
pub mod definition;
#[cfg(feature = "files")]
pub mod files;
#[cfg(feature = "host")]
pub mod host;
pub mod manifest;
pub mod nested;
pub mod offer;
pub mod part;
pub mod product;
mod schema;
#[cfg(feature = "testing")]
pub mod testing;
pub mod validate;

/// Its name changes with the version, so that generated code never meets a run time that it was not made for.
#[doc(hidden)]
#[path = "__private.rs"]
pub mod __private_0_1;

pub use manifest::{Manifest, Need};
pub use mesh_contract as model;
pub use offer::Offer;

pub use mesh_macros::{Consumes, DataProduct, DataType, Domain, domain};
pub use product::{Consumes, DataProduct, DataType, Domain, Input, ProductOf};
pub use validate::{Validate, Violation, Violations};

/// What a domain crate uses all over.
pub mod prelude {
    pub use crate::product::{Consumes, DataProduct, DataType, Domain};
    pub use crate::validate::Validate;
    pub use mesh_macros::{Consumes, DataProduct, DataType, Domain};
    pub use schemars::JsonSchema;
    pub use serde::{Deserialize, Serialize};
}
