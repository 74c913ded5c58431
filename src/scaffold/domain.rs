//! A new domain crate.

use std::path::PathBuf;

use mesh_contract::{DomainName, ProductName};

use super::names::{module_name, record_name, type_name};
use super::source::relative;
use super::{Files, Source, Workspace, fill};
use crate::failure::Failure;

macro_rules! template {
    ($name:literal) => {
        include_str!(concat!("templates/", $name, ".tmpl"))
    };
}

/// A new domain crate.
#[derive(Debug)]
pub(crate) struct NewDomain {
    /// The domain's name, and that of its package.
    pub(crate) name: DomainName,
    /// Its first product.
    pub(crate) product: ProductName,
    /// Who answers for it.
    pub(crate) owner: String,
    /// Where it goes.
    pub(crate) folder: PathBuf,
    /// The workspace that it becomes a member of.
    pub(crate) workspace: Option<Workspace>,
    /// Whether it must not become a member of any.
    pub(crate) standalone: bool,
    /// Where the mesh crates come from.
    pub(crate) source: Source,
}

impl NewDomain {
    /// The files of the crate.
    pub(crate) fn files(&self) -> Result<Files, Failure> {
        let Self { name, product, owner, folder, workspace, standalone, source } = self;
        let root = workspace.as_ref().map_or(folder.as_path(), Workspace::root);
        let place = folder.strip_prefix(root).unwrap_or(folder).display().to_string();
        let alone = workspace.is_none();
        let words = product.as_str().replace('-', " ");
        let lock = "Cargo.lock";
        let values = [
            ("domain", name.as_str()),
            ("product", product.as_str()),
            ("owner", owner),
            ("words", &words),
            ("Domain", &type_name(name.as_str())),
            ("Service", &type_name(product.as_str())),
            ("service", product.as_str()),
            ("Record", &record_name(product.as_str())),
            ("module", &module_name(product.as_str())),
            ("crate", &module_name(name.as_str())),
            ("mesh_runtime", &source.dependency(folder, &["chrono", "client", "decimal", "host"])),
            ("mesh_runtime_testing", &source.dependency(folder, &["testing"])),
            ("install", &source.install(root)),
            ("workspace", if *standalone { "\n[workspace]\n" } else { "" }),
            ("paths", &if alone { String::new() } else { format!("\n    paths: ['{place}/**', '{lock}']") }),
            (
                "changes",
                &if alone { String::new() } else { format!("\n      changes: ['{place}/**/*', '{lock}']") },
            ),
            ("lock", lock),
            ("target", "target"),
        ];
        let fill = |template: &str| fill(template, &values);
        let mut files = Files::default();
        files.add(folder.join("Cargo.toml"), fill(template!("Cargo.toml")).trim_end().to_owned() + "\n");
        files.add(folder.join("src/lib.rs"), fill(template!("lib.rs")));
        let module = module_name(product.as_str());
        files.add(folder.join(format!("src/{module}.rs")), fill(template!("product.rs")));
        files.add(folder.join("src/main.rs"), fill(template!("main.rs")));
        files.add(folder.join("tests/contract.rs"), fill(template!("contract_test.rs")));
        files.add(folder.join(format!("contracts/{product}/0.1.0.json")), fill(template!("contract.json")));
        files.add(folder.join("mesh.toml"), fill(template!("mesh.toml")));
        files.add(folder.join("mesh.lock"), fill(template!("mesh.lock")));
        files.add(folder.join("README.md"), fill(template!("README.md")));
        files.add(root.join(format!(".github/workflows/{name}.yml")), fill(template!("github.yml")));
        files.add(folder.join(".gitlab-ci.yml"), fill(template!("gitlab.yml")));
        if alone {
            files.add(folder.join(".gitignore"), template!("gitignore"));
        }
        Ok(files)
    }

    /// The way from the workspace to the crate's pipeline for GitLab, which GitLab does not find by itself there.
    pub(crate) fn gitlab_include(&self) -> Option<String> {
        let workspace = self.workspace.as_ref()?;
        Some(relative(workspace.root(), &self.folder.join(".gitlab-ci.yml")).display().to_string())
    }
}
