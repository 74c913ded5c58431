//! Reading the folders of contracts.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use mesh_contract::{Contract, Digest};

use super::error::{FileError, Problem};
use super::{INPUTS, READERS};

/// A contract that is committed in the domain's repository.
#[derive(Debug, Clone)]
pub struct Committed {
    /// Where it is.
    pub path: PathBuf,
    /// What it says.
    pub contract: Contract,
    /// The digest of all that it says.
    pub digest: Digest,
}

/// Reads every contract two levels below a folder: one folder for each product, one file for each version. In the folder
/// of inputs the products are named by address.
pub(super) fn read_all(folder: &Path, by_address: bool) -> Result<Vec<Committed>, FileError> {
    let mut all = Vec::new();
    for product in entries(folder)? {
        let name = file_name(&product);
        if (!by_address && [INPUTS, READERS].contains(&name.as_str())) || !product.is_dir() {
            continue;
        }
        for file in entries(&product)? {
            if file.extension().is_some_and(|extension| extension == "json") {
                all.push(read(&file, &name, by_address)?);
            }
        }
    }
    all.sort_by(|a, b| {
        (&a.contract.address, &a.contract.version).cmp(&(&b.contract.address, &b.contract.version))
    });
    Ok(all)
}

fn read(file: &Path, folder: &str, by_address: bool) -> Result<Committed, FileError> {
    let text = fs::read_to_string(file).map_err(|error| FileError::new(file, Problem::Read(error)))?;
    let contract = Contract::read(&text).map_err(|error| FileError::new(file, Problem::Contract(error)))?;
    let belongs =
        if by_address { contract.address.to_string() } else { contract.address.product().to_string() };
    let version = contract.version.to_string();
    if belongs != folder || file.file_stem().is_none_or(|stem| stem != version.as_str()) {
        let message = format!(
            "it holds `{}` at version {version}, which belongs into the file `{belongs}/{version}.json`; move it there, or \
             correct what it holds",
            contract.address
        );
        return Err(FileError::new(file, Problem::Misplaced(message)));
    }
    let digest = contract.digest().map_err(|error| FileError::new(file, Problem::NotExact(error)))?;
    Ok(Committed { path: file.to_owned(), contract, digest })
}

/// What a folder holds, sorted; nothing where there is none. Names that start with a point belong to editors and tools.
pub(super) fn entries(folder: &Path) -> Result<Vec<PathBuf>, FileError> {
    let unreadable = |error| FileError::new(folder, Problem::Read(error));
    let listing = match fs::read_dir(folder) {
        Ok(listing) => listing,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(error)),
    };
    let mut paths = Vec::new();
    for entry in listing {
        let path = entry.map_err(unreadable)?.path();
        if !file_name(&path).starts_with('.') {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
