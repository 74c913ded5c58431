//! Cargo as a neighbour: what it knows of a workspace, and builds and tests that it runs for us.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;
use tokio::io::AsyncReadExt as _;

use crate::failure::{Failure, OrFail};
use crate::process::{self, Tied};

/// What cargo knows of a workspace.
#[derive(Debug, Deserialize)]
pub(crate) struct Metadata {
    /// Its members.
    pub(crate) packages: Vec<Package>,
    /// Its folder.
    pub(crate) workspace_root: PathBuf,
    /// The ids of the members that a command without `--package` is about.
    #[serde(default)]
    workspace_default_members: Vec<String>,
}

/// A member of a workspace.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    /// Its name.
    pub(crate) name: String,
    /// Its Cargo.toml.
    pub(crate) manifest_path: PathBuf,
    targets: Vec<Target>,
}

#[derive(Debug, Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

impl Package {
    /// The folder of its Cargo.toml.
    pub(crate) fn folder(&self) -> &Path {
        self.manifest_path.parent().unwrap_or(Path::new("/"))
    }

    /// Its binaries.
    pub(crate) fn binaries(&self) -> impl Iterator<Item = &str> {
        let is_binary = |target: &&Target| target.kind.iter().any(|kind| kind == "bin");
        self.targets.iter().filter(is_binary).map(|target| target.name.as_str())
    }
}

/// The cargo that runs this program, or the one on the path.
fn program() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"))
}

/// A call of cargo.
pub(crate) fn cargo() -> Command {
    Command::new(program())
}

fn started(result: std::io::Result<std::process::Output>) -> Result<std::process::Output, Failure> {
    result.map_err(|error| {
        Failure::new("cannot run cargo")
            .because(error)
            .next("install Rust with cargo, or set CARGO to where it is")
    })
}

impl Metadata {
    /// Whether all of these packages are built where none is named.
    fn builds_by_default<'p>(&self, mut packages: impl Iterator<Item = &'p str>) -> bool {
        packages.all(|package| self.workspace_default_members.iter().any(|id| id_names(id, package)))
    }

    /// Asks cargo for the workspace around a folder.
    pub(crate) fn of(folder: &Path) -> Result<Self, Failure> {
        let output = started(
            cargo()
                .args(["metadata", "--no-deps", "--format-version", "1"])
                .current_dir(folder)
                .stderr(Stdio::piped())
                .output(),
        )?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            let said = said.trim().trim_start_matches("error: ").to_owned();
            return Err(Failure::new(format!(
                "`{}` is in no domain crate and in no workspace",
                folder.display()
            ))
            .because(said)
            .next("go to a domain crate or its workspace, or make one with `mesh new domain NAME`"));
        }
        serde_json::from_slice(&output.stdout).or_fail(|| "cannot read what `cargo metadata` says".to_owned())
    }
}

#[derive(Deserialize)]
struct Message {
    reason: String,
    #[serde(default)]
    package_id: String,
    #[serde(default)]
    target: Option<Target>,
    #[serde(default)]
    executable: Option<PathBuf>,
}

/// Builds a binary of each of some packages of a workspace and tells where they are, by package. Cargo shows its own
/// progress on standard error.
pub(crate) async fn build(
    root: &Path,
    packages: &[(&str, &str)],
) -> Result<BTreeMap<String, PathBuf>, Failure> {
    let mut command = process::command(program())?;
    command.args(["build", "--message-format", "json-render-diagnostics"]).current_dir(root);
    // Cargo unites the features of what it is asked for. Asked for packages that the workspace builds anyhow, it is asked the
    // way its owner asks, so that what the owner has compiled is not compiled again with fewer features.
    let by_default = Metadata::of(root)?.builds_by_default(packages.iter().map(|(package, _)| *package));
    for (package, binary) in packages {
        if !by_default {
            command.args(["--package", package]);
        }
        command.args(["--bin", binary]);
    }
    command.stdout(Stdio::piped()).stderr(Stdio::inherit());
    let mut build = Tied::spawn(command, "cargo")?;
    let mut said = Vec::new();
    if let Some(mut stdout) = build.child().stdout.take() {
        stdout.read_to_end(&mut said).await.or_fail(|| "cannot read what `cargo build` says".to_owned())?;
    }
    if !build.wait().await.is_some_and(|status| status.success()) {
        return Err(
            Failure::new("the domains do not build").next("mend what cargo says above, then try again")
        );
    }
    let mut built = BTreeMap::new();
    for message in serde_json::Deserializer::from_slice(&said).into_iter::<Message>() {
        let message = message.or_fail(|| "cannot read what `cargo build` says".to_owned())?;
        let (Some(target), Some(executable)) = (message.target, message.executable) else { continue };
        if message.reason != "compiler-artifact" || !target.kind.iter().any(|kind| kind == "bin") {
            continue;
        }
        let known = packages
            .iter()
            .find(|(package, binary)| *binary == target.name && id_names(&message.package_id, package));
        if let Some((package, _)) = known {
            built.insert((*package).to_owned(), executable);
        }
    }
    match packages.iter().find(|(package, _)| !built.contains_key(*package)) {
        Some((package, binary)) => {
            Err(Failure::new(format!("cargo built `{package}` without its program `{binary}`")))
        }
        None => Ok(built),
    }
}

/// Whether a package id (`path+file:///a/sales#0.1.0`, `path+file:///a/b#sales@0.1.0`) is that of a package by name.
fn id_names(id: &str, package: &str) -> bool {
    let Some((source, fragment)) = id.rsplit_once('#') else { return false };
    match fragment.split_once('@') {
        Some((name, _)) => name == package,
        None => source.rsplit('/').next() == Some(package),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_built_by_default_only_if_all_of_them_are() {
        let metadata: Metadata = serde_json::from_value(serde_json::json!({
            "packages": [], "workspace_root": "/a",
            "workspace_default_members": ["path+file:///a#mesh@0.1.0", "path+file:///a/domains/sales#0.1.0"],
        }))
        .unwrap();
        assert!(metadata.builds_by_default(["sales", "mesh"].into_iter()));
        assert!(!metadata.builds_by_default(["sales", "logistics"].into_iter()));
    }

    #[test]
    fn a_package_is_told_by_its_id() {
        assert!(id_names("path+file:///a/sales#0.1.0", "sales"));
        assert!(id_names("path+file:///a/folder#sales@0.1.0", "sales"));
        assert!(!id_names("path+file:///a/sales#billing@0.1.0", "sales"));
        assert!(!id_names("path+file:///a/presales#0.1.0", "sales"));
    }
}
