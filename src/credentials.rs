//! The tokens of registries that somebody has signed in to, in one file that nobody else can read.

use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use mesh_runtime::client::{Token, Url};
use toml_edit::{DocumentMut, Item, Table, value};

use crate::failure::{Failure, OrFail as _};

const FILE: &str = "credentials.toml";
const REGISTRIES: &str = "registries";
const HEAD: &str =
    "# Tokens of registries, written by `mesh login`. They are secrets: whoever has one is you.\n";

/// The token for a registry: from the environment, or else the one that was signed in with.
pub(crate) fn token(registry: &Url) -> Result<Option<Token>, Failure> {
    if let Ok(token) = std::env::var("MESH_REGISTRY_TOKEN") {
        return Ok(Some(Token::new(&token)));
    }
    let Some(file) = file() else { return Ok(None) };
    let document = read(&file)?;
    let entry = document.get(REGISTRIES).and_then(|all| all.get(key(registry)));
    Ok(entry.and_then(|entry| entry.get("token")).and_then(Item::as_str).map(Token::new))
}

/// Keeps the token for a registry, and says where.
pub(crate) fn keep(registry: &Url, token: &str) -> Result<PathBuf, Failure> {
    let file = file().ok_or_else(nowhere)?;
    let mut document = read(&file)?;
    let all = document.entry(REGISTRIES).or_insert_with(|| {
        let mut table = Table::new();
        table.set_implicit(true);
        Item::Table(table)
    });
    let mut entry = Table::new();
    entry.insert("token", value(token));
    let all = all.as_table_mut().ok_or_else(|| unreadable(&file, "`registries` is no table"))?;
    all.insert(&key(registry), Item::Table(entry));
    write(&file, &document)?;
    Ok(file)
}

/// Forgets the token for a registry, and says whether there was one.
pub(crate) fn forget(registry: &Url) -> Result<bool, Failure> {
    let Some(file) = file() else { return Ok(false) };
    let mut document = read(&file)?;
    let gone = document
        .get_mut(REGISTRIES)
        .and_then(Item::as_table_like_mut)
        .is_some_and(|all| all.remove(&key(registry)).is_some());
    if gone {
        write(&file, &document)?;
    }
    Ok(gone)
}

/// Where a registry is, whatever path was named with it: a token goes to nobody else.
fn key(registry: &Url) -> String {
    registry.origin().ascii_serialization()
}

fn file() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let folder = set("XDG_CONFIG_HOME").or_else(|| set("HOME").map(|home| home.join(".config")))?;
    Some(folder.join("mesh").join(FILE))
}

fn nowhere() -> Failure {
    Failure::new("there is no folder to keep a token in")
        .next("set HOME, or give the token as MESH_REGISTRY_TOKEN")
}

fn unreadable(file: &Path, why: impl std::fmt::Display) -> Failure {
    Failure::new(format!("`{}` cannot be read: {why}", file.display()))
        .next("mend it, or remove it and sign in again")
}

fn read(file: &Path) -> Result<DocumentMut, Failure> {
    match std::fs::read_to_string(file) {
        Ok(text) => text.parse().map_err(|error: toml_edit::TomlError| unreadable(file, error.message())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(DocumentMut::new()),
        Err(error) => Err(unreadable(file, error)),
    }
}

/// Writes the file anew beside itself, so that a write that is cut short leaves the old one.
fn write(file: &Path, document: &DocumentMut) -> Result<(), Failure> {
    let text = document.to_string();
    let text = if text.starts_with('#') { text } else { format!("{HEAD}{text}") };
    let new = file.with_extension("new");
    let written = || {
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        match std::fs::remove_file(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut opened = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
        opened.write_all(text.as_bytes())?;
        opened.sync_all()?;
        std::fs::rename(&new, file)
    };
    written().or_fail(|| format!("cannot write `{}`", file.display()))
}
