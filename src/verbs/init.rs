//! `mesh init`: makes an existing crate a domain.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use mesh_contract::name::to_kebab;
use mesh_contract::{DomainName, ProductName};
use toml_edit::DocumentMut;

use super::new::write_next;
use crate::domain_crate::{MARK, current_folder};
use crate::failure::{Failure, OrFail};
use crate::output::{Output, Verdict};
use crate::scaffold::{ExistingCrate, Source, Standing, Workspace};

/// Make the crate here a domain
///
/// Adds what a domain needs and leaves what is there alone: dependencies and the contract tests in Cargo.toml, `mesh.toml`, a
/// module with the domain and an example product, and a program that serves it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  mesh init\n  mesh init --name logistics --path ~/src/mesh")]
pub(crate) struct Init {
    /// The domain's name [default: that of the package]
    #[arg(long, value_name = "NAME")]
    name: Option<DomainName>,
    /// The name of its first product
    #[arg(long, value_name = "NAME", default_value = "items")]
    product: ProductName,
    /// The address of the team that answers for it
    #[arg(long, value_name = "ADDRESS")]
    #[arg(help = "The address of the team that answers for it [default: NAME-team@example.com]")]
    owner: Option<String>,
    /// Take the mesh crates from this checkout
    #[arg(long, value_name = "FOLDER", conflicts_with = "git")]
    path: Option<PathBuf>,
    /// Take the mesh crates from this repository
    #[arg(long, value_name = "URL")]
    git: Option<String>,
}

impl Init {
    /// Adds what is missing.
    pub(crate) fn run(self, output: Output) -> Result<Verdict, Failure> {
        let folder = current_folder()?;
        if folder.join(MARK).exists() {
            return Err(Failure::new(format!("`{}` is a domain crate already", folder.display()))
                .next("add a product with `mesh new product NAME`"));
        }
        let manifest = folder.join("Cargo.toml");
        let Ok(text) = fs::read_to_string(&manifest) else {
            return Err(Failure::new(format!("there is no Cargo.toml in `{}`", folder.display()))
                .next("go to the folder of a crate, or start one with `mesh new domain NAME`"));
        };
        let manifest: DocumentMut =
            text.parse().or_fail(|| format!("`{}` is no TOML", manifest.display()))?;
        let package = package_name(&manifest, &folder)?;
        let name = match self.name {
            Some(name) => name,
            None => DomainName::new(&to_kebab(&package))
                .or_fail(|| format!("the package's name `{package}` makes no domain name; pass `--name`"))?,
        };
        let workspace = Workspace::around(&folder)?;
        let source = Source::chosen(self.path.as_deref(), self.git.as_deref(), workspace.as_ref())?;
        let owner = self.owner.unwrap_or_else(|| format!("{name}-team@example.com"));
        let existing =
            ExistingCrate { folder, package, manifest, name, product: self.product, owner, source };
        let (files, next) = existing.files()?;
        files.write(Standing::Kept { advice: "move what stands there out of the way" })?;
        existing.source.tell(output);
        write_next(&files, &[], &next, output)
    }
}

fn package_name(manifest: &DocumentMut, folder: &Path) -> Result<String, Failure> {
    let name = manifest.get("package").and_then(|package| package.get("name")).and_then(|name| name.as_str());
    name.map(ToOwned::to_owned).ok_or_else(|| {
        Failure::new(format!("the Cargo.toml in `{}` is of a workspace, not of a package", folder.display()))
            .next("go to a member of it, or start a domain with `mesh new domain NAME`")
    })
}
