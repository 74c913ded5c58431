//! Writing new files: all or none, and never over somebody's work.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, OrFail};

/// Files to be written.
#[derive(Debug, Default)]
pub(crate) struct Files {
    files: Vec<(PathBuf, String)>,
}

impl Files {
    /// Adds a file.
    pub(crate) fn add(&mut self, path: impl Into<PathBuf>, content: impl Into<String>) {
        self.files.push((path.into(), content.into()));
    }

    /// The files in order.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|(path, _)| path.as_path())
    }

    /// Writes every file. Without `force`, a file that stands there with other content keeps all of them from being written.
    pub(crate) fn write(&self, force: bool) -> Result<(), Failure> {
        let stands = |(path, content): &&(PathBuf, String)| {
            path.exists() && fs::read_to_string(path).ok().as_deref() != Some(content)
        };
        let standing: Vec<String> =
            self.files.iter().filter(stands).map(|(path, _)| format!("`{}`", path.display())).collect();
        if !force && !standing.is_empty() {
            return Err(Failure::new(format!("{} would be overwritten", standing.join(", ")))
                .next("choose another name or folder, or pass `--force`; nothing was written"));
        }
        for (path, content) in &self.files {
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
        let failure = files.write(false).expect_err("b stands there");
        assert!(failure.to_string().contains("b` would be overwritten"), "{failure}");
        assert!(!folder.path().join("a").exists());
        files.write(true).unwrap();
        assert_eq!(fs::read_to_string(folder.path().join("b")).unwrap(), "new");
    }
}
