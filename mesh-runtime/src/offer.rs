//! A product that a domain offers, with its Rust type forgotten: what hosts and tests need of it.

use mesh_contract::Contract;
use serde_json::Value;

use crate::contract::{self, Mistakes};
use crate::definition::{ProductDefinition, TypeDefinition};
use crate::product::DataProduct;
use crate::validate::{Validate, Violations};

/// A product that a domain offers.
#[derive(Debug, Clone, Copy)]
pub struct Offer {
    definition: ProductDefinition,
    body: TypeDefinition,
    contract: fn() -> Result<Contract, Mistakes>,
    round_trip: fn(Value) -> Result<Value, RoundTripError>,
    validate: fn(Value) -> Result<Result<(), Violations>, serde_json::Error>,
}

/// Why a value did not go through the type and back.
#[derive(Debug)]
pub enum RoundTripError {
    /// The type does not take it.
    Read(serde_json::Error),
    /// The type cannot write what it took.
    Write(serde_json::Error),
}

impl Offer {
    /// The offer of a product by the type of its records.
    pub fn of<P: DataProduct>() -> Self {
        Self {
            definition: P::DEFINITION,
            body: P::BODY,
            contract: contract::contract::<P>,
            round_trip: |value| {
                let record: P = serde_json::from_value(value).map_err(RoundTripError::Read)?;
                // By text, as it goes over the wire: there, a short fraction has few digits.
                let text = serde_json::to_vec(&record).map_err(RoundTripError::Write)?;
                serde_json::from_slice(&text).map_err(RoundTripError::Write)
            },
            validate: |value| serde_json::from_value::<P>(value).map(|record| record.validate()),
        }
    }

    /// What the macro read of the product's attributes.
    pub fn definition(&self) -> &ProductDefinition {
        &self.definition
    }

    /// What the macro read of the record's type.
    pub fn body(&self) -> &TypeDefinition {
        &self.body
    }

    /// The contract that the type makes.
    ///
    /// # Errors
    /// With everything that keeps the type from having one.
    pub fn contract(&self) -> Result<Contract, Mistakes> {
        (self.contract)()
    }

    /// Reads a value as the record's type and writes it again.
    ///
    /// # Errors
    /// When the type does not take the value, or cannot write it.
    pub fn round_trip(&self, value: Value) -> Result<Value, RoundTripError> {
        (self.round_trip)(value)
    }

    /// Reads a value as the record's type and holds it against the type's promises.
    ///
    /// # Errors
    /// When the type does not take the value; the inner result tells of broken promises.
    pub fn validate(&self, value: Value) -> Result<Result<(), Violations>, serde_json::Error> {
        (self.validate)(value)
    }
}
