//! Writing new files: all or none, and never over somebody's work.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, OrFail};

/// Files to be written.
#[derive(Debug, Default)]
pub(crate) struct Files {
    files: Vec<(PathBuf, String)>,
    changed: Vec<(PathBuf, String)>,
}

/// What becomes of a file that stands where another one is to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It stays, and nothing at all is written.
    Kept {
        /// What its owner can do.
        advice: &'static str,
    },
    /// The new one takes its place.
    Overwritten,
}

impl Standing {
    /// What `--force` says.
    pub(crate) fn forced(force: bool) -> Self {
        if force {
            Self::Overwritten
        } else {
            Self::Kept { advice: "choose another name or folder, or pass `--force`" }
        }
    }
}

impl Files {
    /// Adds a file.
    pub(crate) fn add(&mut self, path: impl Into<PathBuf>, content: impl Into<String>) {
        self.files.push((path.into(), content.into()));
    }

    /// Adds a file that stands there, with what it is to become.
    pub(crate) fn change(&mut self, path: impl Into<PathBuf>, content: impl Into<String>) {
        self.changed.push((path.into(), content.into()));
    }

    /// The new files in order.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|(path, _)| path.as_path())
    }

    /// The files that change, in order.
    pub(crate) fn changed(&self) -> impl Iterator<Item = &Path> {
        self.changed.iter().map(|(path, _)| path.as_path())
    }

    /// Writes every file.
    pub(crate) fn write(&self, standing: Standing) -> Result<(), Failure> {
        let stands = |(path, content): &&(PathBuf, String)| {
            path.exists() && fs::read_to_string(path).ok().as_deref() != Some(content)
        };
        let known: Vec<String> =
            self.files.iter().filter(stands).map(|(path, _)| format!("`{}`", path.display())).collect();
        if let Standing::Kept { advice } = standing
            && !known.is_empty()
        {
            return Err(Failure::new(format!("{} would be overwritten", known.join(", ")))
                .next(format!("{advice}; nothing was written")));
        }
        for (path, content) in self.files.iter().chain(&self.changed) {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)
                    .or_fail(|| format!("cannot make the folder `{}`", folder.display()))?;
            }
            fs::write(path, content).or_fail(|| format!("cannot write `{}`", path.display()))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_written_when_something_would_be_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("b"), "mine").unwrap();
        let mut files = Files::default();
        files.add(folder.path().join("a"), "new");
        files.add(folder.path().join("b"), "new");
        let failure = files.write(Standing::forced(false)).expect_err("b stands there");
        assert!(failure.to_string().contains("b` would be overwritten"), "{failure}");
        assert!(!folder.path().join("a").exists());
        files.write(Standing::Overwritten).unwrap();
        assert_eq!(fs::read_to_string(folder.path().join("b")).unwrap(), "new");
    }

    #[test]
    fn what_changes_on_purpose_keeps_nothing_from_being_written() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("b"), "mine").unwrap();
        let mut files = Files::default();
        files.change(folder.path().join("b"), "mine and more");
        files.write(Standing::forced(false)).unwrap();
        assert_eq!(fs::read_to_string(folder.path().join("b")).unwrap(), "mine and more");
    }
}
