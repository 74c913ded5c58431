//! Backup and restore.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use mesh_registry::{Config, Existing, Registry, SnapshotError, backup, restore};

use crate::world::{Client, World, contract, fixture};

async fn reopened(folder: &std::path::Path) -> (mesh_registry::Running, Client) {
    let mut config = Config::new(folder);
    config.access = mesh_registry::config::Access::open();
    config.listen.set_port(0);
    let running = Registry::start(config).await.expect("a registry");
    let client = Client::new(running.address());
    (running, client)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_taken_while_it_writes_holds_all_that_was_acknowledged_before() {
    let world = World::start().await;
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let (client, stop) = (world.client.clone(), Arc::clone(&stop));
            tokio::spawn(async move {
                let mut written = 0;
                while !stop.load(Ordering::Relaxed) {
                    client.publish(&contract(&format!("w{writer}.p{written}"), "1.0.0", "One.")).await.ok();
                    written += 1;
                }
                written
            })
        })
        .collect();
    for number in 0..20 {
        world.client.publish(&contract(&format!("before.p{number}"), "1.0.0", "One.")).await.ok();
    }
    let (data, target) = (world.folder.path().to_owned(), world.folder.path().join("copy.db"));
    let to = target.clone();
    tokio::task::spawn_blocking(move || backup(&data, &to)).await.expect("no panic").expect("a backup");
    world.client.publish(&contract("after.all", "1.0.0", "One.")).await.ok();
    stop.store(true, Ordering::Relaxed);
    for writer in writers {
        assert!(writer.await.expect("no panic") > 0, "it wrote meanwhile");
    }

    let other = tempfile::tempdir().expect("a folder");
    restore(&target, other.path(), Existing::Keep).expect("restored");
    let (_running, client) = reopened(other.path()).await;
    for number in 0..20 {
        client.get(&format!("/api/v1/products/before.p{number}/versions/1.0.0")).await.ok();
    }
    client.get("/api/v1/products/after.all").await.problem(404, "unknown-product");
    assert!(
        !client.get("/api/v1/products?q=before").await.ok()["items"].as_array().expect("items").is_empty()
    );
    client.publish(&fixture("sales.orders@1.0.0")).await.ok();
}

#[tokio::test]
async fn a_backup_overwrites_nothing() {
    let world = World::start().await;
    let target = world.folder.path().join("copy.db");
    std::fs::write(&target, "precious").expect("a file");
    let error = backup(world.folder.path(), &target).expect_err("it is there");
    assert!(matches!(error, SnapshotError::Exists { .. }), "{error:?}");
    assert_eq!(std::fs::read(&target).expect("the file"), b"precious");
    let error = backup(&world.folder.path().join("elsewhere"), &world.folder.path().join("new.db"));
    assert!(matches!(error, Err(SnapshotError::Missing { .. })), "{error:?}");
    assert!(!world.folder.path().join("new.db").exists());
}

#[tokio::test]
async fn a_folder_that_a_registry_holds_is_not_restored_into() {
    let world = World::start().await;
    let target = world.folder.path().join("copy.db");
    backup(world.folder.path(), &target).expect("a backup");
    for existing in [Existing::Keep, Existing::Replace] {
        let error = restore(&target, world.folder.path(), existing).expect_err("it serves");
        assert!(matches!(error, SnapshotError::Held(_)), "{error:?}");
        assert!(error.to_string().contains("stop that one first"), "{error}");
    }
}

#[tokio::test]
async fn what_is_there_is_replaced_only_when_told() {
    let world = World::start().await;
    world.client.publish(&contract("sales.orders", "1.0.0", "Kept.")).await.ok();
    let target = world.folder.path().join("copy.db");
    backup(world.folder.path(), &target).expect("a backup");
    world.client.publish(&contract("sales.later", "1.0.0", "Lost.")).await.ok();
    let folder = world.folder;
    world.running.shutdown().await;
    let error = restore(&target, folder.path(), Existing::Keep).expect_err("there is one");
    assert!(matches!(error, SnapshotError::Exists { .. }), "{error:?}");
    restore(&target, folder.path(), Existing::Replace).expect("restored");
    let (_running, client) = reopened(folder.path()).await;
    client.get("/api/v1/products/sales.orders").await.ok();
    client.get("/api/v1/products/sales.later").await.problem(404, "unknown-product");
}

#[tokio::test]
async fn a_damaged_backup_is_refused_and_leaves_what_was_there() {
    let world = World::start().await;
    for number in 0..50 {
        world.client.publish(&contract(&format!("sales.p{number}"), "1.0.0", "One.")).await.ok();
    }
    let target = world.folder.path().join("copy.db");
    backup(world.folder.path(), &target).expect("a backup");
    let folder = world.folder;
    world.running.shutdown().await;
    let whole = std::fs::read(&target).expect("the backup");
    let mut overwritten = whole.clone();
    for byte in &mut overwritten[whole.len() / 3..whole.len() / 2] {
        *byte = 0x5a;
    }
    for damaged in [whole[..whole.len() / 2].to_vec(), overwritten, b"no database".to_vec()] {
        std::fs::write(&target, damaged).expect("a file");
        let error = restore(&target, folder.path(), Existing::Replace).expect_err("it is damaged");
        assert!(matches!(error, SnapshotError::Damaged { .. } | SnapshotError::Open(_)), "{error:?}");
    }
    let (_running, client) = reopened(folder.path()).await;
    assert_eq!(
        client.get("/api/v1/products?limit=200").await.ok()["items"].as_array().map(Vec::len),
        Some(50)
    );
}
