//! `mesh new`: a new domain crate, or a new product in one.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use mesh_contract::{DomainName, ProductName};
use serde_json::json;

use crate::domain_crate::{self, current_folder};
use crate::failure::{Failure, OrFail};
use crate::output::{GOOD, Output, STRONG, Verdict};
use crate::scaffold::{Files, Library, NewDomain, NewProduct, Source, Standing, Workspace};

/// Names that cargo gives to nobody.
const RESERVED: [&str; 12] = [
    "alloc",
    "build",
    "core",
    "crate",
    "deps",
    "examples",
    "incremental",
    "proc-macro",
    "self",
    "std",
    "super",
    "test",
];

/// Start a domain crate, or a product in one
#[derive(Debug, Args)]
pub(crate) struct New {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
enum What {
    Domain(Domain),
    Product(Product),
}

/// Start a domain crate that compiles and passes its tests at once
///
/// Writes the library with one example product, the program that serves it, contract tests, the committed contract, and
/// pipelines for GitHub and GitLab. In a workspace the crate becomes a member, in `domains/` if there is such a folder.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mesh new domain logistics\n  mesh new domain logistics --product shipments --standalone --path ~/src/mesh"
)]
struct Domain {
    /// The domain's name, in kebab-case
    name: DomainName,
    /// The name of its first product
    #[arg(long, value_name = "NAME", default_value = "items")]
    product: ProductName,
    /// The address of the team that answers for it
    #[arg(long, value_name = "ADDRESS")]
    #[arg(help = "The address of the team that answers for it [default: NAME-team@example.com]")]
    owner: Option<String>,
    /// Make it a workspace of its own, in a folder of its name right here
    #[arg(long)]
    standalone: bool,
    /// Take the mesh crates from this checkout
    #[arg(long, value_name = "FOLDER", conflicts_with = "git")]
    path: Option<PathBuf>,
    /// Take the mesh crates from this repository
    #[arg(long, value_name = "URL")]
    git: Option<String>,
    /// Overwrite what is there
    #[arg(long)]
    force: bool,
}

/// Start a product in a domain crate
///
/// Writes `src/<name>.rs` with an annotated struct, and lists it in the crate's library.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  mesh new product returns")]
struct Product {
    /// The product's name, in kebab-case
    name: ProductName,
    /// The domain crate [default: the one here]
    #[arg(long, short, value_name = "NAME")]
    package: Option<String>,
    /// Overwrite what is there
    #[arg(long)]
    force: bool,
}

impl New {
    /// Writes it.
    pub(crate) fn run(self, output: Output) -> Result<Verdict, Failure> {
        match self.what {
            What::Domain(domain) => domain.run(output),
            What::Product(product) => product.run(output),
        }
    }
}

impl Domain {
    fn run(self, output: Output) -> Result<Verdict, Failure> {
        if RESERVED.contains(&self.name.as_str()) {
            return Err(Failure::new(format!("`{}` cannot be the name of a crate", self.name))
                .next("choose another, e.g. with what the domain is about in front"));
        }
        let here = current_folder()?;
        let workspace = if self.standalone { None } else { Workspace::around(&here)? };
        let folder = match &workspace {
            Some(workspace) if workspace.has(self.name.as_str()) => {
                return Err(Failure::new(format!("the workspace has a package `{}` already", self.name))
                    .next("choose another name"));
            }
            Some(workspace) if workspace.root().join("domains").is_dir() => workspace.root().join("domains"),
            _ => here.clone(),
        };
        let folder = folder.join(self.name.as_str());
        let source = Source::chosen(self.path.as_deref(), self.git.as_deref(), workspace.as_ref())?;
        let owner = self.owner.unwrap_or_else(|| format!("{}-team@example.com", self.name));
        let new = NewDomain {
            name: self.name,
            product: self.product,
            owner,
            folder,
            workspace,
            standalone: self.standalone,
            source,
        };
        new.files()?.write(Standing::forced(self.force))?;
        if let Some(workspace) = &new.workspace
            && let Some((manifest, text)) = workspace.with_member(&new.folder)?
        {
            std::fs::write(&manifest, text).or_fail(|| format!("cannot write `{}`", manifest.display()))?;
        }
        new.source.tell(output);
        tell(&new, &here, output)
    }
}

fn tell(new: &NewDomain, here: &Path, output: Output) -> Result<Verdict, Failure> {
    let files = new.files()?;
    let shown = |path: &Path| path.strip_prefix(here).unwrap_or(path).display().to_string();
    let paths: Vec<String> = files.paths().map(shown).collect();
    let value = json!({ "domain": new.name, "folder": new.folder, "files": paths });
    output.answer(&value, |out| {
        writeln!(out, "{GOOD}created{GOOD:#} the domain {} in {}", new.name, shown(&new.folder))?;
        paths.iter().try_for_each(|path| writeln!(out, "  {path}"))?;
        writeln!(out, "\n{STRONG}Next{STRONG:#}")?;
        if new.folder != here {
            writeln!(out, "  cd {}", shown(&new.folder))?;
        }
        writeln!(out, "  cargo test\n  mesh dev")?;
        if let Some(include) = new.gitlab_include() {
            writeln!(out, "\nOn GitLab, name the pipeline in the .gitlab-ci.yml of the repository:\n  include: [{{ local: {include} }}]")?;
        }
        Ok(())
    })?;
    Ok(Verdict::Clean)
}

impl Product {
    fn run(self, output: Output) -> Result<Verdict, Failure> {
        let folder = domain_crate::one(self.package.as_deref())?;
        let new = NewProduct { folder, name: self.name };
        let (files, library, mut next) = new.files()?;
        next.push(match &self.package {
            Some(package) => format!("mesh contract --package {package}"),
            None => "mesh contract".to_owned(),
        });
        files.write(Standing::forced(self.force))?;
        let changed = changed(library.as_slice())?;
        write_next(&files, &changed, &next, output)
    }
}

/// Writes the sources that changed and names them.
pub(super) fn changed(libraries: &[Library]) -> Result<Vec<PathBuf>, Failure> {
    let mut changed = Vec::new();
    for library in libraries {
        if library.write()? {
            changed.push(library.path().to_owned());
        }
    }
    Ok(changed)
}

/// Tells what was written, and what is left to do by hand.
pub(super) fn write_next(
    files: &Files,
    changed: &[PathBuf],
    next: &[String],
    output: Output,
) -> Result<Verdict, Failure> {
    let here = current_folder()?;
    let shown = |path: &Path| path.strip_prefix(&here).unwrap_or(path).display().to_string();
    let paths: Vec<String> = files.paths().map(shown).collect();
    let changed: Vec<String> =
        files.changed().chain(changed.iter().map(PathBuf::as_path)).map(shown).collect();
    output.answer(&json!({ "files": paths, "changed": changed, "next": next }), |out| {
        paths.iter().try_for_each(|path| writeln!(out, "{GOOD}created{GOOD:#} {path}"))?;
        changed.iter().try_for_each(|path| writeln!(out, "{GOOD}changed{GOOD:#} {path}"))?;
        writeln!(out, "\n{STRONG}Next{STRONG:#}")?;
        next.iter().try_for_each(|step| writeln!(out, "  {step}"))
    })?;
    Ok(Verdict::Clean)
}
