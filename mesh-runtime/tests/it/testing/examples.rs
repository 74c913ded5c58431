//! Examples of products and of fields.

use mesh_runtime::Manifest;
use mesh_runtime::prelude::*;

use super::shop::Shop;
use super::{fails, holds};
use crate::folder::Folder;

const EXAMPLES: &str = "::examples are valid";

/// Shows itself wrongly.
#[derive(Debug, Serialize, Deserialize, JsonSchema, DataProduct)]
#[product(service = Shop::Orders, name = "shown", version = "1.0.0", kind = "source-aligned", example = Shown::negative)]
#[port(records)]
struct Shown {
    /// Its number.
    #[field(key, example = "one")]
    id: u32,
    /// Its price.
    #[field(decimal(9, 2), min = "0", example = "1.50")]
    price: rust_decimal::Decimal,
    /// Its name.
    #[schemars(length(max = 3))]
    name: String,
}

impl Shown {
    fn negative() -> Self {
        Self { id: 1, price: rust_decimal::Decimal::NEGATIVE_ONE, name: "long".into() }
    }
}

#[test]
fn an_example_that_is_none_is_told() {
    let manifest = Manifest::builder::<Shop>("shop", ".").offer::<Shown>().build();
    fails(
        &manifest,
        &Folder::new(),
        EXAMPLES,
        &[
            "example 1: not within the schema of what is written",
            "`/name` breaks `maxLength`",
            "example of `Shown.id`",
        ],
    );
}

/// Shows itself rightly.
#[derive(Debug, Serialize, Deserialize, JsonSchema, DataProduct)]
#[product(service = Shop::Orders, name = "right", version = "1.0.0", kind = "source-aligned", example = Right::one)]
#[port(records)]
struct Right {
    /// Its number.
    #[field(key, example = 1)]
    id: u32,
    /// Its price.
    #[field(decimal(9, 2), min = "0", example = "1.50")]
    price: rust_decimal::Decimal,
}

impl Right {
    fn one() -> Self {
        Self { id: 1, price: rust_decimal::Decimal::ONE }
    }
}

#[test]
fn an_example_that_is_one_holds() {
    let manifest = Manifest::builder::<Shop>("shop", ".").offer::<Right>().build();
    holds(&manifest, &Folder::new(), EXAMPLES);
    let contract = manifest.offers()[0].contract().expect("a contract");
    assert_eq!(contract.examples, [serde_json::json!({"id": 1, "price": "1"})]);
}
