//! What is to be started.

use std::path::{Path, PathBuf};

use super::Port;
use crate::cargo::{self, Metadata, Package};
use crate::domain_crate;
use crate::failure::Failure;

/// What is to be started.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The folder of the workspace.
    pub(crate) root: PathBuf,
    /// The domains.
    pub(crate) members: Vec<Member>,
    /// The folder of the registry's store.
    pub(crate) data: PathBuf,
    /// The registry's port.
    pub(crate) port: Port,
}

/// A domain that is to be started.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    /// The name of its package.
    pub(crate) package: String,
    /// Its folder.
    pub(crate) folder: PathBuf,
    /// The name of its program.
    pub(crate) binary: String,
}

impl Member {
    fn of(package: &Package) -> Result<Self, Failure> {
        let binaries: Vec<&str> = package.binaries().collect();
        let binary = match binaries.as_slice() {
            [binary] => *binary,
            [] => {
                return Err(Failure::new(format!(
                    "the domain crate `{}` has no program to start",
                    package.name
                ))
                .next("write a `src/main.rs` that serves its products, as `mesh new domain` does"));
            }
            several => several.iter().find(|name| **name == package.name).copied().ok_or_else(|| {
                Failure::new(format!("the domain crate `{}` has several programs", package.name))
                    .because(several.join(", "))
                    .next("give the one that serves its products the name of the package")
            })?,
        };
        Ok(Self {
            package: package.name.clone(),
            folder: package.folder().to_owned(),
            binary: binary.to_owned(),
        })
    }
}

/// The domains of the workspace around a folder, with the workspace's own folder; only those named, if some are.
pub(crate) fn members(folder: &Path, only: &[String]) -> Result<(PathBuf, Vec<Member>), Failure> {
    let metadata = Metadata::of(folder)?;
    let crates = domain_crate::of_workspace(&metadata);
    if let Some(missing) = only.iter().find(|name| crates.iter().all(|found| found.name != **name)) {
        let known: Vec<&str> = crates.iter().map(|found| found.name.as_str()).collect();
        return Err(Failure::new(format!("no domain crate is called `{missing}`")).because(format!(
            "there are {} in `{}`",
            known.join(", "),
            metadata.workspace_root.display()
        )));
    }
    let wanted = crates.into_iter().filter(|found| only.is_empty() || only.contains(&found.name));
    let members = wanted.map(Member::of).collect::<Result<Vec<_>, _>>()?;
    if members.is_empty() {
        return Err(Failure::new(format!(
            "no domain crate in the workspace `{}`",
            metadata.workspace_root.display()
        ))
        .because(format!("a domain crate has a `{}` beside its Cargo.toml", domain_crate::MARK))
        .next("make one with `mesh new domain NAME`"));
    }
    Ok((metadata.workspace_root, members))
}

impl Plan {
    /// Builds every domain and tells where its program is, in the order of the members.
    pub(crate) async fn build(&self) -> Result<Vec<PathBuf>, Failure> {
        let wanted: Vec<(&str, &str)> =
            self.members.iter().map(|member| (member.package.as_str(), member.binary.as_str())).collect();
        let mut built = cargo::build(&self.root, &wanted).await?;
        let path = |member: &Member| {
            built.remove(&member.package).ok_or_else(|| {
                Failure::new(format!("cargo does not say where the program of `{}` is", member.package))
            })
        };
        self.members.iter().map(path).collect()
    }
}
