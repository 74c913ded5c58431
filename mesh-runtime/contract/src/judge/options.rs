//! What a caller may choose: the draft, the meaning of `format`, and how much work an answer may cost.

/// A release of JSON Schema. `$schema` in a document wins over the draft given by the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[non_exhaustive]
pub enum Draft {
    /// Draft 4.
    Draft4,
    /// Draft 6.
    Draft6,
    /// Draft 7.
    Draft7,
    /// Draft 2019-09.
    Draft201909,
    /// Draft 2020-12.
    #[default]
    Draft202012,
}

impl Draft {
    /// The draft by its common name: `draft4`, `draft6`, `draft7`, `draft2019-09` or `draft2020-12`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "draft4" => Self::Draft4,
            "draft6" => Self::Draft6,
            "draft7" => Self::Draft7,
            "draft2019-09" => Self::Draft201909,
            "draft2020-12" => Self::Draft202012,
            _ => return None,
        })
    }

    /// The draft that a `$schema` names.
    pub(crate) fn from_uri(uri: &str) -> Option<Self> {
        let rest = uri.strip_prefix("https://").or_else(|| uri.strip_prefix("http://"))?;
        Some(match rest.trim_end_matches('#') {
            "json-schema.org/draft-04/schema" => Self::Draft4,
            "json-schema.org/draft-06/schema" => Self::Draft6,
            "json-schema.org/draft-07/schema" => Self::Draft7,
            "json-schema.org/draft/2019-09/schema" => Self::Draft201909,
            "json-schema.org/draft/2020-12/schema" => Self::Draft202012,
            _ => return None,
        })
    }
}

/// What the keyword `format` means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Formats {
    /// Nothing: it describes and does not assert, as draft 2020-12 has it.
    #[default]
    Annotation,
    /// The formats of contracts assert: `int8` to `int64`, `uint8` to `uint64` (and `uint`, `int` as 64 bits),
    /// `date`, `time`, `date-time` and `uuid`. All others describe.
    Asserted,
}

/// Which members an object has beside those that its schema names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Members {
    /// What the schema says, which is any unless it says otherwise.
    #[default]
    AsWritten,
    /// None: the schema is read as if it said `unevaluatedProperties: false` at each place of an instance (the root, the value
    /// of a member, an item), in every draft. A shared definition is closed where it is used, `not` and `if` stay as they are, and so
    /// do places that say themselves what else they hold (`additionalProperties`, `unevaluatedProperties`), that name no
    /// member at all, or of which some variant names none.
    Closed,
}

/// How many steps of work an answer may cost. The count is the same on every machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Steps(pub u64);

impl Default for Steps {
    /// Enough for large contracts, and well under a second of work.
    fn default() -> Self {
        Self(400_000)
    }
}

/// How schemas are read and how much work an answer may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Options {
    /// The draft of documents that do not name one.
    pub draft: Draft,
    /// What `format` means.
    pub formats: Formats,
    /// The budget of one answer.
    pub steps: Steps,
    /// How [`contains`](super::contains) reads its first schema. Its second one is always read as written, and so is the schema
    /// of a [`Validator`](super::Validator).
    pub sub: Members,
}

impl Options {
    /// The options under which contracts are judged: draft 2020-12 with asserted formats.
    #[must_use]
    pub fn contract() -> Self {
        Self { formats: Formats::Asserted, ..Self::default() }
    }

    /// The same options with another draft.
    #[must_use]
    pub fn with_draft(self, draft: Draft) -> Self {
        Self { draft, ..self }
    }

    /// The same options with another meaning of `format`.
    #[must_use]
    pub fn with_formats(self, formats: Formats) -> Self {
        Self { formats, ..self }
    }

    /// The same options with another budget.
    #[must_use]
    pub fn with_steps(self, steps: Steps) -> Self {
        Self { steps, ..self }
    }

    /// The same options with the first schema of a comparison read as closed: what its objects hold is what it names.
    ///
    /// ```
    /// use mesh_contract::judge::{Containment, Options, contains};
    /// use serde_json::json;
    ///
    /// let written = json!({ "properties": { "id": { "type": "integer" } } });
    /// let reader = json!({ "properties": { "size": { "type": "integer" } } });
    /// let answer = |options| contains(&written, &reader, &options).map(|report| report.containment);
    /// assert!(matches!(answer(Options::default())?, Containment::NotContained { .. }));
    /// assert_eq!(answer(Options::default().closed_sub())?, Containment::Contained);
    /// # Ok::<(), mesh_contract::judge::SchemaError>(())
    /// ```
    #[must_use]
    pub fn closed_sub(self) -> Self {
        Self { sub: Members::Closed, ..self }
    }
}
