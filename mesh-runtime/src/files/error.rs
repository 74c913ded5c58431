//! What can be wrong with a committed file.

use std::io;
use std::path::PathBuf;

use mesh_contract::double::NotExact;
use mesh_contract::read::ReadError;

/// A committed file that will not do.
#[derive(Debug, thiserror::Error)]
#[error("{}: {problem}", path.display())]
pub struct FileError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with a file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Read(io::Error),
    /// It cannot be written.
    #[error("cannot be written: {0}")]
    Write(io::Error),
    /// It is no contract.
    #[error("{0}")]
    Contract(ReadError),
    /// It is no expectation.
    #[error("{0}; `mesh update` writes it anew")]
    Expectation(ReadError),
    /// It holds a number that has no digest.
    #[error("{0}")]
    NotExact(NotExact),
    /// It is not the TOML that it should be.
    #[error("line {line}: {message}")]
    Toml {
        /// The line, from 1.
        line: usize,
        /// What is wrong, and what to write instead.
        message: String,
    },
    /// It stands where another file belongs.
    #[error("{0}")]
    Misplaced(String),
}

impl FileError {
    pub(super) fn new(path: impl Into<PathBuf>, problem: Problem) -> Self {
        Self { path: path.into(), problem }
    }
}
