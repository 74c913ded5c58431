//! A new product in a domain crate.

use std::fs;
use std::path::PathBuf;

use mesh_contract::ProductName;
use toml_edit::DocumentMut;

use super::names::{module_name, record_name};
use super::{Files, Library, List, fill};
use crate::failure::{Failure, OrFail as _};

/// A new product.
#[derive(Debug)]
pub(crate) struct NewProduct {
    /// The domain's crate.
    pub(crate) folder: PathBuf,
    /// The product's name.
    pub(crate) name: ProductName,
}

/// What the crate's source says of the domain.
#[derive(Debug)]
struct DomainEnum {
    name: String,
    service: String,
    address: String,
    file: PathBuf,
}

impl NewProduct {
    /// The file of the product, the source that lists it, and what its author has to do.
    pub(crate) fn files(&self) -> Result<(Files, Option<Library>, Vec<String>), Failure> {
        let domain = self.domain()?;
        let record = record_name(self.name.as_str());
        let module = module_name(self.name.as_str());
        let words = self.name.as_str().replace('-', " ");
        let content = fill(
            include_str!("templates/product.rs.tmpl"),
            &[
                ("domain", &domain.address),
                ("product", self.name.as_str()),
                ("words", &words),
                ("Domain", &domain.name),
                ("Service", &domain.service),
                ("Record", &record),
            ],
        );
        // The module of the domain is the one above, wherever that is.
        let content = content.replace("use crate::", "use super::");
        let mut files = Files::default();
        let folder = domain.file.parent().unwrap_or(&self.folder);
        files.add(folder.join(format!("{module}.rs")), content);
        let shown = domain.file.strip_prefix(&self.folder).unwrap_or(&domain.file).display();
        let mut next = Vec::new();
        let mut library = Library::read(&domain.file);
        if !library.as_mut().is_some_and(|library| library.declare(&module)) {
            next.push(format!("in {shown}:  pub mod {module};"));
        }
        let path = format!("{module}::{record}");
        if !library.as_mut().is_some_and(|library| library.list(List::Offers, &path)) {
            next.push(format!("in domain!:  offers: [..., {path}]"));
        }
        // Where the domain has a module of its own, the program names that too.
        let above = folder.strip_prefix(self.folder.join("src")).unwrap_or(folder).iter();
        let above: String = above.map(|step| format!("{}::", step.to_string_lossy())).collect();
        next.push(format!(
            "in the program:  .records(|_| async {{ Ok({}::{above}{path}::load()) }})",
            self.library()?
        ));
        Ok((files, library, next))
    }

    /// What programs call the crate's library.
    fn library(&self) -> Result<String, Failure> {
        let manifest = self.folder.join("Cargo.toml");
        let text =
            fs::read_to_string(&manifest).or_fail(|| format!("cannot read `{}`", manifest.display()))?;
        let manifest: DocumentMut =
            text.parse().or_fail(|| format!("`{}` is no TOML", manifest.display()))?;
        let name = |table: &str| manifest.get(table)?.get("name")?.as_str();
        Ok(module_name(name("lib").or_else(|| name("package")).unwrap_or_default()))
    }

    /// Finds the domain's enum where `mesh new domain` or `mesh init` puts it.
    fn domain(&self) -> Result<DomainEnum, Failure> {
        let places = ["src/lib.rs", "src/data_products/mod.rs"].map(|place| self.folder.join(place));
        let found = places.into_iter().find_map(|file| {
            let text = fs::read_to_string(&file).ok()?;
            let attribute = text.find("#[domain(")?;
            let address = text[attribute..].split_once("name = \"")?.1.split_once('"')?.0;
            let (name, body) = text[attribute..].split_once("enum ")?.1.split_once('{')?;
            let mut lines = body.lines().map(str::trim);
            let service = lines.find(|line| line.starts_with(|first: char| first.is_ascii_uppercase()))?;
            Some(DomainEnum {
                name: name.trim().to_owned(),
                service: service.trim_end_matches(',').to_owned(),
                address: address.to_owned(),
                file,
            })
        });
        found.ok_or_else(|| {
            Failure::new(format!(
                "there is no enum with `#[derive(Domain)]` and a service in `{}`",
                self.folder.join("src/lib.rs").display()
            ))
            .next("declare the domain there, as `mesh new domain` does")
        })
    }
}
