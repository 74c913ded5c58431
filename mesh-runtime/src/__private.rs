//! What generated code needs, and nobody else. No promise is made about anything here.

pub use crate::nested::{CollectDescribed, CollectNothing, Describes, Nested, Probe};
pub use crate::validate::{At, Violations};
pub use serde_json;
