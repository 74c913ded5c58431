//! The committed files of a domain, which the contract tests and the `mesh` command share:
//!
//! ```text
//! mesh.toml                                     where the registry is (Settings)
//! mesh.lock                                     what is pinned and what is frozen (Lock)
//! contracts/<product>/<version>.json            one for each version still live; the highest is the candidate
//! contracts/inputs/<address>/<version>.json     contracts of products that the domain reads
//! contracts/readers/<product>/<consumer>.json   what registered readers of the domain's products rely on
//! ```

mod contracts;
mod error;
mod judged;
mod lock;
mod readers;
mod settings;
mod write;

use std::path::{Path, PathBuf};

use mesh_contract::{Address, Contract, ContractVersion, Expectation, ProductName};

pub use contracts::Committed;
pub use error::{FileError, Problem};
#[cfg(feature = "testing")]
pub(crate) use judged::is_highest;
pub use judged::{candidates, judge_candidate, today};
pub use lock::{Lock, LockedInput, Released};
pub use readers::CommittedReader;
pub use settings::Settings;

/// The folder below `contracts/` that holds the contracts of inputs, so that no product can be called so.
pub const INPUTS: &str = "inputs";

/// The folder below `contracts/` that holds what registered readers rely on, so that no product can be called so.
pub const READERS: &str = "readers";

/// The files of one domain.
#[derive(Debug, Clone)]
pub struct DomainFiles {
    folder: PathBuf,
}

impl DomainFiles {
    /// The files in the folder of a domain's crate.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The folder of the domain's crate.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where `mesh.lock` is.
    pub fn lock_path(&self) -> PathBuf {
        self.folder.join("mesh.lock")
    }

    /// Where `mesh.toml` is.
    pub fn settings_path(&self) -> PathBuf {
        self.folder.join("mesh.toml")
    }

    /// Where the contract of a product's version is.
    pub fn contract_path(&self, product: &ProductName, version: &ContractVersion) -> PathBuf {
        self.folder.join("contracts").join(product.as_str()).join(format!("{version}.json"))
    }

    /// Where the contract of an input's version is.
    pub fn input_path(&self, address: &Address, version: &ContractVersion) -> PathBuf {
        self.folder.join("contracts").join(INPUTS).join(address.to_string()).join(format!("{version}.json"))
    }

    /// The domain's own contracts, by product and version.
    ///
    /// # Errors
    /// With the first file that cannot be read, is no contract, or stands where another one belongs.
    pub fn contracts(&self) -> Result<Vec<Committed>, FileError> {
        contracts::read_all(&self.folder.join("contracts"), false)
    }

    /// The contracts of the products that the domain reads, by address and version.
    ///
    /// # Errors
    /// As [`contracts`](Self::contracts).
    pub fn inputs(&self) -> Result<Vec<Committed>, FileError> {
        contracts::read_all(&self.folder.join("contracts").join(INPUTS), true)
    }

    /// What registered readers of the domain's products rely on, by product and reader: the judgement knows them without
    /// asking a registry.
    ///
    /// # Errors
    /// With the first file that cannot be read, is no expectation, or stands where another one belongs.
    pub fn readers(&self) -> Result<Vec<CommittedReader>, FileError> {
        readers::read_all(&self.readers_path())
    }

    /// The folder of what registered readers rely on.
    pub fn readers_path(&self) -> PathBuf {
        self.folder.join("contracts").join(READERS)
    }

    /// Writes what the registered readers of a product rely on, in place of what is there; tells which files changed.
    ///
    /// # Errors
    /// When a file cannot be written or removed.
    pub fn write_readers(
        &self,
        product: &ProductName,
        readers: &[Expectation],
    ) -> Result<Vec<PathBuf>, FileError> {
        readers::write_all(&self.readers_path().join(product.as_str()), readers)
    }

    /// The lock; an empty one where there is no file.
    ///
    /// # Errors
    /// When the file cannot be read or is no lock.
    pub fn lock(&self) -> Result<Lock, FileError> {
        lock::read(&self.lock_path())
    }

    /// The settings; empty ones where there is no file.
    ///
    /// # Errors
    /// When the file cannot be read or holds something that is no setting.
    pub fn settings(&self) -> Result<Settings, FileError> {
        settings::read(&self.settings_path())
    }

    /// Writes the lock; tells whether that changed the file.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write_lock(&self, lock: &Lock) -> Result<bool, FileError> {
        write::write(&self.lock_path(), &lock.to_text())
    }

    /// Writes one of the domain's own contracts; tells whether that changed the file.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write_contract(&self, contract: &Contract) -> Result<bool, FileError> {
        let path = self.contract_path(contract.address.product(), &contract.version);
        write::write(&path, &contract.to_pretty())
    }

    /// Writes the contract of an input; tells whether that changed the file.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write_input(&self, contract: &Contract) -> Result<bool, FileError> {
        write::write(&self.input_path(&contract.address, &contract.version), &contract.to_pretty())
    }

    /// Removes the contract of an input, and its folder when that was the last one; tells whether there was a file.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn remove_input(&self, address: &Address, version: &ContractVersion) -> Result<bool, FileError> {
        write::remove(&self.input_path(address, version))
    }

    /// Removes one of the domain's own contracts, and its folder when that was the last one; tells whether there was a
    /// file.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn remove_contract(
        &self,
        product: &ProductName,
        version: &ContractVersion,
    ) -> Result<bool, FileError> {
        write::remove(&self.contract_path(product, version))
    }
}
