//! The embedded store keeps what every store promises.

use std::sync::Arc;

use mesh_registry::store::sqlite::SqliteStore;
use mesh_registry::store::{ManualClock, Store};

fn open() -> (Arc<dyn Store>, Arc<ManualClock>, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let clock = Arc::new(ManualClock::default());
    let store = SqliteStore::open(folder.path(), Arc::clone(&clock) as _).expect("a store");
    (Arc::new(store), clock, folder)
}

mesh_registry::store_conformance!(open);
