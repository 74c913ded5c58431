//! The contract test kit finds what it is there to find.

mod committed;
mod examples;
mod judged;
mod lies;
mod listed;
mod needs;
pub(crate) mod shop;

use mesh_runtime::Manifest;
use mesh_runtime::testing::{Generation, checks};

use crate::folder::Folder;

/// What a check says, by the end of its name; nothing when it holds.
#[track_caller]
fn told(manifest: &Manifest, folder: &Folder, name: &str) -> Option<String> {
    let generation = Generation { cases: 300, seed: 1 };
    let mut found: Vec<_> = checks(manifest, &folder.files(), generation)
        .into_iter()
        .filter(|check| check.name.ends_with(name))
        .collect();
    assert_eq!(found.len(), 1, "one check is called {name}: {found:?}");
    found.remove(0).run().err().map(|failure| failure.0)
}

/// A check fails and says all of this.
#[track_caller]
fn fails(manifest: &Manifest, folder: &Folder, name: &str, saying: &[&str]) {
    let told = told(manifest, folder, name).unwrap_or_else(|| panic!("`{name}` holds"));
    for part in saying {
        assert!(told.contains(part), "`{part}` is not said:\n{told}");
    }
}

/// A check holds.
#[track_caller]
fn holds(manifest: &Manifest, folder: &Folder, name: &str) {
    if let Some(told) = told(manifest, folder, name) {
        panic!("`{name}` fails:\n{told}");
    }
}
