//! Versions of contracts and requirements on them: Semantic Versioning 2.0.0 without build metadata, which would give
//! one promise two names.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// Why a text is not a version or a requirement.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum VersionError {
    /// Not three numbers with an optional pre-release.
    NotSemver {
        /// What was written.
        text: String,
        /// The nearest version that would do.
        suggestion: String,
    },
    /// Build metadata stands behind the version.
    BuildMetadata {
        /// What was written.
        text: String,
        /// The same without metadata.
        without: String,
    },
    /// Not a requirement in cargo's notation.
    NotRequirement {
        /// What was written.
        text: String,
    },
}

impl fmt::Display for VersionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSemver { text, suggestion } => {
                write!(f, "`{text}` is not a semantic version; write three numbers, e.g. `{suggestion}`")
            }
            Self::BuildMetadata { text, without } => {
                write!(f, "`{text}` carries build metadata, which names no promise; write `{without}`")
            }
            Self::NotRequirement { text } => {
                write!(f, "`{text}` is not a version requirement; write one as cargo does, e.g. `^1.2`")
            }
        }
    }
}

impl std::error::Error for VersionError {}

/// The version of a contract: `1.2.0`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContractVersion(semver::Version);

impl ContractVersion {
    /// A version without pre-release.
    pub fn new(major: u64, minor: u64, patch: u64) -> Self {
        Self(semver::Version::new(major, minor, patch))
    }

    /// The first number.
    pub fn major(&self) -> u64 {
        self.0.major
    }

    /// The second number.
    pub fn minor(&self) -> u64 {
        self.0.minor
    }

    /// The third number.
    pub fn patch(&self) -> u64 {
        self.0.patch
    }

    /// Whether a pre-release stands behind the numbers: `1.2.0-draft.1`.
    pub fn is_prerelease(&self) -> bool {
        !self.0.pre.is_empty()
    }

    /// Whether both belong to one line, within which cargo's convention promises compatibility: equal majors, below 1.0.0
    /// equal minors as well, and below 0.1.0 each version is a line of its own.
    pub fn same_line(&self, other: &Self) -> bool {
        let equal =
            (self.major() == other.major(), self.minor() == other.minor(), self.patch() == other.patch());
        match (self.major(), self.minor()) {
            (0, 0) => equal == (true, true, true),
            (0, _) => equal.0 && equal.1,
            _ => equal.0,
        }
    }
}

fn nearest_version(text: &str) -> String {
    let mut numbers = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .map(|part| part.parse::<u64>().unwrap_or(0));
    let major = numbers.next().unwrap_or(1);
    format!("{major}.{}.{}", numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

impl FromStr for ContractVersion {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, VersionError> {
        let mut version = semver::Version::parse(text).map_err(|_| VersionError::NotSemver {
            text: text.to_owned(),
            suggestion: nearest_version(text),
        })?;
        if version.build.is_empty() {
            return Ok(Self(version));
        }
        version.build = semver::BuildMetadata::EMPTY;
        Err(VersionError::BuildMetadata { text: text.to_owned(), without: version.to_string() })
    }
}

impl fmt::Display for ContractVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// Which versions a reader takes, in cargo's notation: `^1.2`. A bare version means the same as with a caret, and a
/// pre-release matches only a requirement that names one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Requirement(semver::VersionReq);

impl Requirement {
    /// Whether a version satisfies the requirement.
    pub fn matches(&self, version: &ContractVersion) -> bool {
        self.0.matches(&version.0)
    }

    /// The requirement that a version and every later one of its line satisfy: `^1.2.0`.
    pub fn caret(version: &ContractVersion) -> Self {
        let comparator = semver::Comparator {
            op: semver::Op::Caret,
            major: version.0.major,
            minor: Some(version.0.minor),
            patch: Some(version.0.patch),
            pre: version.0.pre.clone(),
        };
        Self(semver::VersionReq { comparators: vec![comparator] })
    }

    /// The highest of some versions that satisfies the requirement.
    pub fn best<'v>(
        &self,
        versions: impl IntoIterator<Item = &'v ContractVersion>,
    ) -> Option<&'v ContractVersion> {
        versions.into_iter().filter(|version| self.matches(version)).max()
    }
}

impl FromStr for Requirement {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, VersionError> {
        semver::VersionReq::parse(text)
            .map(Self)
            .map_err(|_| VersionError::NotRequirement { text: text.to_owned() })
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl PartialOrd for Requirement {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Requirement {
    fn cmp(&self, other: &Self) -> Ordering {
        self.to_string().cmp(&other.to_string())
    }
}

#[cfg(feature = "model")]
crate::text_serde::text_serde!(ContractVersion);
#[cfg(feature = "model")]
crate::text_serde::text_serde!(Requirement);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_three_numbers_and_perhaps_a_pre_release() {
        assert_eq!("1.2.0".parse::<ContractVersion>(), Ok(ContractVersion::new(1, 2, 0)));
        assert!("1.2.0-draft.1".parse::<ContractVersion>().is_ok_and(|version| version.is_prerelease()));
    }

    #[test]
    fn a_wrong_version_is_answered_with_the_nearest_right_one() {
        for (text, nearest) in
            [("1.x", "1.0.0"), ("1", "1.0.0"), ("v2.1", "2.1.0"), ("", "1.0.0"), ("01.2.3", "1.2.3")]
        {
            let error = text.parse::<ContractVersion>().expect_err(text);
            assert_eq!(error, VersionError::NotSemver { text: text.into(), suggestion: nearest.into() });
        }
    }

    #[test]
    fn build_metadata_is_refused() {
        let error = "1.0.0+abc".parse::<ContractVersion>().expect_err("metadata");
        assert_eq!(error, VersionError::BuildMetadata { text: "1.0.0+abc".into(), without: "1.0.0".into() });
    }

    #[test]
    fn a_requirement_reads_as_cargo_reads_it() {
        let requirement: Requirement = "^1.2".parse().expect("a requirement");
        let version = |text: &str| text.parse::<ContractVersion>().expect("a version");
        assert!(requirement.matches(&version("1.9.3")));
        assert!(!requirement.matches(&version("2.0.0")));
        assert!(
            !requirement.matches(&version("1.3.0-draft.1")),
            "a pre-release is taken only when asked for"
        );
        let versions = [version("1.2.0"), version("1.10.0"), version("2.0.0")];
        assert_eq!(requirement.best(&versions), Some(&version("1.10.0")));
    }

    #[test]
    fn below_one_a_minor_starts_a_new_line() {
        assert!(ContractVersion::new(1, 2, 0).same_line(&ContractVersion::new(1, 9, 0)));
        assert!(!ContractVersion::new(0, 2, 0).same_line(&ContractVersion::new(0, 3, 0)));
        assert!(ContractVersion::new(0, 2, 0).same_line(&ContractVersion::new(0, 2, 7)));
    }
}
