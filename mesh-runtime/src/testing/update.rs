//! Writes the committed contracts anew: what `mesh contract` asks of the contract tests.

use std::path::PathBuf;

use super::Failure;
use super::committed::{below, moved};
use super::subject::Subject;
use crate::Manifest;
use crate::files::{DomainFiles, Released, is_highest};

/// What an update did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Updated {
    /// Files that were written, because their content changed.
    pub written: Vec<PathBuf>,
    /// Contracts that were current already.
    pub unchanged: Vec<PathBuf>,
    /// Versions that a later one took the place of, and that are frozen now.
    pub frozen: Vec<PathBuf>,
    /// Products whose contract could not be written, and why.
    pub refused: Vec<(String, Failure)>,
}

/// Writes the contract of every product, and freezes versions below it.
///
/// # Errors
/// When the files that are there cannot be read, or cannot be written.
pub fn update(manifest: &Manifest, files: &DomainFiles) -> Result<Updated, Failure> {
    let told = |error: crate::files::FileError| Failure(error.to_string());
    let mut lock = files.lock().map_err(told)?;
    let before = files.contracts().map_err(told)?;
    let mut updated = Updated::default();
    for offer in manifest.offers() {
        let subject = Subject::new(*offer);
        let contract = match subject.complete() {
            Ok(made) => &made.contract,
            Err(mistakes) => {
                updated.refused.push((subject.name.clone(), mistakes));
                continue;
            }
        };
        // Below a version that is committed, the type's own would count as released before anybody released it.
        if let Err(refused) = moved(contract, &lock, &before).and_then(|()| below(contract, &before)) {
            updated.refused.push((subject.name.clone(), refused));
            continue;
        }
        let path = files.contract_path(contract.address.product(), &contract.version);
        if files.write_contract(contract).map_err(told)? {
            updated.written.push(path);
        } else {
            updated.unchanged.push(path);
        }
    }
    let after = files.contracts().map_err(told)?;
    for committed in after.iter().filter(|it| !is_highest(it, &after)) {
        let (address, version) = (&committed.contract.address, &committed.contract.version);
        if lock.released(address, version).is_none() {
            lock.freeze(Released {
                address: address.clone(),
                version: version.clone(),
                digest: committed.digest,
                retired: false,
            });
            updated.frozen.push(committed.path.clone());
        }
    }
    if !updated.frozen.is_empty() && files.write_lock(&lock).map_err(told)? {
        updated.written.push(files.lock_path());
    }
    Ok(updated)
}

/// Updates and tells of it, one line for each file on stdout and what was refused on stderr. The answer is the process's
/// exit code: 0 all is current, 1 something was refused, 2 files could not be read or written.
pub(super) fn run(manifest: &Manifest, files: &DomainFiles) -> i32 {
    let updated = match update(manifest, files) {
        Ok(updated) => updated,
        Err(failure) => {
            eprintln!("{failure}");
            return 2;
        }
    };
    let relative = |path: &PathBuf| path.strip_prefix(files.folder()).unwrap_or(path).display().to_string();
    for (word, paths) in
        [("wrote", &updated.written), ("unchanged", &updated.unchanged), ("froze", &updated.frozen)]
    {
        paths.iter().for_each(|path| println!("{word} {}", relative(path)));
    }
    for (product, failure) in &updated.refused {
        eprintln!("{product}: {failure}");
    }
    i32::from(!updated.refused.is_empty())
}
