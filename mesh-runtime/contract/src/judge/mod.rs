//! The judge: is everything that one schema admits admitted by another?

mod budget;
mod close;
mod compile;
mod constant;
mod contain;
mod coverage;
mod error;
mod explain;
mod format;
mod generate;
mod hash;
mod keywords;
mod member;
mod meta;
mod number;
mod obvious;
mod options;
mod pattern;
mod resolve;
mod schema;
mod solve;
mod structure;
mod trace;
mod uri;
mod validator;

pub use budget::Reason;
pub use contain::{Containment, Report, Written, contains, contains_with_interrupt};
pub use error::SchemaError;
pub use generate::{Instances, shrink};
pub use options::{Draft, Formats, Members, Options, Steps};
pub use validator::{Validator, Violation, is_member};
