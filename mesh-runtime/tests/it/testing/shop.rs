//! A domain with one product in three versions of its type.

use mesh_runtime::Manifest;
use mesh_runtime::prelude::*;

/// Selling.
#[derive(Domain)]
#[domain(name = "shop", owner = "shop@example.com")]
pub(crate) enum Shop {
    /// Takes orders.
    Orders,
}

/// One order.
#[derive(Debug, Serialize, Deserialize, JsonSchema, DataProduct)]
#[product(service = Shop::Orders, name = "orders", version = "1.0.0", kind = "source-aligned")]
#[port(records)]
pub(crate) struct Order {
    /// Its number.
    #[field(key)]
    pub(crate) id: u32,
    /// What was said about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<String>,
}

pub(crate) fn manifest() -> Manifest {
    Manifest::builder::<Shop>("shop", ".").offer::<Order>().build()
}

pub(crate) mod same_version {
    use super::*;

    /// One order.
    #[derive(Debug, Serialize, Deserialize, JsonSchema, DataProduct)]
    #[product(service = Shop::Orders, name = "orders", version = "1.0.0", kind = "source-aligned")]
    #[port(records)]
    pub(crate) struct Order {
        /// Its number.
        #[field(key)]
        pub(crate) id: u64,
    }

    pub(crate) fn manifest() -> Manifest {
        Manifest::builder::<Shop>("shop", ".").offer::<Order>().build()
    }
}

pub(crate) mod other_words {
    use super::*;

    /// One order, in other words.
    #[derive(Debug, Serialize, Deserialize, JsonSchema, DataProduct)]
    #[product(service = Shop::Orders, name = "orders", version = "1.0.0", kind = "source-aligned")]
    #[port(records)]
    pub(crate) struct Order {
        /// Its number, as it stands on the bill.
        #[field(key)]
        pub(crate) id: u32,
        /// What was said about it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) note: Option<String>,
    }

    pub(crate) fn manifest() -> Manifest {
        Manifest::builder::<Shop>("shop", ".").offer::<Order>().build()
    }
}

pub(crate) mod next_version {
    use super::*;

    /// One order.
    #[derive(Debug, Serialize, Deserialize, JsonSchema, DataProduct)]
    #[product(service = Shop::Orders, name = "orders", version = "1.1.0", kind = "source-aligned")]
    #[port(records)]
    pub(crate) struct Order {
        /// Its number.
        #[field(key)]
        pub(crate) id: u32,
    }

    pub(crate) fn manifest() -> Manifest {
        Manifest::builder::<Shop>("shop", ".").offer::<Order>().build()
    }
}
