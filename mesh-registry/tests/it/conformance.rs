//! Each store keeps what every store promises.

mod sqlite {
    use std::sync::Arc;

    use mesh_registry::store::sqlite::SqliteStore;
    use mesh_registry::store::{ManualClock, Store};

    async fn open() -> Option<(Arc<dyn Store>, Arc<ManualClock>, tempfile::TempDir)> {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(ManualClock::default());
        let store = SqliteStore::open(folder.path(), Arc::clone(&clock) as _).expect("a store");
        Some((Arc::new(store), clock, folder))
    }

    mesh_registry::store_conformance!(open);
}

#[cfg(feature = "postgres")]
mod postgres {
    use std::sync::Arc;

    use mesh_registry::store::postgres::PostgresStore;
    use mesh_registry::store::{ManualClock, Store};

    use crate::database::Database;

    async fn open() -> Option<(Arc<dyn Store>, Arc<ManualClock>, Database)> {
        let database = Database::make().await?;
        let clock = Arc::new(ManualClock::default());
        let store =
            PostgresStore::open(&database.url(), Some(Arc::clone(&clock) as _)).await.expect("a store");
        Some((Arc::new(store), clock, database))
    }

    mesh_registry::store_conformance!(open);
}
