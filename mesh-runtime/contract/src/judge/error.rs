//! What makes a document unusable as a schema.

/// Why a document is not a schema that can be judged. Pointers are JSON pointers into the document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SchemaError {
    /// A schema is an object or a boolean.
    #[error("`{pointer}` is not a schema; a schema is an object, `true` or `false`")]
    NotASchema {
        /// Where the other value stands.
        pointer: String,
    },
    /// The value of a keyword has the wrong shape.
    #[error("`{keyword}` at `{pointer}` must be {expected}")]
    InvalidKeyword {
        /// Where the schema with the keyword stands.
        pointer: String,
        /// The keyword.
        keyword: String,
        /// What its value has to be.
        expected: &'static str,
    },
    /// A pattern is not a regular expression.
    #[error("the pattern `{pattern}` at `{pointer}` is not a regular expression: {reason}")]
    InvalidPattern {
        /// Where the schema with the pattern stands.
        pointer: String,
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A reference leads nowhere within the document.
    #[error(
        "the reference `{reference}` at `{pointer}` leads nowhere in the document; include the schema under `$defs`"
    )]
    UnresolvedReference {
        /// Where the schema with the reference stands.
        pointer: String,
        /// The reference.
        reference: String,
    },
    /// References go round without ever descending into a value.
    #[error(
        "references go round in a circle without descending into the value; one of them has to stand below `properties` or `items`"
    )]
    EndlessReference,
    /// A construct is valid, but values cannot be checked against it.
    #[error("{construct} at `{pointer}` describes no regular language; write a pattern without it")]
    Unsupported {
        /// Where the construct stands.
        pointer: String,
        /// The construct.
        construct: String,
    },
    /// Schemas are nested too deeply to be read.
    #[error("schemas are nested more than {limit} levels deep at `{pointer}`; move parts of it to `$defs`")]
    TooDeep {
        /// Where the limit is crossed.
        pointer: String,
        /// How deep schemas may be nested.
        limit: usize,
    },
}
