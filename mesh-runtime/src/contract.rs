//! From a type to its contract.

use std::fmt;

use mesh_contract::Contract;
use serde_json::Value;

use crate::product::{DataProduct, DataType};

/// Something that keeps a type from having a contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Where: a JSON pointer into the schemas, or the name of a type and its field.
    pub place: String,
    /// What is wrong and what to write instead.
    pub message: String,
}

/// Everything that keeps a type from having a contract.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mistakes(pub Vec<Mistake>);

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Mistake { place, message }) in self.0.iter().enumerate() {
            let break_line = if index > 0 { "\n" } else { "" };
            write!(f, "{break_line}{place}: {message}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Mistakes {}

/// The contract of a product.
///
/// # Errors
/// With everything that keeps the type from having one.
pub fn contract<P: DataProduct>() -> Result<Contract, Mistakes> {
    let definition = P::DEFINITION;
    Err(Mistakes(vec![Mistake { place: definition.name.to_owned(), message: "not built".to_owned() }]))
}

/// The JSON Schema of what a type takes, draft 2020-12, as schemars has it completed.
pub fn accepts_schema<T: DataType>() -> Value {
    schemars::generate::SchemaSettings::draft2020_12()
        .for_deserialize()
        .into_generator()
        .into_root_schema_for::<T>()
        .to_value()
}
