//! An answer follows the sync of what it answers for.

use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use mesh_registry::Registry;
use mesh_registry::service::Publication;
use mesh_registry::store::conformance::sample_commit;
use mesh_registry::store::sqlite::SqliteStore;
use mesh_registry::store::{Stage, Store as _, SystemClock, TenantId};

use crate::world::contract;

fn publication(address: &str) -> Publication {
    Publication {
        address: address.parse().expect("an address"),
        version: "1.0.0".parse().expect("a version"),
        stage: Stage::Released,
        document: contract(address, "1.0.0", "One.").to_string().into(),
        request_id: None,
    }
}

/// Polls once without waiting.
async fn pending<F: Future>(future: &mut std::pin::Pin<Box<F>>) -> bool {
    std::future::poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_pending())).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_acknowledged_before_its_transaction_is_committed() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Arc::new(SqliteStore::open(folder.path(), Arc::new(SystemClock)).expect("a store"));
    let registry = Registry::new(Arc::clone(&store) as _, 0);
    // Whoever holds the write lock keeps every commit from happening.
    let blocker = rusqlite::Connection::open(store.path()).expect("a connection");
    blocker.execute_batch("BEGIN IMMEDIATE").expect("the write lock");
    let tenant = TenantId::default();
    let mut first = Box::pin(registry.publish(&tenant, publication("sales.first")));
    let mut second = Box::pin(registry.publish(&tenant, publication("sales.second")));
    let waited = std::time::Instant::now();
    while waited.elapsed() < Duration::from_millis(200) {
        assert!(pending(&mut first).await && pending(&mut second).await, "answered without a commit");
        tokio::task::yield_now().await;
    }
    assert_eq!(store.commits(), 0);
    blocker.execute_batch("ROLLBACK").expect("the lock is given back");
    for answer in [first.await, second.await] {
        let published = answer.expect("published");
        // Another connection sees only what is committed.
        let seen: i64 = blocker
            .query_row(
                "SELECT COUNT(*) FROM version WHERE address = ?1",
                [published.address.to_string()],
                |row| row.get(0),
            )
            .expect("a count");
        assert_eq!(seen, 1);
    }
    assert!((1..=2).contains(&store.commits()));
}

#[tokio::test]
async fn writes_that_wait_at_the_same_time_share_a_commit() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = SqliteStore::open(folder.path(), Arc::new(SystemClock)).expect("a store");
    let blocker = rusqlite::Connection::open(store.path()).expect("a connection");
    blocker.execute_batch("BEGIN IMMEDIATE").expect("the write lock");
    let tenant = TenantId::default();
    let mut writes = Vec::new();
    for number in 0..64 {
        let commit = sample_commit(&format!("sales.p{number}"), "1.0.0", 0, "One.");
        let mut write = Box::pin(store.commit(&tenant, commit));
        assert!(pending(&mut write).await, "it waits for the lock");
        writes.push(write);
    }
    blocker.execute_batch("ROLLBACK").expect("the lock is given back");
    for write in writes {
        write.await.expect("committed");
    }
    // The writer has taken the first, perhaps with some that came after it; all others waited meanwhile.
    assert!((1..=2).contains(&store.commits()), "{} commits", store.commits());
}

#[tokio::test]
async fn a_write_that_fails_takes_no_other_of_its_batch_along() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Arc::new(SqliteStore::open(folder.path(), Arc::new(SystemClock)).expect("a store"));
    let registry = Registry::new(Arc::clone(&store) as _, 0);
    let blocker = rusqlite::Connection::open(store.path()).expect("a connection");
    // The database itself refuses one product, after parts of it were written.
    blocker
        .execute_batch(
            "CREATE TRIGGER refuse BEFORE INSERT ON event WHEN NEW.address = 'sales.bad'
             BEGIN SELECT RAISE(ABORT, 'refused'); END",
        )
        .expect("a trigger");
    let tenant = TenantId::default();
    let (good, bad, other) = tokio::join!(
        registry.publish(&tenant, publication("sales.good")),
        registry.publish(&tenant, publication("sales.bad")),
        registry.publish(&tenant, publication("sales.other")),
    );
    assert!(good.is_ok() && other.is_ok());
    assert!(bad.is_err());
    let listed = registry.products(&tenant, &Default::default(), &Default::default()).await.expect("a page");
    let names: Vec<_> = listed.items.iter().map(|item| item.address.to_string()).collect();
    assert_eq!(names, ["sales.good", "sales.other"], "nothing is left of what was refused");
}
