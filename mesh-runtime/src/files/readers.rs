//! What registered readers rely on, committed beside the contracts: so the contract tests name whom a change hurts without
//! asking a registry, and a reviewer sees who came and went. `mesh update` writes the files.

use std::fs;
use std::path::{Path, PathBuf};

use mesh_contract::Expectation;

use super::contracts::entries;
use super::error::{FileError, Problem};
use super::write;

/// What one registered reader relies on, as it is committed.
#[derive(Debug, Clone)]
pub struct CommittedReader {
    /// Where it is.
    pub path: PathBuf,
    /// What it says.
    pub expectation: Expectation,
}

pub(super) fn read_all(folder: &Path) -> Result<Vec<CommittedReader>, FileError> {
    let mut all = Vec::new();
    for product in entries(folder)?.into_iter().filter(|path| path.is_dir()) {
        for path in entries(&product)? {
            if path.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            let text =
                fs::read_to_string(&path).map_err(|error| FileError::new(&path, Problem::Read(error)))?;
            let expectation = Expectation::read(&text)
                .map_err(|error| FileError::new(&path, Problem::Expectation(error)))?;
            let of = expectation.address.product().as_str();
            if product.file_name().is_none_or(|name| name != of) {
                let message =
                    format!("it is about `{}`, which belongs into the folder `{of}`", expectation.address);
                return Err(FileError::new(&path, Problem::Misplaced(message)));
            }
            all.push(CommittedReader { path, expectation });
        }
    }
    Ok(all)
}

pub(super) fn write_all(folder: &Path, readers: &[Expectation]) -> Result<Vec<PathBuf>, FileError> {
    let mut changed = Vec::new();
    let mut kept = Vec::new();
    let mut texts: Vec<(&Expectation, String)> = readers
        .iter()
        .map(|reader| {
            (reader, serde_json::to_string_pretty(reader).expect("an expectation was JSON before") + "\n")
        })
        .collect();
    // The registry may list them in any order, and the files should not move for that.
    texts.sort_by(|(_, one), (_, other)| one.cmp(other));
    for (reader, text) in texts {
        let path = folder.join(file_name(reader, &kept));
        if write::write(&path, &text)? {
            changed.push(path.clone());
        }
        kept.push(path);
    }
    for gone in entries(folder)?.into_iter().filter(|path| !kept.contains(path)) {
        if gone.extension().is_some_and(|extension| extension == "json") && write::remove(&gone)? {
            changed.push(gone);
        }
    }
    Ok(changed)
}

/// `accounting.json` for what a consumer has on its main line, `accounting@production.json` for what it has deployed, and a
/// number behind that where one consumer reads the product in several ways.
fn file_name(reader: &Expectation, taken: &[PathBuf]) -> String {
    let Expectation { consumer, environment, .. } = reader;
    let name = match environment {
        Some(environment) => format!("{consumer}@{environment}"),
        None => consumer.to_string(),
    };
    let is_free =
        |name: &String| taken.iter().all(|path| path.file_name().is_none_or(|it| it != name.as_str()));
    let numbered = (2..).map(|number| format!("{name}-{number}.json"));
    std::iter::once(format!("{name}.json")).chain(numbered).find(is_free).unwrap_or_default()
}
