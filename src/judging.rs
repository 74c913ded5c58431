//! A domain crate as the judge sees it: what is committed, what may still change, and the judgement of that.

use std::path::{Path, PathBuf};

use clap::Args;
use mesh_contract::judgement::{Judgement, Waiver};
use mesh_contract::{Contract, ContractVersion, Day, Expectation};
use mesh_runtime::files::{Committed, DomainFiles, Lock, Settings, candidates, judge_candidate, today};
use mesh_runtime::verdict::{InFiles, Report, Sources};

use crate::failure::Failure;
use crate::settings_file::SettingsFile;

/// The day of the judgement, on which waivers end.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(crate) struct Today {
    /// The day of the judgement, on which waivers end [default: the day it is, in UTC]
    #[arg(long = "today", value_name = "YYYY-MM-DD", env = "MESH_TODAY", hide = true)]
    told: Option<Day>,
}

impl Today {
    /// The day that was told, or the one it is.
    pub(crate) fn day(self) -> Day {
        self.told.unwrap_or_else(today)
    }
}

/// What a registry knows beside what is committed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Published {
    /// Versions of the product that are not committed.
    pub(crate) versions: Vec<Contract>,
    /// Versions that are not promised any more.
    pub(crate) retired: Vec<ContractVersion>,
    /// Who reads it. Nothing where no registry was asked: then the committed readers count.
    pub(crate) readers: Option<Vec<Expectation>>,
}

/// The files of one domain crate.
#[derive(Debug)]
pub(crate) struct Domain {
    pub(crate) files: DomainFiles,
    pub(crate) committed: Vec<Committed>,
    pub(crate) lock: Lock,
    settings: Settings,
    readers: Vec<Expectation>,
    sources: Sources,
    /// Paths in reports are told from here.
    from: PathBuf,
    settings_path: PathBuf,
}

impl Domain {
    /// Reads the files in a folder. Reports tell paths as seen from another one, if that is above it.
    pub(crate) fn read(folder: &Path, from: &Path) -> Result<Self, Failure> {
        let files = DomainFiles::at(folder);
        let from = if folder.starts_with(from) { from } else { folder };
        let prefix = shown(folder, from);
        let prefix = if prefix.is_empty() { prefix } else { format!("{prefix}/") };
        Ok(Self {
            committed: files.contracts()?,
            lock: files.lock()?,
            settings: files.settings()?,
            readers: files.readers()?.into_iter().map(|it| it.expectation).collect(),
            sources: Sources::at(folder, &prefix),
            from: from.to_owned(),
            settings_path: files.settings_path(),
            files,
        })
    }

    /// The contracts that may still change.
    pub(crate) fn candidates(&self) -> Vec<&Committed> {
        candidates(&self.committed, &self.lock)
    }

    /// The judgement of a candidate against everything that is known.
    pub(crate) fn judge(&self, candidate: &Committed, published: &Published, today: Day) -> Judgement {
        let readers = published.readers.as_ref().unwrap_or(&self.readers);
        judge_candidate(
            &candidate.contract,
            self.versions(candidate, published),
            |it| self.lock.is_retired(&it.address, &it.version) || published.retired.contains(&it.version),
            readers,
            &self.settings.policy(today),
        )
    }

    /// Adds the judgement of a candidate to a report, with where things are.
    pub(crate) fn report(
        &self,
        candidate: &Committed,
        published: &Published,
        judged: &Judgement,
        to: &mut Report,
    ) {
        let contracts: Vec<&Contract> =
            self.versions(candidate, published).chain([&candidate.contract]).collect();
        let contract = (candidate.path.as_path(), self.shown(&candidate.path));
        let settings = (self.settings_path.as_path(), self.shown(&self.settings_path));
        to.add(judged, &contracts, &InFiles::of(&candidate.contract, contract, settings, &self.sources));
    }

    /// How many of the registered readers do not stand in the committed files as they are registered.
    pub(crate) fn readers_not_committed<'p>(&self, published: impl Iterator<Item = &'p Published>) -> usize {
        let mut missing: Vec<&Expectation> = Vec::new();
        for reader in published.flat_map(|it| it.readers.iter().flatten()) {
            // Candidates of two lines of a product have the same readers.
            if !self.readers.contains(reader) && !missing.contains(&reader) {
                missing.push(reader);
            }
        }
        missing.len()
    }

    /// Writes a waiver to `mesh.toml`.
    pub(crate) fn write_waiver(&self, waiver: &Waiver) -> Result<(), Failure> {
        let mut settings = SettingsFile::read(self.settings_path.clone())?;
        settings.waive(waiver)?;
        settings.write()
    }

    /// A path as reports tell it.
    pub(crate) fn shown(&self, path: &Path) -> String {
        shown(path, &self.from)
    }

    /// The versions of a product before a candidate.
    fn versions<'a>(
        &'a self,
        candidate: &'a Committed,
        published: &'a Published,
    ) -> impl Iterator<Item = &'a Contract> {
        let Contract { address, version, .. } = &candidate.contract;
        let known = self.committed.iter().map(|it| &it.contract).chain(&published.versions);
        known.filter(move |it| it.address == *address && it.version < *version)
    }
}

/// A path with `/` between its steps, without what leads to a folder above it.
fn shown(path: &Path, from: &Path) -> String {
    let steps: Vec<_> =
        path.strip_prefix(from).unwrap_or(path).iter().map(|step| step.to_string_lossy()).collect();
    steps.join("/")
}
