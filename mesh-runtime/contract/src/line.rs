//! Lines of versions: those that an update may move a reader along without asking. `1`, or below one `0.3` and `0.0.7`.

use std::fmt;
use std::str::FromStr;

use crate::ContractVersion;

/// Why a text names neither a line nor a version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LineError {
    /// It is no line.
    #[error(
        "`{text}` is not a line of versions; write its first number, e.g. `1`, or below one `0.3` or `0.0.7`"
    )]
    NotLine {
        /// What was written.
        text: String,
    },
    /// It is neither a line nor a version.
    #[error("`{text}` is neither a version nor a line of them; write e.g. `1.2.0` or `1`")]
    NotScope {
        /// What was written.
        text: String,
    },
}

/// A line of versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line {
    major: u64,
    minor: u64,
    patch: u64,
}

impl Line {
    /// The line that a version is in.
    pub fn of(version: &ContractVersion) -> Self {
        match (version.major(), version.minor(), version.patch()) {
            (0, 0, patch) => Self { major: 0, minor: 0, patch },
            (0, minor, _) => Self { major: 0, minor, patch: 0 },
            (major, ..) => Self { major, minor: 0, patch: 0 },
        }
    }

    /// Whether a version is in it.
    pub fn has(&self, version: &ContractVersion) -> bool {
        Self::of(version) == *self
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self { major: 0, minor: 0, patch } => write!(f, "0.0.{patch}"),
            Self { major: 0, minor, .. } => write!(f, "0.{minor}"),
            Self { major, .. } => write!(f, "{major}"),
        }
    }
}

impl FromStr for Line {
    type Err = LineError;

    fn from_str(text: &str) -> Result<Self, LineError> {
        // A line is written as the numbers of its versions up to the first that is not zero.
        let zeros = 2 - text.bytes().filter(|byte| *byte == b'.').count().min(2);
        let version = format!("{text}{}", ".0".repeat(zeros)).parse::<ContractVersion>();
        let line = version.ok().filter(|version| !version.is_prerelease()).map(|version| Self::of(&version));
        line.filter(|line| line.to_string() == text)
            .ok_or_else(|| LineError::NotLine { text: text.to_owned() })
    }
}

/// Which versions of a product are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// One.
    Version(ContractVersion),
    /// All of a line.
    Line(Line),
}

impl Scope {
    /// Whether a version is meant.
    pub fn has(&self, version: &ContractVersion) -> bool {
        match self {
            Self::Version(one) => one == version,
            Self::Line(line) => line.has(version),
        }
    }

    /// What is meant, as a sentence says it: `1.2.0`, or `line 1`.
    pub fn words(&self) -> String {
        match self {
            Self::Version(version) => version.to_string(),
            Self::Line(line) => format!("line {line}"),
        }
    }

    /// The line, which is that of the version where one is meant.
    pub fn line(&self) -> Line {
        match self {
            Self::Version(version) => Line::of(version),
            Self::Line(line) => *line,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(version) => version.fmt(f),
            Self::Line(line) => line.fmt(f),
        }
    }
}

impl FromStr for Scope {
    type Err = LineError;

    fn from_str(text: &str) -> Result<Self, LineError> {
        text.parse()
            .map(Self::Line)
            .ok()
            .or_else(|| text.parse().map(Self::Version).ok())
            .ok_or_else(|| LineError::NotScope { text: text.to_owned() })
    }
}

crate::text_serde::text_serde!(Line);
crate::text_serde::text_serde!(Scope);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_written_by_the_numbers_that_its_versions_share() {
        for (version, line) in [("1.2.0", "1"), ("12.0.3", "12"), ("0.3.9", "0.3"), ("0.0.7", "0.0.7")] {
            let version: ContractVersion = version.parse().expect("a version");
            let of = Line::of(&version);
            assert_eq!((of.to_string().as_str(), line.parse()), (line, Ok(of)));
            assert!(of.has(&version));
        }
        for text in ["", "1.2", "1.0", "01", "0", "0.0", "1.2.0", "0.3.0", "-1", "1-a", "^1", "x", "1.2.3.4"]
        {
            assert!(text.parse::<Line>().is_err(), "{text}");
        }
    }

    #[test]
    fn lines_are_those_that_versions_tell() {
        let texts = ["0.0.1", "0.0.2", "0.1.0", "0.1.4", "0.2.0", "1.0.0", "1.9.1", "2.0.0"];
        let versions = texts.map(|text| text.parse::<ContractVersion>().expect("a version"));
        for one in &versions {
            for other in &versions {
                assert_eq!(one.same_line(other), Line::of(one).has(other), "{one} {other}");
            }
        }
    }

    #[test]
    fn a_scope_is_a_version_or_a_line() {
        assert!(matches!("1.2.0".parse(), Ok(Scope::Version(_))));
        assert!(matches!("1".parse(), Ok(Scope::Line(_))));
        assert!("1.2".parse::<Scope>().is_err());
        let words = |text: &str| text.parse::<Scope>().map(|scope| scope.words());
        assert_eq!((words("1"), words("1.2.0")), (Ok("line 1".to_owned()), Ok("1.2.0".to_owned())));
    }
}
