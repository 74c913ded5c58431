//! A clinical resource: a choice of value types, codings all over, and parts within parts.

use mesh_runtime::prelude::*;
use rust_decimal::Decimal;

use super::Shapes;

/// A measurement or finding about a patient.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataProduct)]
#[product(service = Shapes::Documents, name = "observations", version = "1.0.0", kind = "source-aligned")]
#[port(records)]
#[serde(rename_all = "camelCase")]
pub struct Observation {
    /// Logical identifier.
    #[field(key)]
    #[schemars(length(min = 1, max = 64), pattern("^[A-Za-z0-9.-]*$"))]
    pub id: String,
    /// How far it may be relied upon.
    pub status: Status,
    /// What was observed.
    pub code: CodeableConcept,
    /// About whom.
    #[field(pii = "sensitive", classification = "restricted")]
    pub subject: Reference,
    /// When it was true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_date_time: Option<chrono::DateTime<chrono::FixedOffset>>,
    /// What was found.
    #[serde(flatten)]
    pub value: Value,
    /// Parts of it that were observed by themselves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub component: Vec<Component>,
}

/// How far an observation may be relied upon.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema, DataType)]
#[serde(rename_all = "kebab-case")]
#[data(extensible)]
pub enum Status {
    /// Not complete yet.
    Preliminary,
    /// Complete.
    Final,
    /// Changed after it was complete.
    Amended,
    /// Should never have been there.
    EnteredInError,
}

/// What was found: exactly one of these.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
pub enum Value {
    /// A measured amount.
    #[serde(rename = "valueQuantity")]
    Quantity(Quantity),
    /// A text.
    #[serde(rename = "valueString")]
    Text(String),
    /// A yes or no.
    #[serde(rename = "valueBoolean")]
    Boolean(bool),
    /// A span between two amounts.
    #[serde(rename = "valueRange")]
    Range {
        /// The lower end.
        low: Quantity,
        /// The upper end.
        high: Quantity,
    },
}

/// A measured amount.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
pub struct Quantity {
    /// The number.
    #[field(decimal(18, 6))]
    pub value: Decimal,
    /// The unit as people write it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// A concept in words and in codes.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
pub struct CodeableConcept {
    /// Codes of terminologies.
    #[schemars(length(min = 1))]
    pub coding: Vec<Coding>,
    /// The concept in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// One code of a terminology.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
pub struct Coding {
    /// The terminology.
    #[schemars(url)]
    pub system: String,
    /// The code in it.
    pub code: String,
}

/// A pointer to another resource, which may stand within this one.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
pub struct Reference {
    /// Where the resource is.
    pub reference: String,
    /// By whom it was assigned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assigner: Option<Box<Reference>>,
}

/// A part of an observation.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
pub struct Component {
    /// What was observed.
    pub code: CodeableConcept,
    /// What was found.
    #[serde(flatten)]
    pub value: Value,
    /// Parts of this part.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub component: Vec<Component>,
}
