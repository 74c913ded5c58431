//! Starting, stopping, and who may have the folder.

use mesh_registry::{Config, Registry, StartError};

use crate::world::{Client, World, contract, fixture};

fn config(folder: &std::path::Path) -> Config {
    let mut config = Config::new(folder);
    config.access = mesh_registry::config::Access::open();
    config.listen.set_port(0);
    config
}

#[tokio::test]
async fn a_second_registry_on_the_same_folder_says_so() {
    let world = World::start().await;
    let error = Registry::start(config(world.folder.path())).await.expect_err("the folder is taken");
    let text = error.to_string();
    assert!(text.contains("a registry runs on") && text.contains("choose another data folder"), "{text}");
    assert!(text.contains(&world.folder.path().display().to_string()), "{text}");
    world.running.shutdown().await;
    let again = Registry::start(config(world.folder.path())).await.expect("the folder is free");
    again.shutdown().await;
}

#[tokio::test]
async fn a_port_in_use_is_said_with_its_number() {
    let world = World::start().await;
    let other = tempfile::tempdir().expect("a folder");
    let mut second = config(other.path());
    second.listen = world.running.address();
    let error = Registry::start(second).await.expect_err("the port is taken");
    assert!(matches!(error, StartError::AddressInUse { .. }), "{error:?}");
    assert!(error.to_string().contains(&world.running.address().to_string()), "{error}");
}

#[tokio::test]
async fn what_was_published_is_there_after_a_restart_and_leases_are_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let running = Registry::start(config(folder.path())).await.expect("a registry");
    let client = Client::new(running.address());
    client.publish(&fixture("sales.orders@1.0.0")).await.ok();
    client
        .put("/api/v1/deployments/one", &crate::world::announcement("sales", "sales.orders", "1.0.0", 1))
        .await
        .ok();
    running.shutdown().await;
    let running = Registry::start(config(folder.path())).await.expect("a registry");
    let client = Client::new(running.address());
    assert_eq!(client.get("/api/v1/products/sales.orders").await.ok()["live"], 0);
    assert_eq!(client.publish(&fixture("sales.orders@1.0.0")).await.status, 200, "it is there already");
    running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_registry_that_is_stopped_finishes_what_is_under_way() {
    let world = World::start().await;
    let tasks: Vec<_> = (0..16)
        .map(|number| {
            let client = world.client.clone();
            let document = contract(&format!("sales.p{number}"), "1.0.0", "One.");
            let path = crate::world::version_path(&document);
            tokio::spawn(async move {
                client.try_send(reqwest::Method::PUT, &path, &[], Some(document.to_string().into())).await
            })
        })
        .collect();
    tokio::task::yield_now().await;
    let folder = world.folder;
    world.running.shutdown().await;
    let mut acknowledged = Vec::new();
    for (number, task) in tasks.into_iter().enumerate() {
        // Either it was answered, and then rightly, or the connection was never taken.
        if let Ok(answer) = task.await.expect("no panic") {
            answer.ok();
            acknowledged.push(number);
        }
    }
    let running = Registry::start(config(folder.path())).await.expect("a registry");
    let client = Client::new(running.address());
    for number in acknowledged {
        client.get(&format!("/api/v1/products/sales.p{number}/versions/1.0.0")).await.ok();
    }
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    std::fs::write(&file, "").expect("a file");
    let error = Registry::start(config(&file.join("data"))).await.expect_err("no folder");
    assert!(matches!(error, StartError::Folder { .. }), "{error:?}");
    assert!(error.to_string().contains("file/data"), "{error}");
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_told_so_and_may_be_sent_again() {
    let world =
        World::start_with(|config| config.limits.request = std::time::Duration::from_millis(100)).await;
    let blocker = rusqlite::Connection::open(world.folder.path().join("registry.db")).expect("a connection");
    blocker.execute_batch("BEGIN IMMEDIATE").expect("the write lock");
    let document = contract("sales.orders", "1.0.0", "One.");
    let answer = world.client.publish(&document).await;
    let detail = answer.problem(503, "busy");
    assert!(detail.contains("Try again"), "{detail}");
    assert_eq!(answer.header("retry-after"), "1");
    blocker.execute_batch("ROLLBACK").expect("the lock is given back");
    let mut again = world.client.publish(&document).await;
    while again.status == 503 {
        again = world.client.publish(&document).await;
    }
    again.ok();
}
