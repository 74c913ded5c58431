//! `mesh.lock`: the versions that inputs are pinned to, and the digests that released versions are frozen by.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use mesh_contract::{Address, ContractVersion, Digest, Requirement};
use serde::{Deserialize, Serialize};

use super::error::{FileError, Problem};

/// The version of the file's format.
const VERSION: u32 = 1;

/// What is pinned and what is frozen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lock {
    /// The inputs, by address and requirement.
    pub inputs: Vec<LockedInput>,
    /// The released versions, by address and version.
    pub released: Vec<Released>,
}

/// An input and the version that it is pinned to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockedInput {
    /// The product read.
    pub address: Address,
    /// The versions that will do.
    pub requirement: Requirement,
    /// The version that is read.
    pub version: ContractVersion,
    /// The digest of that version's contract.
    pub digest: Digest,
}

/// A version that was released and so never changes again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Released {
    /// The product.
    pub address: Address,
    /// The version.
    pub version: ContractVersion,
    /// The digest of its contract.
    pub digest: Digest,
    /// Whether it is not promised any more: nobody reads by it, and its records may still be there.
    #[serde(default)]
    pub retired: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u32,
    #[serde(default)]
    input: Vec<LockedInput>,
    #[serde(default)]
    released: Vec<Released>,
}

impl Lock {
    /// The pin of an input.
    pub fn input(&self, address: &Address) -> Option<&LockedInput> {
        self.inputs.iter().find(|input| input.address == *address)
    }

    /// The freezing of a version.
    pub fn released(&self, address: &Address, version: &ContractVersion) -> Option<&Released> {
        self.released.iter().find(|released| released.address == *address && released.version == *version)
    }

    /// Pins an input, in place of what it was pinned to under the same requirement.
    pub fn pin(&mut self, input: LockedInput) {
        self.inputs
            .retain(|other| (&other.address, &other.requirement) != (&input.address, &input.requirement));
        self.inputs.push(input);
        self.inputs.sort();
    }

    /// Whether a version is not promised any more.
    pub fn is_retired(&self, address: &Address, version: &ContractVersion) -> bool {
        self.released(address, version).is_some_and(|released| released.retired)
    }

    /// Notes whether a version is not promised any more. Tells whether that is news; of a version that is not frozen here it
    /// is none.
    pub fn retire(&mut self, address: &Address, version: &ContractVersion, retired: bool) -> bool {
        let mut released = self.released.iter_mut();
        match released.find(|it| (&it.address, &it.version) == (address, version)) {
            Some(found) => std::mem::replace(&mut found.retired, retired) != retired,
            None => false,
        }
    }

    /// Freezes a version. One that is frozen already stays retired.
    pub fn freeze(&mut self, mut released: Released) {
        released.retired |= self.is_retired(&released.address, &released.version);
        self.released
            .retain(|other| (&other.address, &other.version) != (&released.address, &released.version));
        self.released.push(released);
        self.released.sort();
    }

    /// The text of the file: the same for equal locks.
    pub fn to_text(&self) -> String {
        let (mut inputs, mut released) = (self.inputs.clone(), self.released.clone());
        inputs.sort();
        released.sort();
        let mut text = format!(
            "# Written by `mesh`. It pins what the domain reads and freezes what it released; commit it.\nversion = {VERSION}\n"
        );
        for LockedInput { address, requirement, version, digest } in inputs {
            let _ = write!(
                text,
                "\n[[input]]\naddress = \"{address}\"\nrequirement = \"{requirement}\"\nversion = \"{version}\"\ndigest = \"{digest}\"\n"
            );
        }
        for Released { address, version, digest, retired } in released {
            let _ = write!(
                text,
                "\n[[released]]\naddress = \"{address}\"\nversion = \"{version}\"\ndigest = \"{digest}\"\n"
            );
            if retired {
                text.push_str("retired = true\n");
            }
        }
        text
    }

    /// Reads the text of the file.
    ///
    /// # Errors
    /// When it is no lock of this format.
    pub fn from_text(text: &str) -> Result<Self, Problem> {
        let document: Document = super::settings::parse(text)?;
        if document.version != VERSION {
            let message = format!(
                "the lock is of version {}, and this release reads version {VERSION}; use a release of the mesh that reads it",
                document.version
            );
            return Err(Problem::Toml { line: 1, message });
        }
        let Document { version: _, input: mut inputs, mut released } = document;
        inputs.sort();
        released.sort();
        let mut seen = BTreeSet::new();
        if let Some(twice) = inputs.iter().find(|it| !seen.insert((&it.address, &it.requirement))) {
            let message = format!("`{}` is pinned twice at `{}`; keep one", twice.address, twice.requirement);
            return Err(Problem::Toml { line: last_line_of(text, &twice.address), message });
        }
        let mut seen = BTreeSet::new();
        if let Some(twice) = released.iter().find(|it| !seen.insert((&it.address, &it.version))) {
            let message = format!("`{}` {} is released twice; keep one", twice.address, twice.version);
            return Err(Problem::Toml { line: last_line_of(text, &twice.address), message });
        }
        Ok(Self { inputs, released })
    }
}

fn last_line_of(text: &str, address: &Address) -> usize {
    let quoted = format!("\"{address}\"");
    text.lines()
        .enumerate()
        .filter(|(_, line)| line.contains(&quoted))
        .last()
        .map_or(1, |(index, _)| index + 1)
}

pub(super) fn read(path: &Path) -> Result<Lock, FileError> {
    match fs::read_to_string(path) {
        Ok(text) => Lock::from_text(&text).map_err(|problem| FileError::new(path, problem)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Lock::default()),
        Err(error) => Err(FileError::new(path, Problem::Read(error))),
    }
}
