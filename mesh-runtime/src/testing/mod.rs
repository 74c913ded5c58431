//! The contract tests of a domain. A domain's `tests/contract.rs` is three lines, with `harness = false`:
//!
//! ```ignore
//! fn main() {
//!     mesh_runtime::testing::contract_tests(sales::manifest());
//! }
//! ```
//!
//! Each product and check is a test of its own, `sales.orders@1.2.0::contract is current`, under `cargo test` and under
//! other runners. They need no registry and no network. What they hold:
//!
//! - the type makes a contract, and the committed one is it;
//! - content moved only if the version moved, and what is frozen in `mesh.lock` is untouched;
//! - the step from the committed versions is one that warns whom the change hurts: readers that are committed by name, readers
//!   whom nobody registered, and records that are retained;
//! - examples are valid;
//! - on thousands of generated values: what is written is within *emits*, what *accepts* admits is taken, and *emits* is
//!   within *accepts*;
//! - what a reading type takes is promised by the committed contract of what it reads;
//! - whatever is derived in `src/` is listed in `domain!`.
//!
//! The environment says more: `MESH_CONTRACT=update` writes the committed contracts instead of testing (`mesh contract`
//! does that), `MESH_CONTRACT_CASES` sets how many values are generated for each relation, `MESH_CONTRACT_SEED` which.

mod committed;
mod examples;
mod judged;
mod listed;
mod needs;
mod relations;
mod shrink;
mod subject;
mod update;

use std::fmt;
use std::sync::Arc;

use libtest_mimic::{Arguments, Trial};

use crate::Manifest;
use crate::files::DomainFiles;
use subject::Subject;

pub use update::{Updated, update};

/// The variable that asks for an update, and its value.
pub const UPDATE_VARIABLE: (&str, &str) = ("MESH_CONTRACT", "update");

/// What the update is called by, in messages.
const UPDATE_COMMAND: &str = "run `mesh contract`, or `MESH_CONTRACT=update cargo test --test contract`";

/// How values are generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Generation {
    /// How many values for each relation.
    pub cases: usize,
    /// Which values: equal seeds make equal values on every machine.
    pub seed: u64,
}

impl Default for Generation {
    fn default() -> Self {
        Self { cases: 1_000, seed: 1 }
    }
}

impl Generation {
    /// As the environment says, or the default.
    fn from_environment() -> Self {
        let number = |name: &str| std::env::var(name).ok()?.parse().ok();
        let default = Self::default();
        Self {
            cases: number("MESH_CONTRACT_CASES")
                .and_then(|it: u64| usize::try_from(it).ok())
                .unwrap_or(default.cases),
            seed: number("MESH_CONTRACT_SEED").unwrap_or(default.seed),
        }
    }
}

/// Why a check failed: what is wrong, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure(pub String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<T: Into<String>> From<T> for Failure {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

/// A named check.
pub struct Check {
    /// `sales.orders@1.2.0::contract is current`.
    pub name: String,
    run: Box<dyn FnOnce() -> Result<(), Failure> + Send>,
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Check {
    fn new(
        of: impl fmt::Display,
        what: &str,
        run: impl FnOnce() -> Result<(), Failure> + Send + 'static,
    ) -> Self {
        Self { name: format!("{of}::{what}"), run: Box::new(run) }
    }

    /// Runs it.
    ///
    /// # Errors
    /// When what is checked does not hold.
    pub fn run(self) -> Result<(), Failure> {
        (self.run)()
    }
}

/// Every check of a domain whose files are in a folder.
pub fn checks(manifest: &Manifest, files: &DomainFiles, generation: Generation) -> Vec<Check> {
    let manifest = Arc::new(manifest.clone());
    let files = Arc::new(files.clone());
    let mut checks = committed::checks_of_domain(&manifest, &files);
    checks.extend(listed::checks(&manifest, &files));
    for offer in manifest.offers() {
        let subject = Arc::new(Subject::new(*offer));
        checks.extend(committed::checks(&subject, &files));
        checks.extend(judged::checks(&subject, &files));
        checks.extend(examples::checks(&subject));
        checks.extend(relations::checks(&subject, generation));
    }
    for need in manifest.needs() {
        checks.extend(needs::checks(&manifest, need, &files));
    }
    checks
}

/// Runs the contract tests of a domain, or updates its committed contracts when the environment asks for it, and ends the
/// process.
pub fn contract_tests(manifest: Manifest) -> ! {
    let arguments = Arguments::from_args();
    let files = DomainFiles::at(manifest.folder());
    let (variable, value) = UPDATE_VARIABLE;
    if !arguments.list && std::env::var(variable).is_ok_and(|asked| asked == value) {
        let code = update::run(&manifest, &files);
        std::process::exit(code);
    }
    let trials = checks(&manifest, &files, Generation::from_environment())
        .into_iter()
        .map(|check| Trial::test(check.name, move || (check.run)().map_err(|failure| failure.0.into())))
        .collect();
    libtest_mimic::run(&arguments, trials).exit()
}
