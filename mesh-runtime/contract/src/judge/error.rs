//! What makes a document unusable as a schema.

/// Why a document is not a schema that can be judged. Pointers are JSON pointers into the document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SchemaError {
    /// A schema is an object or a boolean.
    #[error("{} is not a schema; a schema is an object, `true` or `false`", what(.pointer))]
    NotASchema {
        /// Where the other value stands.
        pointer: String,
    },
    /// The value of a keyword has the wrong shape.
    #[error("`{keyword}`{} must be {expected}", at(.pointer))]
    InvalidKeyword {
        /// Where the schema with the keyword stands.
        pointer: String,
        /// The keyword.
        keyword: String,
        /// What its value has to be.
        expected: &'static str,
    },
    /// A pattern is not a regular expression.
    #[error("the pattern `{pattern}`{} is not a regular expression: {reason}", at(.pointer))]
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
        "the reference `{reference}`{} leads nowhere in the document; include the schema under `$defs`",
        at(.pointer)
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
    #[error("{construct}{} describes no regular language; write a pattern without it", at(.pointer))]
    Unsupported {
        /// Where the construct stands.
        pointer: String,
        /// The construct.
        construct: String,
    },
    /// Schemas are nested too deeply to be read.
    #[error("schemas are nested more than {limit} levels deep{}; move parts of it to `$defs`", at(.pointer))]
    TooDeep {
        /// Where the limit is crossed.
        pointer: String,
        /// How deep schemas may be nested.
        limit: usize,
    },
}

/// Where something stands; nothing of what stands at the top, which needs no pointing at.
fn at(pointer: &str) -> String {
    if pointer.is_empty() { String::new() } else { format!(" at `{pointer}`") }
}

/// What stands somewhere.
pub(crate) fn what(pointer: &str) -> String {
    if pointer.is_empty() { "the document".to_owned() } else { format!("`{pointer}`") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_at_the_top_is_not_pointed_at() {
        let told = |pointer: &str| {
            let (pointer, keyword) = (pointer.to_owned(), "type".to_owned());
            SchemaError::InvalidKeyword { pointer, keyword, expected: "a name" }.to_string()
        };
        assert_eq!(told(""), "`type` must be a name");
        assert_eq!(told("/items"), "`type` at `/items` must be a name");
        assert!(
            SchemaError::NotASchema { pointer: String::new() }.to_string().starts_with("the document is not")
        );
    }
}
