//! Contracts of data products: names, the document, its digests and the judge of changes.
//!
//! This crate is pure: it reads no file, no clock and no environment, opens no socket and spawns no thread. Time and
//! randomness come in as arguments. It is compiled before everything else of the mesh, so it stays light:
//!
//! - without features: [`name`], [`version`], [`span`], [`prose`], [`spelling`] and the small vocabularies that macros and run time must agree on;
//! - `model`: the [`Contract`] document as it is made and written;
//! - `documents`: documents that others wrote: their strict reader, canonical JSON and digests;
//! - `wire`: the bodies exchanged with a registry;
//! - `grant`: grants as text, signed and believed ([`grant`]);
//! - `judge`: the answer whether every instance of one JSON Schema is an instance of another ([`judge`]), and on top of it
//!   whether a change of a contract is safe ([`judgement`]).

pub mod day;
pub mod exact;
pub mod name;
pub mod percent;
pub mod prose;
pub mod span;
pub mod spelling;
pub mod version;
pub mod vocabulary;

pub use day::{Day, DayError};
pub use exact::Exact;
pub use name::{
    Address, ConsumerName, DomainName, EnvironmentName, NameError, PortName, ProductName, ServiceName,
};
pub use percent::{Percent, PercentError};
pub use span::{Span, SpanError};
pub use version::{ContractVersion, Requirement, VersionError};
pub use vocabulary::{Classification, PersonalData, PortKind, ProductKind, Stability, UnknownWord};

#[cfg(feature = "model")]
mod text_serde;

#[cfg(feature = "documents")]
pub mod canonical;
#[cfg(feature = "model")]
pub mod contract;
#[cfg(feature = "documents")]
pub mod digest;
#[cfg(feature = "model")]
pub mod double;
#[cfg(feature = "model")]
pub mod expectation;
#[cfg(feature = "wire")]
pub mod grant;
#[cfg(feature = "judge")]
pub mod judge;
#[cfg(feature = "judge")]
pub mod judgement;
#[cfg(feature = "wire")]
pub mod line;
#[cfg(feature = "model")]
pub mod meaning;
#[cfg(feature = "documents")]
mod pretty;
#[cfg(feature = "documents")]
pub mod read;
#[cfg(feature = "wire")]
pub mod wire;

#[cfg(feature = "model")]
pub use contract::{Contract, FORMAT};
#[cfg(feature = "documents")]
pub use digest::Digest;
#[cfg(feature = "model")]
pub use expectation::Expectation;
#[cfg(feature = "wire")]
pub use grant::GrantClaims;
#[cfg(feature = "wire")]
pub use line::{Line, LineError, Scope};
#[cfg(feature = "model")]
pub use meaning::{FieldMeaning, LogicalType, TypeMeaning};
