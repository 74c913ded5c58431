//! Adds waivers and claims to a `mesh.toml` that a person wrote: the rest of it stays as it is.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;

use mesh_contract::judgement::{Claim, Says, Waiver};
use mesh_runtime::files::Settings;
use tempfile::NamedTempFile;
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, value};

use crate::failure::{Failure, OrFail as _};

/// A `mesh.toml` that is being edited.
#[derive(Debug)]
pub(crate) struct SettingsFile {
    path: PathBuf,
    document: DocumentMut,
}

impl SettingsFile {
    /// Reads the file; an empty one where there is none.
    pub(crate) fn read(path: PathBuf) -> Result<Self, Failure> {
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => {
                return Err(Failure::new(format!("cannot read `{}`", path.display())).because(error));
            }
        };
        let document = text.parse().or_fail(|| format!("`{}` is no TOML", path.display()))?;
        Ok(Self { path, document })
    }

    /// Adds a waiver, in place of one of the same finding.
    pub(crate) fn waive(&mut self, waiver: &Waiver) -> Result<(), Failure> {
        let Waiver { finding, product, owner, reason, until } = waiver;
        let product = product.to_string();
        let pairs = [
            ("finding", finding.clone()),
            ("product", product.clone()),
            ("owner", owner.clone()),
            ("reason", reason.clone()),
            ("until", until.to_string()),
        ];
        self.put("waiver", &pairs, |it| is(it, "finding", finding) && is(it, "product", &product))
    }

    /// Adds what the author says of words, in place of what was said of the same.
    pub(crate) fn claim(&mut self, claim: &Claim) -> Result<(), Failure> {
        let Claim { product, version, field, says } = claim;
        let (product, version) = (product.to_string(), version.to_string());
        let says = match says {
            Says::Same => "same",
            Says::Changed => "changed",
        };
        let mut pairs = vec![("product", product.clone()), ("version", version.clone())];
        pairs.extend(field.clone().map(|field| ("field", field)));
        pairs.push(("says", says.to_owned()));
        self.put("meaning", &pairs, |it| {
            let same_field = match field {
                Some(field) => is(it, "field", field),
                None => !it.contains_key("field"),
            };
            is(it, "product", &product) && is(it, "version", &version) && same_field
        })
    }

    fn put(
        &mut self,
        name: &str,
        pairs: &[(&str, String)],
        same: impl Fn(&Table) -> bool,
    ) -> Result<(), Failure> {
        let tables = self.document.entry(name).or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
        let Some(tables) = tables.as_array_of_tables_mut() else {
            return Err(Failure::new(format!("`{name}` in `{}` is no list of tables", self.path.display()))
                .next(format!("write each of them as `[[{name}]]`")));
        };
        let index = tables.iter().position(same);
        let mut new = Table::new();
        let table = match index.and_then(|index| tables.get_mut(index)) {
            Some(table) => table,
            None => &mut new,
        };
        for (key, text) in pairs {
            table.insert(key, value(text));
        }
        if index.is_none() {
            tables.push(new);
            self.keep_comments_in_front();
        }
        Ok(())
    }

    /// A file of comments alone has nothing that they could stand before, and new tables would go above them: what is commented
    /// out there and comes back later would land in a table.
    fn keep_comments_in_front(&mut self) {
        let comments = self.document.trailing().as_str().unwrap_or_default().to_owned();
        if comments.trim().is_empty() {
            return;
        }
        let tables = self.document.iter_mut().filter_map(|(_, item)| item.as_array_of_tables_mut());
        let last = tables.flat_map(ArrayOfTables::iter_mut).last();
        if let Some(last) = last {
            last.decor_mut().set_prefix(format!("{}\n\n", comments.trim_end()));
            self.document.set_trailing("");
        }
    }

    /// Writes the file, all of it or nothing. What is written can be read again.
    pub(crate) fn write(&self) -> Result<(), Failure> {
        let what = || format!("cannot write `{}`", self.path.display());
        let text = self.document.to_string();
        Settings::from_text(&text).or_fail(what)?;
        let folder = self.path.parent().unwrap_or(std::path::Path::new("."));
        let mut file = NamedTempFile::new_in(folder).or_fail(what)?;
        file.write_all(text.as_bytes()).and_then(|()| file.as_file().sync_all()).or_fail(what)?;
        if let Ok(old) = fs::metadata(&self.path) {
            file.as_file().set_permissions(old.permissions()).or_fail(what)?;
        }
        file.persist(&self.path).or_fail(what).map(drop)
    }
}

fn is(table: &Table, key: &str, text: &str) -> bool {
    table.get(key).and_then(Item::as_str) == Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiver(finding: &str) -> Waiver {
        let (owner, reason) = ("ann@example.com".to_owned(), "told everybody".to_owned());
        let (product, until) = ("sales.orders".parse().unwrap(), "2027-01-31".parse().unwrap());
        Waiver { finding: finding.to_owned(), product, owner, reason, until }
    }

    #[test]
    fn a_key_that_is_commented_out_can_come_back_after_a_waiver() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mesh.toml");
        fs::write(&path, "# Where products go.\n# registry = \"http://127.0.0.1:1\"\n").unwrap();
        for finding in ["28a8dde498164e0f", "18a8dde498164e0f"] {
            let mut file = SettingsFile::read(path.clone()).unwrap();
            file.waive(&waiver(finding)).unwrap();
            file.write().unwrap();
        }
        let text = fs::read_to_string(&path).unwrap();
        assert!(
            text.starts_with("# Where products go.\n# registry = \"http://127.0.0.1:1\"\n\n[[waiver]]\n"),
            "{text}"
        );
        let settings = Settings::from_text(&text.replace("# registry", "registry")).unwrap();
        assert_eq!(settings.registry.as_deref(), Some("http://127.0.0.1:1"));
        assert_eq!(settings.waivers.len(), 2);
    }
}
