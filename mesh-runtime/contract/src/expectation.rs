//! An expectation: exactly what one reader relies on.

use serde::Serialize;
use serde_json::Value;

use crate::{Address, ConsumerName, EnvironmentName, Requirement};

/// What one reader relies on in one product.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "documents", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Expectation {
    /// The version of this document's format: [`crate::FORMAT`].
    pub mesh: u32,
    /// Who reads.
    pub consumer: ConsumerName,
    /// The reader's own version, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consumer_version: Option<String>,
    /// Where the reader runs, if it is deployed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<EnvironmentName>,
    /// The product read.
    pub address: Address,
    /// The versions that will do.
    pub requirement: Requirement,
    /// What it is read for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// The JSON pointers of the fields that are read, sorted; `*` stands for each item of a list or value of a map.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// The JSON Schema of what the reader takes.
    pub schema: Value,
}
