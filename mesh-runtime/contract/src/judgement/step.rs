//! The step from one version to another, and what it permits.

use serde::{Deserialize, Serialize};

use crate::ContractVersion;

/// A step between versions, by what it permits. Ordered from the least to the most.
///
/// Below 1.0.0 the numbers mean what they mean to cargo: from `0.1.0` to `0.2.0` is a major step, from `0.1.0` to `0.1.1` a minor one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Nothing may change.
    None,
    /// Words may change.
    Patch,
    /// Readers of the earlier version go on reading.
    Minor,
    /// Readers have to act.
    Major,
}

impl Step {
    /// The step that was made from one version to another.
    pub fn between(old: &ContractVersion, new: &ContractVersion) -> Self {
        if new == old {
            Self::None
        } else if !new.same_line(old) {
            Self::Major
        } else if new.major() == 0 || new.minor() != old.minor() {
            Self::Minor
        } else {
            Self::Patch
        }
    }

    /// The version that makes this step from another one.
    pub fn from(self, old: &ContractVersion) -> ContractVersion {
        let (major, minor, patch) = (old.major(), old.minor(), old.patch());
        match (self, major, minor) {
            (Self::None, ..) => old.clone(),
            (Self::Major, 0, 0) => ContractVersion::new(0, 0, patch + 1),
            (Self::Major, 0, _) => ContractVersion::new(0, minor + 1, 0),
            (Self::Major, ..) => ContractVersion::new(major + 1, 0, 0),
            (Self::Minor | Self::Patch, 0, 0) => ContractVersion::new(0, 1, 0),
            (Self::Minor | Self::Patch, 0, _) | (Self::Patch, ..) => {
                ContractVersion::new(major, minor, patch + 1)
            }
            (Self::Minor, ..) => ContractVersion::new(major, minor + 1, 0),
        }
    }

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> ContractVersion {
        text.parse().expect("a version")
    }

    #[test]
    fn steps_follow_the_convention_of_cargo() {
        let cases = [
            ("1.2.3", "1.2.3", Step::None),
            ("1.2.3", "1.2.4", Step::Patch),
            ("1.2.3", "1.3.0", Step::Minor),
            ("1.2.3", "2.0.0", Step::Major),
            ("0.1.3", "0.1.4", Step::Minor),
            ("0.1.3", "0.2.0", Step::Major),
            ("0.0.3", "0.0.4", Step::Major),
            ("0.9.0", "1.0.0", Step::Major),
        ];
        for (old, new, step) in cases {
            assert_eq!(Step::between(&version(old), &version(new)), step, "{old} -> {new}");
        }
    }

    #[test]
    fn the_version_named_makes_at_least_the_step_asked_for() {
        for old in ["1.2.3", "0.1.3", "0.0.3", "2.0.0"] {
            for step in [Step::None, Step::Patch, Step::Minor, Step::Major] {
                let new = step.from(&version(old));
                assert!(Step::between(&version(old), &new) >= step, "{old} {step} {new}");
            }
        }
    }
}
