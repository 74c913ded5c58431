//! Domain crates: packages with a `mesh.toml` beside their Cargo.toml.

use std::path::{Path, PathBuf};

use crate::cargo::{Metadata, Package};
use crate::failure::{Failure, OrFail};

/// The file that marks a domain crate.
pub(crate) const MARK: &str = "mesh.toml";

/// The folder that the command was called in.
pub(crate) fn current_folder() -> Result<PathBuf, Failure> {
    std::env::current_dir().or_fail(|| "cannot tell the current folder".to_owned())
}

/// The domain crate at or above a folder. Asks nobody: a verb that only reads files stays fast.
pub(crate) fn above(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().find(|folder| folder.join(MARK).is_file()).map(Path::to_owned)
}

/// The domain crates of a workspace, in cargo's order.
pub(crate) fn of_workspace(metadata: &Metadata) -> Vec<&Package> {
    metadata.packages.iter().filter(|package| package.folder().join(MARK).is_file()).collect()
}

/// The one domain crate that a verb is about: the one named, or the one around the current folder.
pub(crate) fn one(package: Option<&str>) -> Result<PathBuf, Failure> {
    let mut folders = some(package)?;
    match (folders.pop(), folders.is_empty()) {
        (Some(folder), true) => Ok(folder),
        _ => Err(Failure::new("there are several domain crates in this workspace")
            .next("name one with `--package NAME`, or go to its folder")),
    }
}

/// The domain crates that a verb is about: the one named, the one around the current folder, or all of the workspace.
pub(crate) fn some(package: Option<&str>) -> Result<Vec<PathBuf>, Failure> {
    let here = current_folder()?;
    if package.is_none()
        && let Some(folder) = above(&here)
    {
        return Ok(vec![folder]);
    }
    let metadata = Metadata::of(&here)?;
    let crates = of_workspace(&metadata);
    let folders = |crates: &[&Package]| crates.iter().map(|found| found.folder().to_owned()).collect();
    let Some(wanted) = package else {
        if crates.is_empty() {
            return Err(Failure::new(format!("no domain crate in `{}` or above", here.display()))
                .because(format!("a domain crate has a `{MARK}` beside its Cargo.toml"))
                .next("make one with `mesh new domain NAME`, or `mesh init` in an existing crate"));
        }
        return Ok(folders(&crates));
    };
    let found: Vec<&Package> = crates.iter().filter(|found| found.name == wanted).copied().collect();
    if found.is_empty() {
        let known: Vec<String> = crates.iter().map(|found| format!("`{}`", found.name)).collect();
        let known = if known.is_empty() {
            "there is none".to_owned()
        } else {
            format!("there are {}", known.join(", "))
        };
        return Err(Failure::new(format!("no domain crate is called `{wanted}`"))
            .because(format!("{known} in `{}`", metadata.workspace_root.display())));
    }
    Ok(folders(&found))
}
