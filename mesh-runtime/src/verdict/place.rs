//! Where something is: in a committed contract, and in the Rust that makes it. Lines are no part of a contract, since moving a
//! struct would change its digest; so whoever has the files says where things are.

use mesh_contract::judgement::Finding;
use serde::Serialize;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The Rust that says it.
    Rust,
    /// The contract that was made from it.
    Contract,
    /// A file that the `mesh` command keeps: `mesh.toml`, `mesh.lock`.
    Domain,
    /// Records.
    Data,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Location {
    /// The file, relative to where the report is read, with `/` between its steps.
    pub file: String,
    /// The line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The character in the line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    /// What the file is.
    pub source: Source,
}

impl Location {
    /// A file as a whole.
    pub fn file(file: impl Into<String>, source: Source) -> Self {
        Self { file: file.into(), line: None, column: None, source }
    }
}

/// Knows where the findings about one contract are.
pub trait Locations {
    /// Where it is what was found, the most telling first; nothing where nobody knows.
    fn of(&self, finding: &Finding) -> Vec<Location>;
}

/// Nobody knows.
impl Locations for () {
    fn of(&self, _: &Finding) -> Vec<Location> {
        Vec::new()
    }
}
