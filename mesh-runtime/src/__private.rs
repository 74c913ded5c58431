//! What generated code needs, and nobody else. No promise is made about anything here.

use serde::Serialize;

use crate::part::Constraints;
use crate::validate::{Pattern, PatternError, hold};

pub use core::concat;
pub use core::option::Option::{None, Some};
pub use core::primitive::{u64, usize};
pub use core::result::Result;

pub use crate::contract::accepts_schema;
pub use crate::definition::{
    DeprecationDefinition, DomainDefinition, FieldDefinition, InputDefinition, PortDefinition,
    ProductDefinition, ServiceDefinition, Shape, TaggingDefinition, TypeDefinition, VariantDefinition,
    VariantShape,
};
pub use crate::manifest::Manifest;
pub use crate::nested::Nested;
pub use crate::offer::Offer;
pub use crate::part::{Part, TypeProbe, ValueProbe};
pub use crate::product::{Consumes, DataProduct, DataType, Domain, Input, ProductOf};
pub use crate::validate::{At, Bound, Exact, LazyPattern, Rule, Violations};
pub use mesh_contract::{Classification, PersonalData, PortKind, ProductKind, Stability};
pub use schemars::JsonSchema;
pub use serde::Serialize as Writes;
pub use serde_json::value::Serializer as ValueSerializer;
pub use serde_json::{Error, Value};

/// The traits that fields are probed through, without names, so that generated code has them with one import and shadows
/// nothing of the user's.
pub mod probes {
    pub use crate::part::{
        CheckNothing as _, CheckPart as _, CheckWritten as _, CollectDescribed as _, CollectNothing as _,
    };
}

/// The file that declares the type. A function, as a macro in generated code is one more expansion for each type.
#[track_caller]
pub const fn file() -> &'static str {
    core::panic::Location::caller().file()
}

/// A field of which only its name and its description are known; the name is the same everywhere.
pub const fn field(name: &'static str, description: &'static str, line: u32) -> FieldDefinition {
    FieldDefinition {
        rust_name: name,
        emits: name,
        accepts: name,
        description,
        line,
        ..FieldDefinition::PLAIN
    }
}

/// A variant of which only its name and its description are known; the name is the same everywhere.
pub const fn variant(name: &'static str, description: &'static str, line: u32) -> VariantDefinition {
    VariantDefinition {
        rust_name: name,
        emits: name,
        accepts: name,
        aliases: &[],
        description,
        other: false,
        never_emitted: false,
        never_accepted: false,
        untagged: false,
        line,
        shape: VariantShape::Unit,
    }
}

/// The domain of a product.
pub const fn domain_of<P: DataProduct>() -> &'static DomainDefinition {
    &<P::Domain as Domain>::DEFINITION
}

/// A record as it may be, as it is written: by text, where a short fraction has few digits.
pub fn example<P: Serialize>(make: fn() -> P) -> Result<Value, Error> {
    serde_json::from_slice(&serde_json::to_vec(&make())?)
}

/// Reads the pattern that an expression of the attribute names.
pub fn pattern(text: String) -> Result<Pattern, PatternError> {
    Pattern::new(&text)
}

/// Holds what a `serialize_with` function writes against the constraints that its field declares.
pub fn hold_written(
    written: Result<Value, Error>,
    at: At<'_>,
    violations: &mut Violations,
    constraints: Constraints<'_>,
) {
    if let Ok(written) = written {
        hold(&written.view(), &written, &at, violations, constraints);
    }
}

/// What stands in where a macro has told a mistake, so that the compiler adds nothing.
pub enum DomainStub {}

impl Domain for DomainStub {
    const DEFINITION: DomainDefinition = DOMAIN_STUB;

    fn service(self) -> &'static ServiceDefinition {
        match self {}
    }
}

/// See [`DomainStub`].
pub const DOMAIN_STUB: DomainDefinition =
    DomainDefinition { name: "", description: "", owner: "", contact: None, services: &[] };

/// See [`DomainStub`].
pub const SERVICE_STUB: ServiceDefinition = ServiceDefinition { name: "", description: "", shared_with: &[] };

/// See [`DomainStub`].
pub const TYPE_STUB: TypeDefinition = TypeDefinition {
    rust_name: "",
    description: "",
    file: "",
    line: 0,
    extensible: false,
    shape: Shape::Unit,
};

/// See [`DomainStub`].
pub const INPUT_STUB: InputDefinition =
    InputDefinition { address: "", requirement: "", purpose: None, body: &TYPE_STUB, schema: || Value::Null };

/// See [`DomainStub`]. Products start from it and name what is told of them.
pub const PRODUCT_STUB: ProductDefinition = ProductDefinition {
    domain: &DOMAIN_STUB,
    service: &SERVICE_STUB,
    name: "",
    version: "",
    kind: ProductKind::SourceAligned,
    stability: Stability::Stable,
    purpose: None,
    terms: None,
    tags: &[],
    deprecated: None,
    freshness: None,
    latency: None,
    availability: None,
    retention: None,
    ports: &[],
    inputs: &[],
    examples: &[],
};
