//! The committed contract is the one that the type makes, and what is released stays as it was.

use std::sync::Arc;

use mesh_contract::{Contract, ContractVersion};

use super::subject::{Made, Subject};
use super::{Check, Failure, UPDATE_COMMAND};
use crate::Manifest;
use crate::files::{Committed, DomainFiles, INPUTS, Lock, READERS, is_highest};

pub(super) fn checks(subject: &Arc<Subject>, files: &Arc<DomainFiles>) -> Vec<Check> {
    let check = |what: &str, run: fn(&Subject, &DomainFiles) -> Result<(), Failure>| {
        let (subject, files) = (Arc::clone(subject), Arc::clone(files));
        Check::new(subject.name.clone(), what, move || run(&subject, &files))
    };
    vec![
        check("contract is complete", |subject, _| subject.complete().map(|_| ())),
        check("contract is current", |subject, files| contract_is_current(subject.made()?, files)),
        check("content moved only with the version", |subject, files| {
            content_moved_only_with_the_version(subject.made()?, files)
        }),
    ]
}

pub(super) fn checks_of_domain(manifest: &Arc<Manifest>, files: &Arc<DomainFiles>) -> Vec<Check> {
    let name = manifest.domain().name;
    let (of_frozen, of_orphans) = (Arc::clone(files), Arc::clone(files));
    let manifest = Arc::clone(manifest);
    vec![
        Check::new(name, "frozen versions are untouched", move || frozen_versions_are_untouched(&of_frozen)),
        Check::new(name, "every committed contract is offered", move || {
            every_committed_contract_is_offered(&manifest, &of_orphans)
        }),
    ]
}

fn read<T>(answer: Result<T, crate::files::FileError>) -> Result<T, Failure> {
    answer.map_err(|error| Failure(error.to_string()))
}

fn contract_is_current(made: &Made, files: &DomainFiles) -> Result<(), Failure> {
    let contract = &made.contract;
    let name = contract.address.product().as_str();
    if [INPUTS, READERS].contains(&name) {
        let message =
            format!("no product can be called `{name}`: `contracts/{name}` holds files of another kind");
        return Err(message.into());
    }
    let all = read(files.contracts())?;
    let path = files.contract_path(contract.address.product(), &contract.version);
    let shown = path.strip_prefix(files.folder()).unwrap_or(&path).display().to_string();
    let mine = |committed: &&Committed| committed.contract.address == contract.address;
    below(contract, &all)?;
    let Some(committed) = all.iter().filter(mine).find(|it| it.contract.version == contract.version) else {
        return Err(format!("{shown} is missing; {UPDATE_COMMAND}, and commit it").into());
    };
    let digest = contract.digest().map_err(|error| error.to_string())?;
    if committed.digest == digest {
        return Ok(());
    }
    let (old, new) = (committed.contract.to_pretty(), contract.to_pretty());
    let diff = similar::TextDiff::from_lines(old.as_str(), new.as_str());
    let diff = diff
        .unified_diff()
        .context_radius(3)
        .header(&format!("{shown} (committed)"), "what the type makes")
        .to_string();
    Err(format!(
        "the committed contract is not the one that the type makes; {UPDATE_COMMAND}, and review:\n\n{diff}"
    )
    .into())
}

/// The type is at the highest version of its line.
pub(super) fn below(contract: &Contract, committed: &[Committed]) -> Result<(), Failure> {
    let Contract { address, version, .. } = contract;
    let above = |it: &&Committed| {
        let other = &it.contract;
        other.address == *address && other.version > *version && other.version.same_line(version)
    };
    let Some(higher) = committed.iter().find(above) else { return Ok(()) };
    Err(format!(
        "the type is at version {version}, and {} is committed; raise `version = \"{version}\"`, or delete {} if it was never \
         released",
        higher.contract.version,
        higher.path.display()
    )
    .into())
}

fn content_moved_only_with_the_version(made: &Made, files: &DomainFiles) -> Result<(), Failure> {
    let lock = read(files.lock())?;
    moved(&made.contract, &lock, &read(files.contracts())?)
}

/// A released version keeps its content.
pub(super) fn moved(contract: &Contract, lock: &Lock, committed: &[Committed]) -> Result<(), Failure> {
    let Some(released) = lock.released(&contract.address, &contract.version) else { return Ok(()) };
    let digest = contract.digest().map_err(|error| error.to_string())?;
    if released.digest == digest {
        return Ok(());
    }
    let (address, version) = (&contract.address, &contract.version);
    let promise = contract.promise().map_err(|error| error.to_string())?;
    let before = committed.iter().find(|it| it.digest == released.digest).map(|it| it.contract.promise());
    let same_promise = matches!(before, Some(Ok(before)) if before == promise);
    let (patch, minor) = next(version);
    let to = if same_promise {
        format!("only words did, so `version = \"{patch}\"` will do")
    } else {
        format!("raise `version = \"{version}\"` to `\"{minor}\"`, or to the next major if a reader breaks")
    };
    Err(format!("content moved but the version did not: {address} {version} is released, and the type makes another one; {to}").into())
}

fn next(version: &ContractVersion) -> (ContractVersion, ContractVersion) {
    let (major, minor, patch) = (version.major(), version.minor(), version.patch());
    (ContractVersion::new(major, minor, patch + 1), ContractVersion::new(major, minor + 1, 0))
}

/// Of each line of a product the highest version is the candidate; those below it are frozen by their digest in the lock.
fn frozen_versions_are_untouched(files: &DomainFiles) -> Result<(), Failure> {
    let (all, lock) = (read(files.contracts())?, read(files.lock())?);
    let mut wrong = String::new();
    for committed in &all {
        let Contract { address, version, .. } = &committed.contract;
        match lock.released(address, version) {
            Some(released) if released.digest != committed.digest && !is_highest(committed, &all) => {
                wrong.push_str(&format!(
                    "{} is frozen and was changed: its digest is {} and mesh.lock has {}; take the change back\n",
                    committed.path.display(),
                    committed.digest.short(),
                    released.digest.short()
                ));
            }
            None if !is_highest(committed, &all) => {
                wrong.push_str(&format!(
                    "{} is not frozen in mesh.lock, and a later version is committed; {UPDATE_COMMAND}, or delete the file if \
                     the version was never released\n",
                    committed.path.display()
                ));
            }
            _ => {}
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.into()) }
}

fn every_committed_contract_is_offered(manifest: &Manifest, files: &DomainFiles) -> Result<(), Failure> {
    let mut wrong = String::new();
    for committed in read(files.contracts())? {
        let address = &committed.contract.address;
        let domain = manifest.domain().name;
        if address.domain().as_str() != domain {
            wrong.push_str(&format!(
                "{} is a contract of `{}`, and this is `{domain}`\n",
                committed.path.display(),
                address.domain()
            ));
        } else if !manifest.offers().iter().any(|offer| offer.definition().name == address.product().as_str())
        {
            wrong.push_str(&format!(
                "{} is committed, and the domain does not offer `{}`; list its type under `offers` in `domain!`, or delete the \
                 folder if the product is retired\n",
                committed.path.display(),
                address.product()
            ));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.into()) }
}
