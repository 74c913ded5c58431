//! Where the mesh crates come from.

use std::path::{Component, Path, PathBuf};

use super::Workspace;
use crate::failure::{Failure, OrFail};
use crate::output::Output;

/// Where the mesh crates come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// A checkout on this machine.
    Path(PathBuf),
    /// A repository.
    Git(String),
    /// A release.
    Version(String),
}

impl Source {
    /// A checkout, as a user names it.
    pub(crate) fn checkout(folder: &Path) -> Result<Self, Failure> {
        let folder =
            folder.canonicalize().or_fail(|| format!("there is no checkout at `{}`", folder.display()))?;
        if !folder.join("mesh-runtime/Cargo.toml").is_file() {
            return Err(Failure::new(format!("`{}` is no checkout of the mesh", folder.display()))
                .because("there is no `mesh-runtime/Cargo.toml` in it")
                .next("name the folder that holds `mesh-runtime`"));
        }
        Ok(Self::Path(folder))
    }

    /// What a new crate takes: what the user named, what the workspace has, or else the release of this command.
    pub(crate) fn chosen(
        path: Option<&Path>,
        git: Option<&str>,
        workspace: Option<&Workspace>,
    ) -> Result<Self, Failure> {
        match (path, git) {
            (Some(path), _) => Self::checkout(path),
            (None, Some(url)) => Ok(Self::Git(url.to_owned())),
            (None, None) => Ok(workspace
                .and_then(Workspace::mesh)
                .unwrap_or_else(|| Self::Version(env!("CARGO_PKG_VERSION").to_owned()))),
        }
    }

    /// Says that a release was taken, which nobody asked for: who works with a checkout would wonder where it comes from.
    pub(crate) fn tell(&self, output: Output) {
        if let Self::Version(version) = self {
            output.note(format_args!(
                "the mesh crates are taken from their release {version}; `--path FOLDER` takes them from a checkout, `--git URL` from a repository"
            ));
        }
    }

    /// The value of a dependency on `mesh-runtime` with these features, for a crate in `folder`.
    pub(crate) fn dependency(&self, folder: &Path, features: &[&str]) -> String {
        let from = match self {
            Self::Path(checkout) => {
                let path = relative(folder, &checkout.join("mesh-runtime"));
                format!("path = {:?}", path.display().to_string())
            }
            Self::Git(url) => format!("git = {url:?}"),
            Self::Version(version) => format!("version = {version:?}"),
        };
        let features: Vec<String> = features.iter().map(|feature| format!("{feature:?}")).collect();
        format!("{{ {from}, features = [{}] }}", features.join(", "))
    }

    /// The command that installs `mesh` in a pipeline that runs at `root`.
    pub(crate) fn install(&self, root: &Path) -> String {
        match self {
            Self::Path(checkout) => {
                format!("cargo install --locked --path {}", relative(root, checkout).display())
            }
            Self::Git(url) => format!("cargo install --locked --git {url} mesh"),
            Self::Version(version) => format!("cargo install --locked mesh --version {version}"),
        }
    }
}

/// The way from a folder to a path, where one lies near the other; the path itself where they share nothing but the root.
pub(crate) fn relative(from: &Path, to: &Path) -> PathBuf {
    let shared = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    // Two folders that meet only at the root, or one level below it, move apart sooner or later.
    if shared < 3 {
        return to.to_owned();
    }
    let up = from.components().skip(shared).map(|_| Component::ParentDir);
    let way: PathBuf = up.chain(to.components().skip(shared)).collect();
    if way.as_os_str().is_empty() { PathBuf::from(".") } else { way }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkout_nearby_is_named_by_the_way_to_it() {
        let way = |from: &str, to: &str| relative(Path::new(from), Path::new(to)).display().to_string();
        assert_eq!(
            way("/home/me/shop/domains/logistics", "/home/me/shop/mesh-runtime"),
            "../../mesh-runtime"
        );
        assert_eq!(way("/home/me/shop", "/home/me/shop"), ".");
        assert_eq!(way("/home/me/shop", "/opt/mesh"), "/opt/mesh");
        assert_eq!(way("/tmp/new", "/tmp/mesh"), "/tmp/mesh");
    }
}
