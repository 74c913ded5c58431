//! A new version hurts nobody whom its number does not warn: the judgement of what the type makes against every committed
//! version of its product and every committed reader. The registry and `mesh check` ask the same judge.

use std::path::Path;
use std::sync::Arc;

use mesh_contract::{Contract, Day, Expectation};

use super::subject::Subject;
use super::{Check, Failure};
use crate::files::{DomainFiles, FileError, judge_candidate, today};
use crate::verdict::{InFiles, Report, Sources, plain, text};

pub(super) fn checks(subject: &Arc<Subject>, files: &Arc<DomainFiles>) -> Vec<Check> {
    let (of, files) = (Arc::clone(subject), Arc::clone(files));
    vec![Check::new(subject.name.clone(), "its version warns whom it hurts", move || {
        its_version_warns_whom_it_hurts(&of, &files, today())
    })]
}

fn its_version_warns_whom_it_hurts(
    subject: &Subject,
    files: &DomainFiles,
    today: Day,
) -> Result<(), Failure> {
    let told = |error: FileError| Failure(error.to_string());
    let made = &subject.made()?.contract;
    let lock = files.lock().map_err(told)?;
    let digest = made.digest().map_err(|error| error.to_string())?;
    if lock.released(&made.address, &made.version).is_some_and(|released| released.digest == digest) {
        return Ok(());
    }
    let committed: Vec<Contract> =
        files.contracts().map_err(told)?.into_iter().map(|it| it.contract).collect();
    let readers: Vec<Expectation> =
        files.readers().map_err(told)?.into_iter().map(|it| it.expectation).collect();
    let policy = files.settings().map_err(told)?.policy(today);
    let is_retired = |it: &Contract| lock.is_retired(&it.address, &it.version);
    let judgement = judge_candidate(made, &committed, is_retired, &readers, &policy);
    if judgement.objections().next().is_none() {
        return Ok(());
    }
    let mut report = Report::default();
    let contracts: Vec<&Contract> =
        committed.iter().filter(|it| it.address == made.address).chain([made]).collect();
    let path = files.contract_path(made.address.product(), &made.version);
    let settings = files.settings_path();
    let shown = |path: &Path| path.strip_prefix(files.folder()).unwrap_or(path).display().to_string();
    let sources = Sources::at(files.folder(), "");
    let locations = InFiles::of(made, (&path, shown(&path)), (&settings, shown(&settings)), &sources);
    report.add(&judgement, &contracts, &locations);
    Err(Failure(text(&report, &plain)))
}
