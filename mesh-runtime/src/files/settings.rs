//! `mesh.toml`: what a domain's crate says to the `mesh` command and to its own host.

use std::fs;
use std::io;
use std::path::Path;

use mesh_contract::judgement::{Claim, Policy, Unread, Waiver};
use mesh_contract::{Day, EnvironmentName};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::error::{FileError, Problem};

/// What `mesh.toml` says. Everything may be left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Settings {
    /// Where the registry answers: `http://registry.example:7474`.
    #[serde(default, deserialize_with = "http_address")]
    pub registry: Option<String>,
    /// Where a deployment runs unless told otherwise: `production`.
    #[serde(default)]
    pub environment: Option<EnvironmentName>,
    /// Whether a field may go that no registered reader names: `unread = "may-go"`.
    #[serde(default)]
    pub unread: Unread,
    /// Findings of the judgement that somebody takes upon themselves for a while: `[[waiver]]`.
    #[serde(default, rename = "waiver")]
    pub waivers: Vec<Waiver>,
    /// Whether words that changed still mean what they meant: `[[meaning]]`.
    #[serde(default)]
    pub meaning: Vec<Claim>,
}

fn http_address<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let rest = text.strip_prefix("http://").or(text.strip_prefix("https://"));
    match rest {
        Some(rest) if !rest.is_empty() && !rest.contains(char::is_whitespace) => {
            Ok(Some(text.trim_end_matches('/').to_owned()))
        }
        _ => Err(serde::de::Error::custom(format_args!(
            "`{text}` is not the address of a registry; write one as `http://127.0.0.1:7474`"
        ))),
    }
}

impl Settings {
    /// How the domain's contracts are judged on a day.
    pub fn policy(&self, today: Day) -> Policy {
        Policy {
            unread: self.unread,
            waivers: self.waivers.clone(),
            meaning: self.meaning.clone(),
            today: Some(today),
        }
    }

    /// Reads the text of the file.
    ///
    /// # Errors
    /// When it holds something that is no setting.
    pub fn from_text(text: &str) -> Result<Self, Problem> {
        parse(text)
    }
}

/// Reads TOML, with the line of what is wrong.
pub(super) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        Problem::Toml { line: before.matches('\n').count() + 1, message: error.message().to_owned() }
    })
}

pub(super) fn read(path: &Path) -> Result<Settings, FileError> {
    match fs::read_to_string(path) {
        Ok(text) => Settings::from_text(&text).map_err(|problem| FileError::new(path, problem)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Settings::default()),
        Err(error) => Err(FileError::new(path, Problem::Read(error))),
    }
}
