//! What is wrong with the settings: where, and what to write instead.

use std::fmt;
use std::path::PathBuf;

use serde::{Serialize, Serializer};

/// Something that a registry cannot run with. It never tells a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Finding {
    /// Where it stands.
    pub place: Place,
    /// The setting, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub setting: Option<String>,
    /// What is wrong.
    pub what: String,
    /// What to do instead.
    pub next: String,
}

/// Where a value was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Place {
    /// On the command line.
    Flag(String),
    /// In the environment.
    Environment(String),
    /// In the file as a whole.
    File(#[serde(serialize_with = "as_text")] PathBuf),
    /// At a place in the file, lines and columns counted from 1.
    #[serde(rename_all = "camelCase")]
    Line {
        /// The file.
        #[serde(serialize_with = "as_text")]
        file: PathBuf,
        /// The line.
        line: usize,
        /// The column, in characters.
        column: usize,
    },
    /// By several settings together, or by the world that they meet.
    Together,
}

fn as_text<S: Serializer>(path: &std::path::Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&path.display())
}

impl Finding {
    pub(super) fn new(place: Place, what: impl Into<String>, next: impl Into<String>) -> Self {
        Self { place, setting: None, what: what.into(), next: next.into() }
    }

    pub(super) fn of(self, setting: &str) -> Self {
        Self { setting: Some(setting.to_owned()), ..self }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) => write!(f, "--{name}"),
            Self::Environment(name) => f.write_str(name),
            Self::File(file) => write!(f, "{}", file.display()),
            Self::Line { file, line, column } => write!(f, "{}:{line}:{column}", file.display()),
            Self::Together => f.write_str("settings"),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.place, self.what, self.next)
    }
}
