//! Readers: typed and not, against hosts that behave and hosts that do not.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends")]

mod fake_domain;
mod faults;
mod finding;
mod grants;
mod reading;
mod registry;

use mesh_runtime::client::{Client, ClientConfig, Retry};
use mesh_runtime::prelude::*;

/// A reader's view of the shop's sales.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Consumes)]
#[consumes(product = "shop.sales", version = "^1", purpose = "counting")]
pub(crate) struct CountedSale {
    /// The number on the receipt.
    pub(crate) number: u64,
    /// What was sold.
    #[schemars(length(max = 8))]
    pub(crate) article: String,
}

pub(crate) fn sold(number: u64) -> CountedSale {
    CountedSale { number, article: "soap".to_owned() }
}

/// Settings that give up soon enough for a test.
pub(crate) fn config() -> ClientConfig {
    let mut config = ClientConfig::default();
    config.retry = Retry {
        attempts: 3,
        first: std::time::Duration::from_millis(1),
        longest: std::time::Duration::from_millis(5),
    };
    config
}

pub(crate) fn client(config: ClientConfig) -> Client {
    Client::new(config).unwrap()
}
