//! A product under test: its contract and compiled schemas, made when the first check asks for them.

use std::sync::OnceLock;

use mesh_contract::Contract;
use mesh_contract::judge::{Options, Validator};
use serde_json::Value;

use super::Failure;
use crate::Offer;

/// A product under test.
pub(super) struct Subject {
    /// The product.
    pub(super) offer: Offer,
    /// `sales.orders@1.2.0`.
    pub(super) name: String,
    made: OnceLock<Result<Made, String>>,
}

/// What the type makes.
pub(super) struct Made {
    /// The contract.
    pub(super) contract: Contract,
    /// The compiled schema of what is written.
    pub(super) emits: Validator,
    /// The compiled schema of what is taken.
    pub(super) accepts: Validator,
}

impl Subject {
    pub(super) fn new(offer: Offer) -> Self {
        let definition = offer.definition();
        let name = format!("{}.{}@{}", definition.domain.name, definition.name, definition.version);
        Self { offer, name, made: OnceLock::new() }
    }

    /// What the type makes, or everything that keeps it from making a contract.
    pub(super) fn complete(&self) -> Result<&Made, Failure> {
        let made = self.made.get_or_init(|| {
            let contract = self.offer.contract().map_err(|mistakes| mistakes.to_string())?;
            let emits = compiled(&contract.schemas.emits, "emits")?;
            let accepts = compiled(&contract.schemas.accepts, "accepts")?;
            Ok(Made { contract, emits, accepts })
        });
        made.as_ref().map_err(|mistakes| Failure(mistakes.clone()))
    }

    /// What the type makes; that it makes nothing is told once, by the check of completeness.
    pub(super) fn made(&self) -> Result<&Made, Failure> {
        let first = format!("the type makes no contract yet: see `{}::contract is complete`", self.name);
        self.complete().map_err(|_| Failure(first))
    }
}

fn compiled(schema: &Value, side: &str) -> Result<Validator, String> {
    Validator::compile(schema, &Options::contract()).map_err(|error| format!("/schemas/{side}: {error}"))
}
