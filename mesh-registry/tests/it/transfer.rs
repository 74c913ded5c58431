//! Moving everything from one store to the other, and back.

use std::path::Path;

use mesh_registry::transfer::{self, TransferError};
use mesh_registry::{Config, Existing, Registry, SnapshotError, StoreUrl};
use serde_json::{Value, json};

use crate::database::Database;
use crate::world::{Client, Home, World, announcement, contract, expectation, fixture};

/// Fills a registry with something in every table.
async fn fill(client: &Client) {
    for name in
        ["sales.orders@1.0.0", "sales.orders@1.1.0", "sales.products@1.1.0", "accounting.payroll@1.0.0"]
    {
        client.publish(&fixture(name)).await.ok();
    }
    client
        .publish(&contract("sales.odd", "1.0.0", "With '; \\ and \"quotes\", ü, 日本 and a tab\t."))
        .await
        .ok();
    let draft = [("content-type", "application/json")];
    let body = contract("sales.drafted", "0.1.0", "A draft.").to_string();
    let path = "/api/v1/products/sales.drafted/versions/0.1.0?draft=true";
    client.send(reqwest::Method::PUT, path, &draft, Some(body.into())).await.ok();
    client
        .put("/api/v1/consumers/billing/expectations/sales.orders", &expectation("billing", "sales.orders"))
        .await
        .ok();
    let path = "/api/v1/environments/production/deployed/billing/2.1";
    client.send(reqwest::Method::PUT, path, &[], None).await.ok();
    let asked = json!({
        "consumer": "billing", "purpose": "Invoices", "environment": "production",
        "terms": { "fields": [""], "until": "2030-12-31" },
    });
    let headers = [("content-type", "application/json")];
    let path = "/api/v1/products/sales.orders/agreements";
    let asked = client.send(reqwest::Method::POST, path, &headers, Some(asked.to_string().into())).await.ok();
    let path = format!("/api/v1/agreements/{}", asked["id"].as_str().expect("an id"));
    client.post(&format!("{path}/acceptance")).await.ok();
    client.get(&format!("{path}/grant")).await.ok();
    let reason = json!({ "reason": "It is over." }).to_string();
    client
        .send(reqwest::Method::POST, &format!("{path}/revocation"), &headers, Some(reason.into()))
        .await
        .ok();
    client.put("/api/v1/deployments/sales-1", &announcement("sales", "sales.orders", "1.0.0", 1)).await.ok();
    let reads = json!({ "epoch": 1, "readers": [{
        "consumer": "billing", "agreement": asked["id"], "address": "sales.orders", "version": "1.0.0",
        "fields": ["/order_id"], "answered": 1, "refused": 0, "lastAt": "2026-01-01T00:00:00Z",
    }] });
    client.put("/api/v1/deployments/sales-1/reads", &reads).await.ok();
    client.delete("/api/v1/deployments/sales-1?epoch=1").await.ok();
    // Of a kind that never happens, so that nothing is sent.
    let webhook = json!({ "url": "https://hooks.example/mesh", "kinds": ["mesh.never.v1"] });
    client.put("/api/v1/webhooks/chat-room", &webhook).await.ok();
    client.put("/api/v1/policies", &json!({ "document": "mesh = 1\n", "revision": 0 })).await.ok();
}

/// A closed registry on the folder, which refuses somebody and keeps that on record.
async fn decide_something(data: &Path) {
    let mut config = Config::new(data);
    config.listen.set_port(0);
    let running = Registry::start(config).await.expect("a registry");
    let client = Client::new(running.address());
    client.get("/api/v1/products").await.problem(401, "unauthenticated");
    running.shutdown().await;
}

/// What a client sees of everything.
async fn seen(client: &Client) -> Vec<Value> {
    let mut seen = Vec::new();
    for path in [
        "products?limit=200",
        "products?q=order_id",
        "products?q=quotes%20odd",
        "products/sales.orders",
        "products/sales.orders/versions",
        "products/sales.drafted/versions",
        "products/sales.orders/lineage",
        "domains",
        "products/sales.orders/versions/1.1.0",
        "products/sales.orders/consumers",
        "environments/production/deployed",
        "webhooks/chat-room",
        "agreements",
        "domains/sales/trust",
        "policies",
        "events?limit=200",
    ] {
        seen.push(client.get(&format!("/api/v1/{path}")).await.ok());
    }
    seen
}

async fn serve(data: &Path, store: Option<StoreUrl>) -> (mesh_registry::Running, Client) {
    let mut config = Config::new(data);
    config.access = mesh_registry::config::Access::open();
    config.listen.set_port(0);
    config.store = store;
    let running = Registry::start(config).await.expect("a registry");
    let client = Client::new(running.address());
    (running, client)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_moves_to_a_database_and_back_with_all_that_is_in_it() {
    let Some(database) = Database::make().await else { return };
    let world = World::start().await;
    fill(&world.client).await;
    let acme = "acme".parse().expect("a tenant");
    assert!(world.running.registry().add_tenant(&acme).await.expect("a tenant"));
    let before = seen(&world.client).await;
    let error = transfer::migrate(world.folder.path(), &database.url()).await.expect_err("it serves");
    assert!(matches!(error, TransferError::Held(_)), "{error:?}");
    let registry = world.running.registry();
    registry.appoint_administrator(&acme, &world.folder.path().join("acme.token")).await.expect("made");
    let folder = world.folder;
    world.running.shutdown().await;
    decide_something(folder.path()).await;

    let sent = transfer::migrate(folder.path(), &database.url()).await.expect("moved");
    assert!(
        sent.iter().all(|tally| tally.rows > 0 || ["input", "webhook_failed"].contains(&tally.table)),
        "{sent:?}"
    );
    let error = transfer::migrate(folder.path(), &database.url()).await.expect_err("it is filled");
    assert!(matches!(error, TransferError::NotEmpty { .. }), "{error:?}");

    let copy = folder.path().join("copy.db");
    let (running, client) = serve(folder.path(), Some(database.url())).await;
    assert_eq!(seen(&client).await, before);
    // Taken while it serves, and of the same content.
    assert_eq!(transfer::backup(&database.url(), &copy).await.expect("a backup"), sent);
    let error = transfer::restore(&copy, &database.url(), Existing::Replace).await.expect_err("it serves");
    assert!(matches!(error, TransferError::InUse { .. }), "{error:?}");
    // Revisions, events and records go on where they were.
    client.publish(&fixture("sales.orders@1.2.0")).await.ok();
    let registry = running.registry().clone();
    drop(registry);
    running.shutdown().await;

    let other = tempfile::tempdir().expect("a folder");
    mesh_registry::restore(&copy, other.path(), Existing::Keep).expect("restored");
    let (_running, client) = serve(other.path(), None).await;
    assert_eq!(seen(&client).await, before, "a backup of one store is restored into the other");
    client.publish(&fixture("sales.orders@1.2.0")).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_of_a_database_comes_back_and_replaces_what_is_there_only_when_told() {
    let (Some(database), Some(other)) = (Database::make().await, Database::make().await) else { return };
    let url = database.url();
    let World { client, running, folder, _home: home, .. } = World::on(Home::Postgres(database)).await;
    fill(&client).await;
    let before = seen(&client).await;
    let copy = folder.path().join("copy.db");
    let sent = transfer::backup(&url, &copy).await.expect("a backup");
    client.publish(&contract("sales.later", "1.0.0", "Lost.")).await.ok();
    let error = transfer::backup(&url, &copy).await.expect_err("it is there");
    assert!(matches!(error, TransferError::Snapshot(SnapshotError::Exists { .. })), "{error:?}");
    running.shutdown().await;
    wait_for_nobody(&home).await;
    let error = transfer::restore(&copy, &url, Existing::Keep).await.expect_err("there is one");
    assert!(matches!(error, TransferError::NotEmpty { .. }), "{error:?}");
    assert_eq!(transfer::restore(&copy, &url, Existing::Replace).await.expect("restored"), sent);
    assert_eq!(transfer::restore(&copy, &other.url(), Existing::Keep).await.expect("restored"), sent);
    for url in [url, other.url()] {
        let (_running, client) = serve(folder.path(), Some(url)).await;
        assert_eq!(seen(&client).await, before);
        client.get("/api/v1/products/sales.later").await.problem(404, "unknown-product");
        client.publish(&contract("sales.later", "1.0.0", "Again.")).await.ok();
    }
}

/// A connection that is given back ends on the server in its own time.
async fn wait_for_nobody(home: &Home) {
    let Home::Postgres(database) = home else { return };
    database.cut_connections().await;
    let client = database.connect().await;
    let count = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    while client.query_one(count, &[]).await.expect("a count").get::<_, i64>(0) > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_does_not_arrive_whole_leaves_nothing() {
    let Some(database) = Database::make().await else { return };
    let world = World::start().await;
    fill(&world.client).await;
    let folder = world.folder;
    world.running.shutdown().await;
    drop(mesh_registry::store::postgres::PostgresStore::open(&database.url(), None).await.expect("a store"));
    database.cut_connections().await;
    let client = database.connect().await;
    // The database changes a row on its way in.
    client
        .batch_execute(
            "CREATE FUNCTION other() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN NEW.action := NEW.action || '!'; RETURN NEW; END $$;
             CREATE TRIGGER other BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION other()",
        )
        .await
        .expect("a trigger");
    let error = transfer::migrate(folder.path(), &database.url()).await.expect_err("another row");
    assert!(matches!(error, TransferError::Differs { table: "audit" }), "{error:?}");
    let left =
        client.query_one("SELECT (SELECT COUNT(*) FROM product) + (SELECT COUNT(*) FROM audit)", &[]).await;
    assert_eq!(left.expect("a count").get::<_, i64>(0), 0);
}

#[tokio::test]
async fn where_there_is_nothing_to_move_nothing_is_moved() {
    let Some(database) = Database::make().await else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let error = transfer::migrate(folder.path(), &database.url()).await.expect_err("no registry");
    assert!(matches!(error, TransferError::Snapshot(SnapshotError::Missing { .. })), "{error:?}");
    let error =
        transfer::backup(&database.url(), &folder.path().join("copy.db")).await.expect_err("no registry");
    assert!(error.to_string().contains("holds no registry"), "{error:?}");
    std::fs::write(folder.path().join("text.db"), "no backup").expect("a file");
    let error = transfer::restore(&folder.path().join("text.db"), &database.url(), Existing::Keep).await;
    assert!(matches!(error, Err(TransferError::Snapshot(_))), "{error:?}");
    assert_eq!(json!(std::fs::read_dir(folder.path()).expect("a folder").count()), json!(1));
}
