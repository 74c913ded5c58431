//! What the fields of a product mean, beside what their schemas say.
//!
//! Meaning is kept for each named type and not for each path, so that recursive types have one.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde_json::Value;

use crate::contract::Extensions;
use crate::{Classification, PersonalData};

/// The type of a value as a table or another language would declare it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "documents", derive(serde::Deserialize))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum LogicalType {
    /// True or false.
    Bool,
    /// Signed, 8 bits.
    Int8,
    /// Signed, 16 bits.
    Int16,
    /// Signed, 32 bits.
    Int32,
    /// Signed, 64 bits.
    Int64,
    /// Unsigned, 8 bits.
    Uint8,
    /// Unsigned, 16 bits.
    Uint16,
    /// Unsigned, 32 bits.
    Uint32,
    /// Unsigned, 64 bits.
    Uint64,
    /// A whole number of any size.
    Integer,
    /// IEEE 754 binary32.
    Float32,
    /// IEEE 754 binary64.
    Float64,
    /// A number of any size and precision.
    Number,
    /// An exact number.
    Decimal {
        /// Digits in all.
        precision: u8,
        /// Digits behind the point.
        scale: u8,
    },
    /// Text.
    String,
    /// Bytes, written as text in base64 or as a list of numbers.
    Bytes,
    /// A day of the calendar.
    Date,
    /// A time of the day.
    Time,
    /// A point in time.
    Timestamp,
    /// A date and time of the day without a zone.
    LocalTimestamp,
    /// A length of time.
    Duration,
    /// A UUID, written as RFC 9562 does.
    Uuid,
    /// Any JSON.
    Json,
    /// Several values in order.
    List(Box<LogicalType>),
    /// Values by name.
    Map(Box<LogicalType>),
    /// A type that the contract describes by this name.
    Type(String),
}

impl fmt::Display for LogicalType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self {
            Self::Bool => "bool",
            Self::Int8 => "int8",
            Self::Int16 => "int16",
            Self::Int32 => "int32",
            Self::Int64 => "int64",
            Self::Uint8 => "uint8",
            Self::Uint16 => "uint16",
            Self::Uint32 => "uint32",
            Self::Uint64 => "uint64",
            Self::Integer => "integer",
            Self::Float32 => "float32",
            Self::Float64 => "float64",
            Self::Number => "number",
            Self::String => "string",
            Self::Bytes => "bytes",
            Self::Date => "date",
            Self::Time => "time",
            Self::Timestamp => "timestamp",
            Self::LocalTimestamp => "local timestamp",
            Self::Duration => "duration",
            Self::Uuid => "uuid",
            Self::Json => "json",
            Self::Decimal { precision, scale } => return write!(f, "decimal({precision}, {scale})"),
            Self::List(item) => return write!(f, "list of {item}"),
            Self::Map(value) => return write!(f, "map of {value}"),
            Self::Type(name) => name,
        };
        f.write_str(word)
    }
}

/// One named type of a product: its root, or a type nested in it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "documents", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct TypeMeaning {
    /// What it stands for, in a sentence.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Its fields by wire name, in the order of their declaration.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldMeaning>,
    /// The variants of an enum, in the order of their declaration.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variants: Vec<VariantMeaning>,
    /// How the variants of an enum are told apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tagging: Option<Tagging>,
    /// Whether readers must expect variants that they do not know.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub extensible: bool,
    /// What the single value of a newtype is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newtype: Option<Box<FieldMeaning>>,
    /// Members whose name starts with `x-`.
    #[serde(flatten)]
    pub extensions: Extensions,
}

impl TypeMeaning {
    /// The field of a wire name.
    pub fn field(&self, name: &str) -> Option<&FieldMeaning> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// How the variants of an enum are told apart on the wire (serde's four ways).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "documents", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Tagging {
    /// An object with one member named as the variant, or its name alone.
    External,
    /// The name stands among the variant's own members.
    Internal {
        /// The member that holds the variant's name.
        tag: String,
    },
    /// Name and content stand side by side.
    Adjacent {
        /// The member that holds the variant's name.
        tag: String,
        /// The member that holds the variant's content.
        content: String,
    },
    /// Only the shape tells.
    Untagged,
}

/// One variant of an enum.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "documents", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct VariantMeaning {
    /// Its name on the wire.
    pub name: String,
    /// What it stands for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Whether it stands for every name that the reader does not know.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub catch_all: bool,
    /// Its named fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldMeaning>,
    /// What it holds without names, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holds: Vec<LogicalType>,
    /// Members whose name starts with `x-`.
    #[serde(flatten)]
    pub extensions: Extensions,
}

/// One field.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "documents", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct FieldMeaning {
    /// Its name on the wire; empty for the value of a newtype.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// What its values are.
    #[serde(rename = "type")]
    pub logical: LogicalType,
    /// What it stands for, in a sentence.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Whether a record may go without the member.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
    /// Whether the value may be `null`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nullable: bool,
    /// Whether it is a part of what names a record.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub key: bool,
    /// Whether it tells whose a record is, where several customers share the product: each reads its own.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tenant: bool,
    /// What its numbers count: `EUR`, `ms`, `kg`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The term of a glossary that it stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term: Option<String>,
    /// What sort of personal data it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pii: Option<PersonalData>,
    /// Who may see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classification: Option<Classification>,
    /// Why not to use it any more, and what to use instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<String>,
    /// The field of another product that it names, `sales.customers/customer_id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub references: Option<String>,
    /// The least value of an exact number, in decimal notation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<String>,
    /// The greatest value of an exact number, in decimal notation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<String>,
    /// Values it may have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<Value>,
    /// Members whose name starts with `x-`.
    #[serde(flatten)]
    pub extensions: Extensions,
}

impl FieldMeaning {
    /// A field of which only name and type are known.
    pub fn new(name: impl Into<String>, logical: LogicalType) -> Self {
        Self {
            name: name.into(),
            logical,
            description: String::new(),
            optional: false,
            nullable: false,
            key: false,
            tenant: false,
            unit: None,
            term: None,
            pii: None,
            classification: None,
            deprecated: None,
            references: None,
            min: None,
            max: None,
            examples: Vec::new(),
            extensions: Extensions::default(),
        }
    }
}

/// The named types of a product.
pub type Types = BTreeMap<String, TypeMeaning>;
