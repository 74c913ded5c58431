//! A new product in a domain crate.

use std::fs;
use std::path::PathBuf;

use mesh_contract::ProductName;

use super::names::{module_name, record_name};
use super::{Files, fill};
use crate::failure::{Failure, OrFail};

/// A new product.
#[derive(Debug)]
pub(crate) struct NewProduct {
    /// The domain's crate.
    pub(crate) folder: PathBuf,
    /// The product's name.
    pub(crate) name: ProductName,
}

/// What `src/lib.rs` says of the domain.
#[derive(Debug)]
struct DomainEnum {
    name: String,
    service: String,
    address: String,
}

impl NewProduct {
    /// Where its source goes.
    pub(crate) fn source(&self) -> PathBuf {
        self.folder.join("src").join(format!("{}.rs", module_name(self.name.as_str())))
    }

    /// The file of the product, and the lines that its author has to add.
    pub(crate) fn files(&self) -> Result<(Files, Vec<String>), Failure> {
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
        let mut files = Files::default();
        files.add(self.source(), content);
        let next = vec![
            format!("in src/lib.rs:   pub mod {module};"),
            format!("in domain!:      offers: [..., {module}::{record}]"),
            format!("in src/main.rs:  .records(|_| async {{ Ok({module}::{record}::load()) }})"),
            "mesh contract".to_owned(),
        ];
        Ok((files, next))
    }

    /// Reads the domain's enum in the crate's library: its name, its first service and the domain's name.
    fn domain(&self) -> Result<DomainEnum, Failure> {
        let path = self.folder.join("src/lib.rs");
        let text = fs::read_to_string(&path).or_fail(|| format!("cannot read `{}`", path.display()))?;
        let found = || {
            let attribute = text.find("#[domain(")?;
            let address = text[attribute..].split_once("name = \"")?.1.split_once('"')?.0;
            let (name, body) = text[attribute..].split_once("enum ")?.1.split_once('{')?;
            let mut lines = body.lines().map(str::trim);
            let service = lines.find(|line| line.starts_with(|first: char| first.is_ascii_uppercase()))?;
            Some(DomainEnum {
                name: name.trim().to_owned(),
                service: service.trim_end_matches(',').to_owned(),
                address: address.to_owned(),
            })
        };
        found().ok_or_else(|| {
            Failure::new(format!(
                "there is no enum with `#[derive(Domain)]` and a service in `{}`",
                path.display()
            ))
            .next("declare the domain there, as `mesh new domain` does")
        })
    }
}
