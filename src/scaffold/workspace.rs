//! The workspace that a new crate becomes a member of.

use std::fs;
use std::path::{Path, PathBuf};

use toml_edit::{Array, DocumentMut, Item, Table, value};

use super::Source;
use crate::cargo::{Metadata, cargo};
use crate::failure::{Failure, OrFail};

/// The workspace around a folder.
#[derive(Debug)]
pub(crate) struct Workspace {
    metadata: Metadata,
}

impl Workspace {
    /// The workspace around a folder; none where no Cargo.toml says so.
    pub(crate) fn around(folder: &Path) -> Result<Option<Self>, Failure> {
        if !folder.ancestors().any(|folder| folder.join("Cargo.toml").is_file()) {
            return Ok(None);
        }
        let located = cargo()
            .args(["locate-project", "--workspace", "--message-format", "plain"])
            .current_dir(folder)
            .output()
            .or_fail(|| "cannot run cargo".to_owned())?;
        let root = PathBuf::from(String::from_utf8_lossy(&located.stdout).trim());
        let text = fs::read_to_string(&root).unwrap_or_default();
        // A package alone is no workspace to join.
        if !text.parse::<DocumentMut>().is_ok_and(|document| document.contains_key("workspace")) {
            return Ok(None);
        }
        Ok(Some(Self { metadata: Metadata::of(folder)? }))
    }

    /// Its folder.
    pub(crate) fn root(&self) -> &Path {
        &self.metadata.workspace_root
    }

    /// Whether it has a member of this name.
    pub(crate) fn has(&self, package: &str) -> bool {
        self.metadata.packages.iter().any(|member| member.name == package)
    }

    /// The mesh crates among its members.
    pub(crate) fn mesh(&self) -> Option<Source> {
        let runtime = self.metadata.packages.iter().find(|member| member.name == "mesh-runtime")?;
        Some(Source::Path(runtime.folder().parent()?.to_owned()))
    }

    /// The text of its Cargo.toml with one more member, where it needs to be named.
    pub(crate) fn with_member(&self, folder: &Path) -> Result<Option<(PathBuf, String)>, Failure> {
        let path = self.root().join("Cargo.toml");
        let text = fs::read_to_string(&path).or_fail(|| format!("cannot read `{}`", path.display()))?;
        let member = folder.strip_prefix(self.root()).unwrap_or(folder).display().to_string();
        let added = add_member(&text, &member).or_fail(|| format!("`{}` is no TOML", path.display()))?;
        Ok(added.map(|text| (path, text)))
    }
}

/// Adds a member to the text of a workspace's Cargo.toml; nothing when a member or pattern names it already.
fn add_member(text: &str, member: &str) -> Result<Option<String>, toml_edit::TomlError> {
    let mut document: DocumentMut = text.parse()?;
    let workspace = document.entry("workspace").or_insert(Item::Table(Table::new()));
    let Some(workspace) = workspace.as_table_like_mut() else { return Ok(None) };
    if workspace.get("members").is_none() {
        workspace.insert("members", value(Array::new()));
    }
    let Some(members) = workspace.get_mut("members").and_then(Item::as_array_mut) else { return Ok(None) };
    if members.iter().filter_map(|known| known.as_str()).any(|pattern| matches(pattern, member)) {
        return Ok(None);
    }
    members.push(member);
    Ok(Some(document.to_string()))
}

/// Whether a pattern of members, in which `*` stands for one folder, names a folder.
fn matches(pattern: &str, folder: &str) -> bool {
    let (pattern, folder): (Vec<&str>, Vec<&str>) =
        (pattern.trim_end_matches('/').split('/').collect(), folder.split('/').collect());
    let fits = |(pattern, name): (&&str, &&str)| match pattern.split_once('*') {
        Some((before, after)) => {
            name.len() >= before.len() + after.len() && name.starts_with(before) && name.ends_with(after)
        }
        None => pattern == name,
    };
    pattern.len() == folder.len() && pattern.iter().zip(&folder).all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_added_only_where_no_pattern_names_it() {
        let text = "[workspace]\n# ours\nmembers = [\"domains/*\", \"tools\"]\n";
        assert_eq!(add_member(text, "domains/logistics").unwrap(), None);
        assert_eq!(add_member(text, "tools").unwrap(), None);
        assert_eq!(
            add_member(text, "logistics").unwrap().as_deref(),
            Some("[workspace]\n# ours\nmembers = [\"domains/*\", \"tools\", \"logistics\"]\n")
        );
        assert_eq!(
            add_member("[workspace]\n", "logistics").unwrap().as_deref(),
            Some("[workspace]\nmembers = [\"logistics\"]\n")
        );
        assert!(add_member("[workspace", "x").is_err());
    }
}
