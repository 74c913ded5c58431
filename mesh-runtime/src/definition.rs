//! What the macros write down of a type: plain constants, so that a crate of a hundred products compiles fast. The
//! [`contract`](crate::contract) module turns them into documents.
//!
//! Everything here was checked by the macros: names are names, versions are versions.

use mesh_contract::{Classification, PersonalData, PortKind, ProductKind, Stability};

/// A domain: what `#[derive(Domain)]` read.
#[derive(Debug, Clone, Copy)]
pub struct DomainDefinition {
    /// Its name.
    pub name: &'static str,
    /// What it is about.
    pub description: &'static str,
    /// The team that answers for it.
    pub owner: &'static str,
    /// Where else to ask.
    pub contact: Option<&'static str>,
    /// Its services, in order of declaration.
    pub services: &'static [ServiceDefinition],
}

/// A service of a domain: one variant of the enum.
#[derive(Debug, Clone, Copy)]
pub struct ServiceDefinition {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub description: &'static str,
    /// The other domains that take part in it.
    pub shared_with: &'static [&'static str],
}

/// A data product: what `#[derive(DataProduct)]` read.
#[derive(Debug, Clone, Copy)]
pub struct ProductDefinition {
    /// The domain that owns it.
    pub domain: &'static DomainDefinition,
    /// The service that offers it.
    pub service: &'static ServiceDefinition,
    /// Its name in the domain.
    pub name: &'static str,
    /// The version of its promise.
    pub version: &'static str,
    /// What it is made from and for.
    pub kind: ProductKind,
    /// How far a reader may rely on its shape.
    pub stability: Stability,
    /// What it is there for, in words of the business.
    pub purpose: Option<&'static str>,
    /// On which terms it may be used.
    pub terms: Option<&'static str>,
    /// Words to find it by.
    pub tags: &'static [&'static str],
    /// That it goes away.
    pub deprecated: Option<DeprecationDefinition>,
    /// How old the newest record may be.
    pub freshness: Option<&'static str>,
    /// How long it takes at most from when something happened until its record can be read.
    pub latency: Option<&'static str>,
    /// How much of the time the ports answer.
    pub availability: Option<&'static str>,
    /// How long a record stays readable.
    pub retention: Option<&'static str>,
    /// The ways to read it; one at least.
    pub ports: &'static [PortDefinition],
    /// The products that it is made from.
    pub inputs: &'static [fn() -> InputDefinition],
    /// Records as they may be, made by the domain's own functions.
    pub examples: &'static [fn() -> Result<serde_json::Value, serde_json::Error>],
}

/// That a product goes away.
#[derive(Debug, Clone, Copy)]
pub struct DeprecationDefinition {
    /// The day from which it may be gone, as `YYYY-MM-DD`.
    pub date: &'static str,
    /// The address of what to use instead.
    pub successor: Option<&'static str>,
}

/// One way to read a product.
#[derive(Debug, Clone, Copy)]
pub struct PortDefinition {
    /// How it is read.
    pub kind: PortKind,
    /// Its name, which is the kind's unless it was given.
    pub name: &'static str,
    /// What is set of it.
    pub options: &'static [(&'static str, &'static str)],
}

/// Another product that one is made from, or that a domain reads.
#[derive(Debug, Clone, Copy)]
pub struct InputDefinition {
    /// The product's address.
    pub address: &'static str,
    /// The versions that will do.
    pub requirement: &'static str,
    /// What it is read for.
    pub purpose: Option<&'static str>,
    /// The type that reads it.
    pub body: &'static TypeDefinition,
    /// The JSON Schema of what that type takes: [`accepts_schema`](crate::contract::accepts_schema) of it. The fields that
    /// it reads are found there.
    pub schema: fn() -> serde_json::Value,
}

/// A type with named meaning: what any of the derives read of its body.
#[derive(Debug, Clone, Copy)]
pub struct TypeDefinition {
    /// Its name in Rust, without path and generics.
    pub rust_name: &'static str,
    /// Its doc comment.
    pub description: &'static str,
    /// The file that declares it, as the compiler names it.
    pub file: &'static str,
    /// The line that declares it.
    pub line: u32,
    /// Whether it carries `#[product(extensible)]` or `#[data(extensible)]`.
    pub extensible: bool,
    /// Its fields or variants.
    pub shape: Shape,
}

/// The body of a type.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// Named fields.
    Struct {
        /// In order of declaration.
        fields: &'static [FieldDefinition],
    },
    /// One value without a name, written as that value (also `#[serde(transparent)]`).
    Newtype {
        /// That value.
        field: &'static FieldDefinition,
    },
    /// Several values without names, written as a list.
    Tuple {
        /// In order of declaration.
        fields: &'static [FieldDefinition],
    },
    /// Nothing, written as `null`.
    Unit,
    /// Variants.
    Enum {
        /// How they are told apart.
        tagging: TaggingDefinition,
        /// In order of declaration.
        variants: &'static [VariantDefinition],
    },
}

/// How the variants of an enum are told apart, as serde reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaggingDefinition {
    /// By one member named as the variant, or the name alone.
    External,
    /// By a member among the variant's own.
    Internal {
        /// That member.
        tag: &'static str,
    },
    /// By two members, side by side.
    Adjacent {
        /// The member that names the variant.
        tag: &'static str,
        /// The member that holds its content.
        content: &'static str,
    },
    /// By shape alone.
    Untagged,
}

/// One variant of an enum.
#[derive(Debug, Clone, Copy)]
pub struct VariantDefinition {
    /// Its name in Rust.
    pub rust_name: &'static str,
    /// Its name when written.
    pub emits: &'static str,
    /// Its name when read.
    pub accepts: &'static str,
    /// Other names that are read as it, without `accepts`.
    pub aliases: &'static [&'static str],
    /// Its doc comment.
    pub description: &'static str,
    /// `serde(other)`: it stands for every name that is not known.
    pub other: bool,
    /// `serde(skip_serializing)`.
    pub never_emitted: bool,
    /// `serde(skip_deserializing)`.
    pub never_accepted: bool,
    /// `serde(untagged)` on the variant itself.
    pub untagged: bool,
    /// The line that declares it.
    pub line: u32,
    /// Its content.
    pub shape: VariantShape,
}

/// The content of a variant.
#[derive(Debug, Clone, Copy)]
pub enum VariantShape {
    /// None.
    Unit,
    /// One value without a name.
    Newtype(&'static FieldDefinition),
    /// Several values without names.
    Tuple(&'static [FieldDefinition]),
    /// Named fields.
    Struct(&'static [FieldDefinition]),
}

/// One field. Macros start from [`FieldDefinition::PLAIN`] and name what differs.
#[derive(Debug, Clone, Copy)]
pub struct FieldDefinition {
    /// Its name in Rust; the index of a field without one.
    pub rust_name: &'static str,
    /// Its name when written.
    pub emits: &'static str,
    /// Its name when read.
    pub accepts: &'static str,
    /// Other names that are read as it, without `accepts`.
    pub aliases: &'static [&'static str],
    /// `serde(flatten)`: its members stand among those of the type around it.
    pub flatten: bool,
    /// `serde(skip_serializing)` or `serde(skip)`.
    pub never_emitted: bool,
    /// `serde(skip_deserializing)` or `serde(skip)`.
    pub never_accepted: bool,
    /// `serde(skip_serializing_if = "...")`, whatever the condition.
    pub sometimes_emitted: bool,
    /// `serde(skip_serializing_if = "Option::is_none")`: what is written is never `null`.
    pub skipped_if_none: bool,
    /// `serde(deserialize_with = "...")` or `serde(with = "...")` and no `serde(default)`: the member may not be missing,
    /// even if the field is an `Option`.
    pub required_to_read: bool,
    /// Its doc comment.
    pub description: &'static str,
    /// The line that declares it.
    pub line: u32,
    /// `key`.
    pub key: bool,
    /// `tenant`.
    pub tenant: bool,
    /// `unit`.
    pub unit: Option<&'static str>,
    /// `term`.
    pub term: Option<&'static str>,
    /// `pii`.
    pub pii: Option<PersonalData>,
    /// `classification`.
    pub classification: Option<Classification>,
    /// `deprecated`.
    pub deprecated: Option<&'static str>,
    /// `references`: address and field, `sales.customers/customer_id`.
    pub references: Option<&'static str>,
    /// `decimal(precision, scale)`.
    pub decimal: Option<(u8, u8)>,
    /// `min`, in decimal notation.
    pub min: Option<&'static str>,
    /// `max`, in decimal notation.
    pub max: Option<&'static str>,
    /// `example`, each as JSON text.
    pub examples: &'static [&'static str],
}

impl FieldDefinition {
    /// A field of which nothing is known.
    pub const PLAIN: Self = Self {
        rust_name: "",
        emits: "",
        accepts: "",
        aliases: &[],
        flatten: false,
        never_emitted: false,
        never_accepted: false,
        sometimes_emitted: false,
        skipped_if_none: false,
        required_to_read: false,
        description: "",
        line: 0,
        key: false,
        tenant: false,
        unit: None,
        term: None,
        pii: None,
        classification: None,
        deprecated: None,
        references: None,
        decimal: None,
        min: None,
        max: None,
        examples: &[],
    };
}
