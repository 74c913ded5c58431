//! An existing crate that becomes a domain.

use std::fs;
use std::path::PathBuf;

use mesh_contract::{DomainName, ProductName};
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, TableLike, Value, value};

use super::names::{module_name, record_name, type_name};
use super::{Files, Source, fill};
use crate::failure::{Failure, OrFail};

/// The module that the domain goes to.
const MODULE: &str = "data_products";

/// An existing crate that becomes a domain.
#[derive(Debug)]
pub(crate) struct ExistingCrate {
    /// Its folder.
    pub(crate) folder: PathBuf,
    /// The name of its package.
    pub(crate) package: String,
    /// Its Cargo.toml.
    pub(crate) manifest: DocumentMut,
    /// The domain's name.
    pub(crate) name: DomainName,
    /// Its first product.
    pub(crate) product: ProductName,
    /// Who answers for it.
    pub(crate) owner: String,
    /// Where the mesh crates come from.
    pub(crate) source: Source,
}

impl ExistingCrate {
    /// The files to write, those that change among them, and what is left to do.
    pub(crate) fn files(&self) -> Result<(Files, Vec<String>), Failure> {
        let Self { folder, package, name, product, owner, .. } = self;
        let library = folder.join("src/lib.rs");
        let text = fs::read_to_string(&library).map_err(|_| {
            Failure::new(format!("`{package}` has no `src/lib.rs`"))
                .next("give it a library: programs and tests of a domain share its types")
        })?;
        let place = format!("{}::{MODULE}", module_name(package));
        let (domain, record) = (type_name(name.as_str()), record_name(product.as_str()));
        let words = product.as_str().replace('-', " ");
        let path = format!("{MODULE}::{domain}");
        let values = [
            ("domain", name.as_str()),
            ("product", product.as_str()),
            ("owner", owner),
            ("words", &words),
            ("Domain", &domain),
            ("Service", &type_name(product.as_str())),
            ("Record", &record),
            ("module", &module_name(product.as_str())),
            ("crate", &place),
        ];
        let fill = |template: &str| fill(template, &values);
        let mut files = Files::default();
        files.change(folder.join("Cargo.toml"), self.changed_manifest()?);
        let line = format!("pub mod {MODULE};");
        if !text.lines().any(|known| known.trim() == line) {
            files.change(library, format!("{}\n\n{line}\n", text.trim_end()));
        }
        let module = fill(include_str!("templates/lib.rs.tmpl"));
        files.add(folder.join(format!("src/{MODULE}/mod.rs")), module);
        let source = fill(include_str!("templates/product.rs.tmpl"));
        let source = source.replace(&format!("use crate::{domain};"), &format!("use crate::{path};"));
        files.add(folder.join(format!("src/{MODULE}/{}.rs", module_name(product.as_str()))), source);
        let serve = if folder.join("src/main.rs").exists() {
            format!("src/bin/{package}-domain.rs")
        } else {
            "src/main.rs".to_owned()
        };
        files.add(folder.join(serve), fill(include_str!("templates/main.rs.tmpl")));
        files.add(folder.join("tests/contract.rs"), fill(include_str!("templates/contract_test.rs.tmpl")));
        files.add(folder.join("mesh.toml"), fill(include_str!("templates/mesh.toml.tmpl")));
        files.add(folder.join("mesh.lock"), fill(include_str!("templates/mesh.lock.tmpl")));
        let next = ["mesh contract", "cargo test", "mesh dev"].map(ToOwned::to_owned).to_vec();
        Ok((files, next))
    }

    /// The Cargo.toml with what a domain needs. What stands there already stays.
    fn changed_manifest(&self) -> Result<String, Failure> {
        let mut document = self.manifest.clone();
        let parse = |text: &str| text.parse::<Value>().or_fail(|| format!("`{text}` is no TOML"));
        let wanted = [
            (
                "dependencies",
                "mesh-runtime",
                self.source.dependency(&self.folder, &["chrono", "client", "decimal", "host"]),
            ),
            ("dependencies", "serde", r#"{ version = "1", features = ["derive"] }"#.to_owned()),
            (
                "dependencies",
                "schemars",
                r#"{ version = "1", features = ["derive", "chrono04", "rust_decimal1"] }"#.to_owned(),
            ),
            (
                "dependencies",
                "chrono",
                r#"{ version = "0.4", default-features = false, features = ["serde", "std"] }"#.to_owned(),
            ),
            (
                "dependencies",
                "rust_decimal",
                r#"{ version = "1", default-features = false, features = ["serde", "std"] }"#.to_owned(),
            ),
            ("dev-dependencies", "mesh-runtime", self.source.dependency(&self.folder, &["testing"])),
        ];
        for (section, name, dependency) in wanted {
            let table = document.entry(section).or_insert(Item::Table(Table::new()));
            let table: &mut dyn TableLike = table
                .as_table_like_mut()
                .ok_or_else(|| Failure::new(format!("`{section}` in Cargo.toml is no table")))?;
            if table.get(name).is_none() {
                table.insert(name, value(parse(&dependency)?));
            }
        }
        let tests = document.entry("test").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
        let tests = tests
            .as_array_of_tables_mut()
            .ok_or_else(|| Failure::new("`test` in Cargo.toml is no list of tables"))?;
        let named = |test: &Table| test.get("name").and_then(|name| name.as_str()) == Some("contract");
        if !tests.iter().any(named) {
            let mut test = Table::new();
            test.insert("name", value("contract"));
            test.insert("harness", value(false));
            tests.push(test);
        }
        Ok(document.to_string())
    }
}
